package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicLong;

/// Goroutines that share one lock, and go through memory of their own when they do not have it. Is it worth to wait for the lock on the processor?
final class OwnMemory {
    static final int TURNS = 20_000;
    private static final int LONG_WAY = 16 << 10;
    private static final int SHORT_WAY = 4 << 10;
    private static final int TURNS_A_LOCK = 4;

    private OwnMemory() {}

    /// 128 kB.
    static long[] longWay() {
        return new long[LONG_WAY];
    }

    /// Writes to each cache line.
    static void touch(long[] memory) {
        for (int i = 0; i < memory.length; i += 4) {
            memory[i]++;
        }
    }

    /// So many virtual threads share the turns: a section, then the long way.
    static long spinning(Guarded guarded, int goroutines) throws InterruptedException {
        var crew = new Crew();
        int each = TURNS / goroutines;
        var touched = new AtomicLong();
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                long[] own = longWay();
                for (int n = 0; n < each; n++) {
                    guarded.hold(Work.NONE);
                    touch(own);
                }
                touched.addAndGet(own[0]);
            });
        }
        crew.await();
        check(guarded, goroutines, touched.get());
        return touched.get();
    }

    static void check(Guarded guarded, int goroutines, long touched) {
        long turns = (long) goroutines * (TURNS / goroutines);
        guarded.check(turns, Work.SEED);
        if (touched != turns) {
            throw new IllegalStateException("touched " + touched + " times");
        }
    }

    /// So many virtual threads share the turns: each fourth a section, the others the short way, and a wait for a new virtual thread, so that
    /// others run meanwhile.
    static long hopping(Guarded guarded, int goroutines) throws InterruptedException {
        var crew = new Crew();
        int each = TURNS / goroutines;
        var hops = new AtomicLong();
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                var own = new long[SHORT_WAY];
                for (int n = 0; n < each; n++) {
                    if (n % TURNS_A_LOCK == 0) {
                        guarded.hold(Work.NONE);
                    } else {
                        touch(own);
                        Thread.startVirtualThread(() -> {}).join();
                    }
                }
                hops.addAndGet(own[0]);
            });
        }
        crew.await();
        guarded.check((long) goroutines * ((each + TURNS_A_LOCK - 1) / TURNS_A_LOCK), Work.SEED);
        return hops.get();
    }
}
