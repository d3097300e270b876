package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines read what one lock guards; one in so many operations writes. Figures are per operation.
@OperationsPerInvocation(Work.SECTIONS)
public abstract class RWMutexShape extends ChanShape {
    @Param({"10", "100"})
    public int every;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private final int steps;

    RWMutexShape(int steps) {
        this.steps = steps;
    }

    private long run(ReadWrite guarded) throws InterruptedException {
        return guarded.run(Work.SECTIONS, every, steps, goroutines);
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return run(new ReadWrite.ByRWMutex());
    }

    @Benchmark
    public long jdkReentrantReadWriteLock() throws InterruptedException {
        return run(new ReadWrite.ByReentrantReadWriteLock());
    }

    @Benchmark
    public long jdkStampedLock() throws InterruptedException {
        return run(new ReadWrite.ByStampedLock(false));
    }

    /// Reads first without a lock, and takes it when somebody wrote meanwhile.
    @Benchmark
    public long optimistic() throws InterruptedException {
        return run(new ReadWrite.ByStampedLock(true));
    }

    /// Readers keep each other out.
    @Benchmark
    public long jdkReentrantLock() throws InterruptedException {
        return run(new ReadWrite.ByReentrantLock());
    }
}
