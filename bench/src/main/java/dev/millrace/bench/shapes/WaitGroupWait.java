package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines wait for one wait group in which nobody is left, so many steps of their own in between.
@OperationsPerInvocation(Joining.OPERATIONS)
public class WaitGroupWait extends ChanShape {
    @Param({"0", "99"})
    public int between;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new Joining.ByWaitGroup().waitForNobody(between, goroutines);
    }

    @Benchmark
    public long jdkCountDownLatch() throws InterruptedException {
        return new Joining.ByLatch().waitForNobody(between, goroutines);
    }
}
