package dev.millrace.bench.shapes;

import dev.millrace.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines, each of which starts another and waits for it, again and again. Figures are per goroutine started.
@OperationsPerInvocation(WaitGroupActuallyWait.STARTS)
public class WaitGroupActuallyWait extends ChanShape {
    static final int STARTS = 20_000;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private long run(Joining.Step start) throws InterruptedException {
        long ended = Joining.share(STARTS, goroutines, own -> start.go(own) - 1) - goroutines * Work.SEED;
        if (ended != 0) {
            throw new IllegalStateException(ended + " were not waited for");
        }
        return ended;
    }

    /// Bare virtual threads, as the others have.
    @Benchmark
    public long millrace() throws InterruptedException {
        return run(own -> {
            var group = new WaitGroup();
            var result = new long[1];
            group.add(1);
            Thread.startVirtualThread(() -> {
                result[0] = own + 1;
                group.done();
            });
            group.await();
            return result[0];
        });
    }

    /// [WaitGroup#go]: a goroutine with a context of its own.
    @Benchmark
    public long millraceGo() throws InterruptedException {
        return run(own -> {
            var group = new WaitGroup();
            var result = new long[1];
            group.go(() -> result[0] = own + 1);
            group.await();
            return result[0];
        });
    }

    @Benchmark
    public long jdkCountDownLatch() throws InterruptedException {
        return run(own -> {
            var latch = new CountDownLatch(1);
            var result = new long[1];
            Thread.startVirtualThread(() -> {
                result[0] = own + 1;
                latch.countDown();
            });
            latch.await();
            return result[0];
        });
    }

    @Benchmark
    public long jdkJoin() throws InterruptedException {
        return run(own -> {
            var result = new long[1];
            Thread.startVirtualThread(() -> result[0] = own + 1).join();
            return result[0];
        });
    }
}
