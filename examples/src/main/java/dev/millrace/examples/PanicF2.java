package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import java.io.PrintStream;
import java.time.Duration;

/// The goroutine that panics recovers by itself.
final class PanicF2 extends Example {
    PanicF2() {
        super("panic-f2");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var pause = options.duration("--pause", ofSeconds(1));
        options.end();
        f2(pause, out);
        return 0;
    }

    // region f2
    private static void f2(Duration pause, PrintStream out) {
        try {
            go(() -> {
                try {
                    out.println("in goroutine....");
                    throw new RuntimeException("panic in goroutine");
                } catch (RuntimeException e) {
                    out.println("recover inner panic:" + e.getMessage());
                }
            });
            sleep(pause);
            out.println("exit");
        } catch (RuntimeException e) {
            out.println("recover outer panic:" + e.getMessage());
        }
    }
    // endregion
}
