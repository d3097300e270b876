package dev.millrace.bench.shapes;

import dev.millrace.sync.RWMutex;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines, each with a lock of its own: two read locks at once, then a write lock. Figures are per such three.
@OperationsPerInvocation(Alone.OPERATIONS)
public class RWMutexUncontended extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private static final class OfMillrace extends Alone {
        private final RWMutex lock = new RWMutex();

        @Override
        void operate() {
            lock.rLock();
            lock.rLock();
            lock.rUnlock();
            lock.rUnlock();
            lock.lock();
            raise();
            lock.unlock();
        }
    }

    private static final class OfReentrantReadWriteLock extends Alone {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

        @Override
        void operate() {
            lock.readLock().lock();
            lock.readLock().lock();
            lock.readLock().unlock();
            lock.readLock().unlock();
            lock.writeLock().lock();
            raise();
            lock.writeLock().unlock();
        }
    }

    private static final class OfStampedLock extends Alone {
        private final StampedLock lock = new StampedLock();

        @Override
        void operate() {
            long first = lock.readLock();
            long second = lock.readLock();
            lock.unlockRead(second);
            lock.unlockRead(first);
            long stamp = lock.writeLock();
            raise();
            lock.unlockWrite(stamp);
        }
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return Alone.run(goroutines, OfMillrace::new);
    }

    @Benchmark
    public long jdkReentrantReadWriteLock() throws InterruptedException {
        return Alone.run(goroutines, OfReentrantReadWriteLock::new);
    }

    @Benchmark
    public long jdkStampedLock() throws InterruptedException {
        return Alone.run(goroutines, OfStampedLock::new);
    }
}
