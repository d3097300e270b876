package dev.millrace.bench.shapes;

import dev.millrace.sync.Mutex;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/// A counter, and what guards it. A fork loads one subclass only, so that these calls cost nothing.
abstract class Guarded {
    private long count;
    private long state = Work.SEED;

    /// One section.
    void hold(Work work) throws InterruptedException {
        long stamp = lock();
        try {
            inside(work);
            if (work.yields()) {
                Thread.yield();
            }
        } finally {
            unlock(stamp);
        }
    }

    /// Answers what the unlock is to be given.
    abstract long lock() throws InterruptedException;

    abstract void unlock(long stamp);

    final void inside(Work work) {
        count++;
        if (work.inside() > 0) {
            state = Work.steps(state, work.inside());
        }
    }

    final void check(Work work) {
        check(work.sections(), work.last());
    }

    final void check(long sections, long last) {
        if (count != sections || state != last) {
            throw new IllegalStateException("counted " + count + " of " + sections + " sections, came to " + state);
        }
    }

    /// So many virtual threads share the sections.
    final long run(Work work, int goroutines) throws InterruptedException {
        var crew = new Crew();
        var sum = new AtomicLong();
        int each = work.sections() / goroutines;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                long own = Work.SEED;
                for (int n = 0; n < each; n++) {
                    hold(work);
                    own = Work.steps(own, work.outside());
                }
                sum.addAndGet(own);
            });
        }
        crew.await();
        check(work);
        return sum.get();
    }

    static final class ByMutex extends Guarded {
        private final Mutex lock = new Mutex();

        @Override
        long lock() {
            lock.lock();
            return 0;
        }

        @Override
        void unlock(long stamp) {
            lock.unlock();
        }
    }

    static final class ByWeightedSemaphore extends Guarded {
        private final WeightedSemaphore places = new WeightedSemaphore(1);

        @Override
        long lock() {
            places.acquire(1);
            return 0;
        }

        @Override
        void unlock(long stamp) {
            places.release(1);
        }
    }

    static final class ByReentrantLock extends Guarded {
        private final ReentrantLock lock;

        ByReentrantLock(boolean fair) {
            lock = new ReentrantLock(fair);
        }

        @Override
        long lock() {
            lock.lock();
            return 0;
        }

        @Override
        void unlock(long stamp) {
            lock.unlock();
        }
    }

    static final class ByStampedLock extends Guarded {
        private final StampedLock lock = new StampedLock();

        @Override
        long lock() {
            return lock.writeLock();
        }

        @Override
        void unlock(long stamp) {
            lock.unlockWrite(stamp);
        }
    }

    static final class BySemaphore extends Guarded {
        private final Semaphore places;

        BySemaphore(boolean fair) {
            places = new Semaphore(1, fair);
        }

        @Override
        long lock() throws InterruptedException {
            places.acquire();
            return 0;
        }

        @Override
        void unlock(long stamp) {
            places.release();
        }
    }

    /// To be measured without coarsening of locks: else the compiler makes one section of several.
    static final class ByMonitor extends Guarded {
        @Override
        synchronized void hold(Work work) {
            inside(work);
            if (work.yields()) {
                Thread.yield();
            }
        }

        @Override
        long lock() {
            throw new UnsupportedOperationException();
        }

        @Override
        void unlock(long stamp) {
            throw new UnsupportedOperationException();
        }
    }

    /// For coroutines, whose lock is not called from here.
    static final class ByOthers extends Guarded {
        @Override
        long lock() {
            throw new UnsupportedOperationException();
        }

        @Override
        void unlock(long stamp) {
            throw new UnsupportedOperationException();
        }
    }
}
