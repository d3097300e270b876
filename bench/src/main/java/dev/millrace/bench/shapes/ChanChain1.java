package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

/// A chain of 10,000 goroutines with channels without buffer between them is made, and one value goes through it. Figures are
/// per goroutine, what it costs to start it included.
@OperationsPerInvocation(ChanChain1.STAGES * ChanChain1.VALUES)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ChanChain1 extends ChanShape {
    static final int STAGES = 10_000;
    static final int VALUES = 1;

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.chain(Pipe::millrace, STAGES, VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        return Exchange.chain(Pipe::jox, STAGES, VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinExchange.chain(KotlinExchange.allThreads(), STAGES, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinExchange.chain(KotlinExchange.oneThread(), STAGES, VALUES);
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        return Exchange.chain(() -> Pipe.queue(new SynchronousQueue<>()), STAGES, VALUES);
    }

    @Benchmark
    public long jdkLinkedTransferQueue() throws InterruptedException {
        return Exchange.chain(Pipe::transfer, STAGES, VALUES);
    }
}
