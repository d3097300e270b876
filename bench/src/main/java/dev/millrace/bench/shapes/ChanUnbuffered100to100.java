package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A hundred senders and a hundred receivers share one channel without buffer. Figures are per value.
@OperationsPerInvocation(ChanUnbuffered100to100.VALUES)
public class ChanUnbuffered100to100 extends ChanShape {
    static final int VALUES = 100_000;
    private static final int SIDE = 100;

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.through(Pipe.millrace(), SIDE, SIDE, VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        return Exchange.through(Pipe.jox(), SIDE, SIDE, VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinExchange.through(KotlinExchange.allThreads(), 0, SIDE, SIDE, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinExchange.through(KotlinExchange.oneThread(), 0, SIDE, SIDE, VALUES);
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        return Exchange.through(Pipe.queue(new SynchronousQueue<>()), SIDE, SIDE, VALUES);
    }

    @Benchmark
    public long jdkLinkedTransferQueue() throws InterruptedException {
        return Exchange.through(Pipe.transfer(), SIDE, SIDE, VALUES);
    }
}
