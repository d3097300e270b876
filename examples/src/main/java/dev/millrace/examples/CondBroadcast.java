package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// One prepares, several wait for it.
final class CondBroadcast extends Example {
    CondBroadcast() {
        super("cond");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int waiters = options.number("--waiters", 5, 0, 100_000);
        var prepare = options.duration("--prepare", ofMillis(100));
        options.end();
        new Kitchen(out).open(ctx, waiters, prepare);
        return 0;
    }

    private static final class Kitchen {
        private final PrintStream out;

        Kitchen(PrintStream out) {
            this.out = out;
        }

        // region cond
        private final Mutex mu = new Mutex();
        private final Cond changed = new Cond(mu);
        private boolean prepared; // guarded by mu

        void open(Context ctx, int waiters, Duration prepare) {
            try (var all = ctx.withCancel()) {
                var wg = new WaitGroup();
                for (int i = 1; i <= waiters; i++) {
                    int number = i;
                    wg.go(all, c -> waitFor(c, number));
                }
                wg.go(all, c -> prepare(c, prepare));
                wg.await(all);
            }
        }

        private void waitFor(Context ctx, int number) {
            mu.holding(ctx, () -> { // who waits must hold the lock; the wait gives it back meanwhile
                changed.awaitUntil(ctx, () -> prepared);
                out.println(number + " ready");
            });
        }

        private void prepare(Context ctx, Duration span) {
            ctx.sleep(span);
            mu.holding(ctx, () -> {
                prepared = true;
                out.println("prepared");
            });
            changed.broadcast(); // who wakes may hold the lock; without it nobody wakes only to wait for the lock
        }
        // endregion
    }
}
