package dev.millrace.examples;

import static dev.millrace.chan.Case.done;
import static dev.millrace.chan.Case.orElse;
import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// As [Database], with a value that travels along: the code by which the logs of one request can be joined.
final class TraceCode extends Example {
    TraceCode() {
        super("trace-code");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var timeout = options.duration("--timeout", ofMillis(50));
        var mainSleeps = options.duration("--main-sleeps", ofSeconds(5));
        boolean without = options.flag("--without");
        options.end();
        loadClasses();
        serve(ctx, timeout, without, mainSleeps, out);
        return 0;
    }

    // region trace-code
    private static final Context.Key<String> TRACE_CODE = Context.Key.named("TRACE_CODE");

    private static void serve(Context parent, Duration timeout, boolean without, Duration mainSleeps, PrintStream out) {
        try (var timed = parent.withTimeout(timeout)) {
            var ctx = without ? timed : timed.withValue(TRACE_CODE, "12512312234");
            var wg = new WaitGroup();
            wg.add(1);
            go(ctx, c -> worker(c, wg, out));
            parent.sleep(mainSleeps);
            timed.cancel(); // changes nothing: the time is over
            wg.await();
            out.println("over");
        }
    }

    private static void worker(Context ctx, WaitGroup wg, PrintStream out) {
        var traceCode = ctx.value(TRACE_CODE);
        if (traceCode == null) {
            out.println("invalid trace code");
        }
        do {
            out.println("worker, trace code:" + (traceCode == null ? "" : traceCode));
            sleep(ofMillis(10));
        } while (Select.first(done(ctx, _ -> false), orElse(() -> true)));
        out.println("worker done!");
        wg.done();
    }
    // endregion
}
