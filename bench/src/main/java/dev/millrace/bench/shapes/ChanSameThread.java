package dev.millrace.bench.shapes;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import kotlinx.coroutines.channels.Channel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// One thread sends a value into a buffer of 16 places and receives it: what the operations cost when nobody waits.
public class ChanSameThread extends Shape {
    private static final int CAPACITY = 16;

    private int value;

    private Integer through(Pipe pipe) throws InterruptedException {
        pipe.send(value++ & Exchange.MASK);
        return pipe.receive();
    }

    @State(Scope.Benchmark)
    public static class Millrace {
        final Pipe pipe = Pipe.millrace(CAPACITY);
    }

    @State(Scope.Benchmark)
    public static class Jox {
        final Pipe pipe = Pipe.jox(CAPACITY);
    }

    @State(Scope.Benchmark)
    public static class Kotlin {
        final Channel<Integer> channel = KotlinExchange.channel(CAPACITY);
    }

    @State(Scope.Benchmark)
    public static class ArrayQueue {
        final Pipe pipe = Pipe.queue(new ArrayBlockingQueue<>(CAPACITY));
    }

    @State(Scope.Benchmark)
    public static class LinkedQueue {
        final Pipe pipe = Pipe.queue(new LinkedBlockingQueue<>(CAPACITY));
    }

    @State(Scope.Benchmark)
    public static class TransferQueue {
        final Pipe pipe = Pipe.queue(new LinkedTransferQueue<>());
    }

    @Benchmark
    public Integer millrace(Millrace state) throws InterruptedException {
        return through(state.pipe);
    }

    @Benchmark
    public Integer jox(Jox state) throws InterruptedException {
        return through(state.pipe);
    }

    /// Suspend functions that do not suspend are plain calls, in Kotlin too.
    @Benchmark
    public Object kotlin(Kotlin state) {
        Never.answered(state.channel.send(value++ & Exchange.MASK, Never.SUSPENDS));
        return Never.answered(state.channel.receive(Never.SUSPENDS));
    }

    @Benchmark
    public Integer jdkArrayBlockingQueue(ArrayQueue state) throws InterruptedException {
        return through(state.pipe);
    }

    @Benchmark
    public Integer jdkLinkedBlockingQueue(LinkedQueue state) throws InterruptedException {
        return through(state.pipe);
    }

    /// Has no bound; a put leaves the value there and does not wait.
    @Benchmark
    public Integer jdkLinkedTransferQueue(TransferQueue state) throws InterruptedException {
        return through(state.pipe);
    }
}
