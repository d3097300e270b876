package dev.millrace.bench.shapes;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many senders and so many receivers share one channel with a buffer. Figures are per value.
@OperationsPerInvocation(ChanBuffered.VALUES)
public abstract class ChanBuffered extends ChanShape {
    static final int VALUES = 100_000;

    @Param({"1", "16", "128", "1024"})
    public int capacity;

    private final int senders;
    private final int receivers;

    ChanBuffered(int senders, int receivers) {
        this.senders = senders;
        this.receivers = receivers;
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return Exchange.through(Pipe.millrace(capacity), senders, receivers, VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        return Exchange.through(Pipe.jox(capacity), senders, receivers, VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinExchange.through(KotlinExchange.allThreads(), capacity, senders, receivers, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinExchange.through(KotlinExchange.oneThread(), capacity, senders, receivers, VALUES);
    }

    @Benchmark
    public long jdkArrayBlockingQueue() throws InterruptedException {
        return Exchange.through(Pipe.queue(new ArrayBlockingQueue<>(capacity)), senders, receivers, VALUES);
    }

    @Benchmark
    public long jdkLinkedBlockingQueue() throws InterruptedException {
        return Exchange.through(Pipe.queue(new LinkedBlockingQueue<>(capacity)), senders, receivers, VALUES);
    }
}
