package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;

/// Two goroutines add to one number, with a lock and without.
final class MutexSum extends Example {
    MutexSum() {
        super("mutex");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int times = options.number("--times", 5_000, 1, 1_000_000_000);
        boolean unlocked = options.flag("--unlocked");
        int rounds = options.number("--rounds", 2_000, 1, 1_000_000);
        options.end();
        if (unlocked) {
            unlocked(ctx, times, rounds, out);
        } else {
            out.println(new Sum().locked(ctx, times));
        }
        return 0;
    }

    private static final class Sum {
        // region mutex
        private final Mutex mu = new Mutex();
        private int x; // guarded by mu

        int locked(Context ctx, int times) {
            var wg = new WaitGroup();
            wg.add(2);
            for (int i = 0; i < 2; i++) {
                go(() -> {
                    for (int n = 0; n < times; n++) {
                        mu.lock();
                        x = x + 1;
                        mu.unlock();
                    }
                    wg.done();
                });
            }
            wg.await(ctx);
            return x;
        }
        // endregion

        // region unlocked
        int unlocked(Context ctx, int times) {
            var wg = new WaitGroup();
            for (int i = 0; i < 2; i++) {
                wg.go(() -> {
                    for (int n = 0; n < times; n++) {
                        x = x + 1; // a data race: both may read the same number, and then one addition is lost
                    }
                });
            }
            wg.await(ctx);
            return x;
        }
        // endregion
    }

    private static void unlocked(Context ctx, int times, int rounds, PrintStream out) {
        var shortfall = new Shortfall(2L * times);
        for (int round = 0; round < rounds; round++) {
            shortfall.add(new Sum().unlocked(ctx, times));
        }
        out.println(shortfall);
    }
}
