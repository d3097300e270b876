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

/// A worker that tries to connect until its time is over.
final class Database extends Example {
    Database() {
        super("database");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var timeout = options.duration("--timeout", ofMillis(50));
        var mainSleeps = options.duration("--main-sleeps", ofSeconds(5));
        options.end();
        loadClasses();
        connect(ctx, timeout, mainSleeps, out);
        return 0;
    }

    // region database
    private static void connect(Context parent, Duration timeout, Duration mainSleeps, PrintStream out) {
        try (var ctx = parent.withTimeout(timeout)) {
            var wg = new WaitGroup();
            wg.add(1);
            go(ctx, c -> worker(c, wg, out));
            parent.sleep(mainSleeps);
            ctx.cancel(); // changes nothing: the time is over
            wg.await();
            out.println("over");
        }
    }

    private static void worker(Context ctx, WaitGroup wg, PrintStream out) {
        do {
            out.println("db connecting ...");
            sleep(ofMillis(10));
        } while (Select.first(done(ctx, _ -> false), orElse(() -> true)));
        out.println("worker done!");
        wg.done();
    }
    // endregion
}
