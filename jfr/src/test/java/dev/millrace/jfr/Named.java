package dev.millrace.jfr;

import dev.millrace.context.Context;
import dev.millrace.go.ContextTask;
import dev.millrace.go.Go;
import dev.millrace.go.Task;
import dev.millrace.sync.WaitGroup;

/// Goroutines with a name that a wait group counts.
public final class Named {
    private Named() {}

    public static void go(WaitGroup wg, String name, Task body) {
        go(wg, Context.current(), name, _ -> body.run());
    }

    public static void go(WaitGroup wg, Context ctx, String name, ContextTask body) {
        wg.add(1);
        Go.go(ctx, name, c -> {
            try {
                body.run(c);
            } finally {
                wg.done();
            }
        });
    }

    /// Until all have taken their last step: a wait group lets go before that.
    public static void untilEnded() {
        long start = System.nanoTime();
        while (Go.numGoroutine() > 0) {
            if (System.nanoTime() - start > 20_000_000_000L) {
                throw new AssertionError("still running: " + Go.goroutines());
            }
            Thread.onSpinWait();
        }
    }
}
