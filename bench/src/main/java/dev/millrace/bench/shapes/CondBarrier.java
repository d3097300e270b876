package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines wait for a condition, and one more, the last to come, wakes them by a broadcast. Figures are per round of all.
@OperationsPerInvocation(CondBarrier.ROUNDS)
public class CondBarrier extends ChanShape {
    static final int ROUNDS = 2_000;

    @Param({"1", "8", "32"})
    public int waiters;

    @Benchmark
    public int millrace() throws InterruptedException {
        return new Barrier.ByCond(waiters + 1).run(ROUNDS);
    }

    @Benchmark
    public int jdkCondition() throws InterruptedException {
        return new Barrier.ByCondition(waiters + 1).run(ROUNDS);
    }

    @Benchmark
    public int jdkMonitor() throws InterruptedException {
        return new Barrier.ByMonitor(waiters + 1).run(ROUNDS);
    }
}
