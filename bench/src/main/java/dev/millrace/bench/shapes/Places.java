package dev.millrace.bench.shapes;

import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A semaphore with several places. A fork loads one subclass only, so that these calls cost nothing.
abstract class Places {
    abstract void acquire() throws InterruptedException;

    abstract void release();

    /// So many virtual threads share the visits. Who has a place yields, so that others come and have to wait.
    final long run(int places, int goroutines) throws InterruptedException {
        var crew = new Crew();
        var inside = new AtomicInteger();
        var done = new AtomicLong();
        int each = Work.WAITING_SECTIONS / goroutines;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                for (int n = 0; n < each; n++) {
                    acquire();
                    try {
                        entered(inside, places);
                        Thread.yield();
                        inside.getAndDecrement();
                    } finally {
                        release();
                    }
                }
                done.addAndGet(each);
            });
        }
        crew.await();
        check(done.get());
        return done.get();
    }

    static void entered(AtomicInteger inside, int places) {
        if (inside.incrementAndGet() > places) {
            throw new IllegalStateException("more than " + places + " inside");
        }
    }

    static void check(long done) {
        if (done != Work.WAITING_SECTIONS) {
            throw new IllegalStateException("done " + done);
        }
    }

    static final class OfMillrace extends Places {
        private final WeightedSemaphore semaphore;

        OfMillrace(int places) {
            semaphore = new WeightedSemaphore(places);
        }

        @Override
        void acquire() {
            semaphore.acquire(1);
        }

        @Override
        void release() {
            semaphore.release(1);
        }
    }

    static final class OfJdk extends Places {
        private final Semaphore semaphore;

        OfJdk(int places, boolean fair) {
            semaphore = new Semaphore(places, fair);
        }

        @Override
        void acquire() throws InterruptedException {
            semaphore.acquire();
        }

        @Override
        void release() {
            semaphore.release();
        }
    }
}
