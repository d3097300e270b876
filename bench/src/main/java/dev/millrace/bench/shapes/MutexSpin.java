package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// A short section under one mutex, then 128 kB of one's own memory: to wait for the lock on the processor pays.
@OperationsPerInvocation(OwnMemory.TURNS)
public class MutexSpin extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return OwnMemory.spinning(new Guarded.ByMutex(), goroutines);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinGuarded.byMutexSpinning(goroutines);
    }

    @Benchmark
    public long jdkReentrantLock() throws InterruptedException {
        return OwnMemory.spinning(new Guarded.ByReentrantLock(false), goroutines);
    }

    @Benchmark
    @Fork(jvmArgsAppend = "-XX:-EliminateLocks")
    public long jdkSynchronized() throws InterruptedException {
        return OwnMemory.spinning(new Guarded.ByMonitor(), goroutines);
    }
}
