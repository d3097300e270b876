package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// One turn in four is a short section under one mutex, the others are 32 kB of one's own memory and a wait for a new goroutine: to wait
/// for the lock on the processor keeps others from running.
@OperationsPerInvocation(OwnMemory.TURNS)
public class MutexNoSpin extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return OwnMemory.hopping(new Guarded.ByMutex(), goroutines);
    }

    @Benchmark
    public long jdkReentrantLock() throws InterruptedException {
        return OwnMemory.hopping(new Guarded.ByReentrantLock(false), goroutines);
    }

    @Benchmark
    @Fork(jvmArgsAppend = "-XX:-EliminateLocks")
    public long jdkSynchronized() throws InterruptedException {
        return OwnMemory.hopping(new Guarded.ByMonitor(), goroutines);
    }
}
