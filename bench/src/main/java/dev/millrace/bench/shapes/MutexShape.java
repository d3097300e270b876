package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;

/// So many goroutines go through sections under one mutex. Figures are per section.
public abstract class MutexShape extends ChanShape {
    private final Work work;

    MutexShape(Work work) {
        this.work = work;
    }

    abstract int goroutines();

    @Benchmark
    public long millrace() throws InterruptedException {
        return new Guarded.ByMutex().run(work, goroutines());
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinGuarded.byMutex(work, goroutines());
    }

    @Benchmark
    public long jdkReentrantLock() throws InterruptedException {
        return new Guarded.ByReentrantLock(false).run(work, goroutines());
    }

    @Benchmark
    public long jdkReentrantLockFair() throws InterruptedException {
        return new Guarded.ByReentrantLock(true).run(work, goroutines());
    }

    @Benchmark
    @Fork(jvmArgsAppend = "-XX:-EliminateLocks")
    public long jdkSynchronized() throws InterruptedException {
        return new Guarded.ByMonitor().run(work, goroutines());
    }

    @Benchmark
    public long jdkStampedLock() throws InterruptedException {
        return new Guarded.ByStampedLock().run(work, goroutines());
    }

    @Benchmark
    public long jdkSemaphore() throws InterruptedException {
        return new Guarded.BySemaphore(false).run(work, goroutines());
    }
}
