package dev.millrace.bench.shapes;

import dev.millrace.sync.RWMutex;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// Two numbers that are always equal, and what guards them. A fork loads one subclass only, so that these calls cost nothing.
abstract class ReadWrite {
    /// What a reader's own steps have come to once he has seen the numbers differ, for ever.
    private static final long TORN = 0;

    private long first;
    private long second;

    /// Looks at both numbers, with so many steps in between; answers what the steps have come to.
    abstract long read(long own, int steps);

    abstract void write();

    final long look(long own, int steps) {
        long seen = first;
        long x = Work.steps(own, steps);
        return second == seen ? x : TORN;
    }

    final void change() {
        first++;
        second++;
    }

    /// So many virtual threads share the operations. One in `every` of a thread's is a write.
    final long run(int operations, int every, int steps, int goroutines) throws InterruptedException {
        var crew = new Crew();
        var sum = new AtomicLong();
        int each = operations / goroutines;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                long own = Work.SEED;
                int reads = 0;
                for (int n = 0; n < each; n++) {
                    if (++reads == every) {
                        reads = 0;
                        write();
                    } else {
                        own = read(own, steps);
                    }
                }
                if (own == TORN) {
                    throw new IllegalStateException("somebody wrote while somebody read");
                }
                sum.addAndGet(own);
            });
        }
        crew.await();
        if (first != (long) goroutines * (each / every) || second != first) {
            throw new IllegalStateException("written " + first + " times");
        }
        return sum.get();
    }

    static final class ByRWMutex extends ReadWrite {
        private final RWMutex lock = new RWMutex();

        @Override
        long read(long own, int steps) {
            lock.rLock();
            try {
                return look(own, steps);
            } finally {
                lock.rUnlock();
            }
        }

        @Override
        void write() {
            lock.lock();
            try {
                change();
            } finally {
                lock.unlock();
            }
        }
    }

    static final class ByReentrantReadWriteLock extends ReadWrite {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

        @Override
        long read(long own, int steps) {
            lock.readLock().lock();
            try {
                return look(own, steps);
            } finally {
                lock.readLock().unlock();
            }
        }

        @Override
        void write() {
            lock.writeLock().lock();
            try {
                change();
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    static final class ByReentrantLock extends ReadWrite {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        long read(long own, int steps) {
            lock.lock();
            try {
                return look(own, steps);
            } finally {
                lock.unlock();
            }
        }

        @Override
        void write() {
            lock.lock();
            try {
                change();
            } finally {
                lock.unlock();
            }
        }
    }

    static final class ByStampedLock extends ReadWrite {
        private final StampedLock lock = new StampedLock();
        private final boolean optimistic;

        ByStampedLock(boolean optimistic) {
            this.optimistic = optimistic;
        }

        @Override
        long read(long own, int steps) {
            if (optimistic) {
                long stamp = lock.tryOptimisticRead();
                if (stamp != 0) {
                    long x = look(own, steps);
                    if (lock.validate(stamp)) {
                        return x;
                    }
                }
            }
            long stamp = lock.readLock();
            try {
                return look(own, steps);
            } finally {
                lock.unlockRead(stamp);
            }
        }

        @Override
        void write() {
            long stamp = lock.writeLock();
            try {
                change();
            } finally {
                lock.unlockWrite(stamp);
            }
        }
    }
}
