package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many pairs at once, each with two channels without buffer: a value goes there and comes back. Figures are per round
/// trip.
@OperationsPerInvocation(ChanPingPong.TRIPS)
public class ChanPingPong extends ChanShape {
    static final int TRIPS = 50_000;

    @Param({"1", "16", "100"})
    public int pairs;

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.pingPong(Pipe::millrace, pairs, TRIPS);
    }

    @Benchmark
    public long control() throws InterruptedException {
        return Exchange.pingPong(ControlPipe::new, pairs, TRIPS);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        return Exchange.pingPong(Pipe::jox, pairs, TRIPS);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinExchange.pingPong(KotlinExchange.allThreads(), pairs, TRIPS);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinExchange.pingPong(KotlinExchange.oneThread(), pairs, TRIPS);
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        return Exchange.pingPong(() -> Pipe.queue(new SynchronousQueue<>()), pairs, TRIPS);
    }

    @Benchmark
    public long jdkLinkedTransferQueue() throws InterruptedException {
        return Exchange.pingPong(Pipe::transfer, pairs, TRIPS);
    }
}
