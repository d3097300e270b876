package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import java.io.PrintStream;
import java.time.Duration;

/// Nobody can recover another goroutine's panic.
final class PanicF1 extends Example {
    PanicF1() {
        super("panic-f1");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var pause = options.duration("--pause", ofSeconds(1));
        options.end();
        var before = Go.failurePolicy(FailurePolicy.crash());
        try {
            f1(pause, out);
        } finally {
            Go.failurePolicy(before);
        }
        return 0;
    }

    // region f1
    private static void f1(Duration pause, PrintStream out) {
        try {
            go(() -> {
                out.println("in goroutine....");
                throw new RuntimeException("panic in goroutine");
            });
            sleep(pause);
            out.println("exit");
        } catch (RuntimeException e) {
            out.println("recover panic:" + e.getMessage());
        }
    }
    // endregion
}
