package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many pairs at once, each a sender and a receiver with a channel without buffer of their own. Figures are per value.
@OperationsPerInvocation(ChanStream.VALUES)
public class ChanStream extends ChanShape {
    static final int VALUES = 100_000;

    @Param({"1", "16", "100"})
    public int pairs;

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.stream(Pipe::millrace, pairs, VALUES);
    }

    @Benchmark
    public long control() throws InterruptedException {
        return Exchange.stream(ControlPipe::new, pairs, VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        return Exchange.stream(Pipe::jox, pairs, VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinExchange.stream(KotlinExchange.allThreads(), pairs, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinExchange.stream(KotlinExchange.oneThread(), pairs, VALUES);
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        return Exchange.stream(() -> Pipe.queue(new SynchronousQueue<>()), pairs, VALUES);
    }

    @Benchmark
    public long jdkLinkedTransferQueue() throws InterruptedException {
        return Exchange.stream(Pipe::transfer, pairs, VALUES);
    }
}
