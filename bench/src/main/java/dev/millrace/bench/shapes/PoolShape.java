package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// So many goroutines take items out of one pool and put them back. Figures are per item taken and put.
@OperationsPerInvocation(Reuse.USES)
public abstract class PoolShape extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private final int held;

    PoolShape(int held) {
        this.held = held;
    }

    @State(Scope.Benchmark)
    public static class OfPool {
        final Reuse items = new Reuse.ByPool();
    }

    @State(Scope.Benchmark)
    public static class OfArrayQueue {
        final Reuse items = new Reuse.ByArrayBlockingQueue();
    }

    @State(Scope.Benchmark)
    public static class OfDeque {
        final Reuse items = new Reuse.ByConcurrentLinkedDeque();
    }

    @Benchmark
    public int millrace(OfPool state) throws InterruptedException {
        return state.items.run(held, goroutines);
    }

    @Benchmark
    public int jdkArrayBlockingQueue(OfArrayQueue state) throws InterruptedException {
        return state.items.run(held, goroutines);
    }

    @Benchmark
    public int jdkConcurrentLinkedDeque(OfDeque state) throws InterruptedException {
        return state.items.run(held, goroutines);
    }
}
