package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines share one wait group, add one to it and are done after so many steps of their own. Figures are per such pair.
@OperationsPerInvocation(Joining.OPERATIONS)
public class WaitGroupAddDone extends ChanShape {
    @Param({"0", "99"})
    public int between;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new Joining.ByWaitGroup().addAndDone(between, goroutines);
    }

    @Benchmark
    public long jdkPhaser() throws InterruptedException {
        return new Joining.ByPhaser().addAndDone(between, goroutines);
    }
}
