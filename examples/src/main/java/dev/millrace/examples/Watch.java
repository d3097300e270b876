package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import java.io.PrintStream;
import java.time.Duration;

/// Three monitors under one cancel: under its own context, under a value context, under a child that can be cancelled.
final class Watch extends Example {
    private static final Context.Key<String> NOTHING = Context.Key.named("");

    Watch() {
        super("watch");
    }

    // region watch
    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var interval = options.duration("--interval", ofSeconds(2));
        var cancelAfter = options.duration("--cancel-after", ofSeconds(2));
        var linger = options.duration("--linger", ofSeconds(5));
        options.end();
        try (var ctx1 = ctx.withCancel();
                var ctx3 = ctx1.withCancel()) {
            var ctx2 = ctx1.withValue(NOTHING, "");
            go(ctx1, c -> watch(c, "ctx1", interval, out));
            go(ctx2, c -> watch(c, "ctx2", interval, out));
            go(ctx3, c -> watch(c, "ctx3", interval, out));

            ctx.sleep(cancelAfter);
            out.println("OK, telling the monitors to stop");
            ctx1.cancel();
            ctx.sleep(linger);
        }
        return 0;
    }

    private static void watch(Context ctx, String name, Duration interval, PrintStream out) {
        while (!ctx.isDone()) {
            out.println(name + " goroutine being monitored...");
            sleep(interval);
        }
        out.println(name + " monitor exits, stopped...");
    }
    // endregion
}
