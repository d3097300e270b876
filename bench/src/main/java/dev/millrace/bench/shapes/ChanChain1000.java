package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

/// A chain of 10,000 goroutines with channels without buffer between them is made, and a thousand values go through it.
/// Figures are per value and goroutine.
@OperationsPerInvocation(ChanChain1000.STAGES * ChanChain1000.VALUES)
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 2)
@Measurement(iterations = 2)
public class ChanChain1000 extends ChanShape {
    static final int STAGES = 10_000;
    static final int VALUES = 1_000;
    private static final int JOX_VALUES = 50;

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.chain(Pipe::millrace, STAGES, VALUES);
    }

    /// Fewer values: all of them would take half a minute.
    @Benchmark
    @OperationsPerInvocation(STAGES * JOX_VALUES)
    @Warmup(iterations = 1)
    @Measurement(iterations = 1)
    public long jox() throws InterruptedException {
        return Exchange.chain(Pipe::jox, STAGES, JOX_VALUES);
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
