package dev.millrace.bench.shapes;

import dev.millrace.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
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
        var group = new WaitGroup();
        return Joining.share(Joining.OPERATIONS, goroutines, own -> {
            group.await();
            return Work.steps(own, between);
        });
    }

    @Benchmark
    public long jdkCountDownLatch() throws InterruptedException {
        var latch = new CountDownLatch(0);
        return Joining.share(Joining.OPERATIONS, goroutines, own -> {
            latch.await();
            return Work.steps(own, between);
        });
    }
}
