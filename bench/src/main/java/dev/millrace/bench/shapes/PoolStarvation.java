package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines take a hundred items out of one pool and put 67 back, so that the others are made anew. Figures are per item taken.
@OperationsPerInvocation(Reuse.USES)
public class PoolStarvation extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace(PoolShape.OfPool state) throws InterruptedException {
        return state.items.starve(goroutines);
    }

    @Benchmark
    public long jdkArrayBlockingQueue(PoolShape.OfArrayQueue state) throws InterruptedException {
        return state.items.starve(goroutines);
    }

    @Benchmark
    public long jdkConcurrentLinkedDeque(PoolShape.OfDeque state) throws InterruptedException {
        return state.items.starve(goroutines);
    }
}
