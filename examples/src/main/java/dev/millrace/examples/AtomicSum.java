package dev.millrace.examples;

import dev.millrace.atomic.Int64;
import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// Two goroutines add to one number: with a lock, with an atomic number, and with neither; side by side.
final class AtomicSum extends Example {
    AtomicSum() {
        super("atomic");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int times = options.number("--times", 5_000, 1, 100_000_000);
        int rounds = options.number("--rounds", 500, 1, 1_000_000);
        options.end();
        long expected = 2L * times;
        out.println(expected + " additions by two goroutines, " + rounds
                + (rounds == 1 ? " round" : " rounds; the time is the median"));
        var sums = new Sum[] {new Locked(), new Atomic(), new Plain()};
        for (Sum sum : sums) {
            var spans = new long[rounds];
            var shortfall = new Shortfall(expected);
            for (int round = 0; round < rounds; round++) {
                sum.reset();
                long start = System.nanoTime();
                add(ctx, sum, times);
                spans[round] = System.nanoTime() - start;
                shortfall.add(sum.total());
            }
            Arrays.sort(spans);
            out.println(String.format(Locale.ROOT, "%-12s %-10s ", sum,
                    Durations.text(Duration.ofNanos(spans[rounds / 2]))) + shortfall);
        }
        return 0;
    }

    private static void add(Context ctx, Sum sum, int times) {
        var wg = new WaitGroup();
        for (int i = 0; i < 2; i++) {
            wg.go(() -> sum.addOne(times));
        }
        wg.await(ctx);
    }

    private interface Sum {
        void reset();

        void addOne(int times);

        long total();
    }

    private static final class Locked implements Sum {
        private final Mutex mu = new Mutex();
        private long x; // guarded by mu

        @Override
        public void reset() {
            x = 0;
        }

        @Override
        public void addOne(int times) {
            for (int i = 0; i < times; i++) {
                mu.lock();
                x++;
                mu.unlock();
            }
        }

        @Override
        public long total() {
            return x;
        }

        @Override
        public String toString() {
            return "Mutex";
        }
    }

    private static final class Atomic implements Sum {
        // region atomic
        private final Int64 x = new Int64();

        @Override
        public void addOne(int times) {
            for (int i = 0; i < times; i++) {
                x.add(1); // answers the new value
            }
        }
        // endregion

        @Override
        public void reset() {
            x.store(0);
        }

        @Override
        public long total() {
            return x.load();
        }

        @Override
        public String toString() {
            return "Int64.add";
        }
    }

    private static final class Plain implements Sum {
        private long x;

        @Override
        public void reset() {
            x = 0;
        }

        @Override
        public void addOne(int times) {
            for (int i = 0; i < times; i++) {
                x++; // a data race
            }
        }

        @Override
        public long total() {
            return x;
        }

        @Override
        public String toString() {
            return "x++";
        }
    }
}
