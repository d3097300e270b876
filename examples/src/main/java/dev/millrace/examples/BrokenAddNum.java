package dev.millrace.examples;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/// Two changes that readers made to the addition, and how often each loses one.
record BrokenAddNum(String broken, int rounds, PrintStream out) {
    private static final int TOTAL = 120;

    /// A number that 120 goroutines add one to.
    private interface Counter {
        int read();

        boolean compareAndSet(int expected, int value);
    }

    // region broken-cas
    /// A data race: two may both pass the test, and then one addition is lost.
    private static final class PlainSwap implements Counter {
        private int value;

        @Override
        public int read() {
            return value;
        }

        @Override
        public boolean compareAndSet(int expected, int wanted) {
            if (value != expected) {
                return false;
            }
            value = wanted;
            return true;
        }
    }
    // endregion

    // region broken-read
    /// No loss: a stale value only makes the swap fail.
    private static final class PlainRead implements Counter {
        private final AtomicInteger value = new AtomicInteger();

        @Override
        public int read() {
            return value.getPlain();
        }

        @Override
        public boolean compareAndSet(int expected, int wanted) {
            return value.compareAndSet(expected, wanted);
        }
    }
    // endregion

    int play(Context ctx) {
        int below = 0;
        int lowest = TOTAL;
        for (int round = 1; round <= rounds; round++) {
            int total = round(ctx, round == 1);
            below += total < TOTAL ? 1 : 0;
            lowest = Math.min(lowest, total);
        }
        out.println(below + " of " + rounds + " rounds ended below " + TOTAL + "; the lowest total is " + lowest);
        return 0;
    }

    /// Only the first round prints: the lock of the stream would keep the goroutines apart.
    private int round(Context ctx, boolean loud) {
        Counter counter = broken.equals("cas") ? new PlainSwap() : new PlainRead();
        var wg = new WaitGroup();
        for (int id = 1; id <= TOTAL; id++) {
            int mine = id;
            wg.go(() -> add(counter, mine, loud));
        }
        wg.await(ctx);
        return counter.read();
    }

    private void add(Counter counter, int id, boolean loud) {
        boolean added;
        do {
            int from = counter.read();
            int to = from + 1;
            added = counter.compareAndSet(from, to);
            if (loud) {
                out.println((added ? "added from " : "add failed from ") + from + " to " + to + " --" + id);
            }
        } while (!added);
    }
}
