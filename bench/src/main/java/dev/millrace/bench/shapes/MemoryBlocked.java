package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.channels.Channel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Goroutines that are blocked on one channel without buffer, all of them in a receive or all of them in a send. Figures are
/// per goroutine, with all that it takes.
public class MemoryBlocked extends MemoryShape {
    private static final int WARM_UPS = 10;
    private static final int PAIRS = 10;
    private static final int VALUES = 50_000;

    @Param({"receiver", "sender"})
    public String side;

    /// After many values went through such channels: frames of compiled code are smaller than those of code that is interpreted.
    private Object measure(Footprint footprint, Supplier<Pipe> maker) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            Exchange.stream(maker, PAIRS, VALUES);
        }
        Pipe pipe = maker.get();
        return measureThreads(footprint, side.equals("sender") ? () -> pipe.send(1) : pipe::receive);
    }

    @Benchmark
    public Object millrace(Footprint footprint) throws Exception {
        return measure(footprint, Pipe::millrace);
    }

    @Benchmark
    public Object jox(Footprint footprint) throws Exception {
        return measure(footprint, Pipe::jox);
    }

    @Benchmark
    public Object kotlin(Footprint footprint) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            KotlinExchange.stream(KotlinExchange.allThreads(), PAIRS, VALUES);
        }
        Channel<Integer> channel = KotlinExchange.channel(0);
        var sum = new AtomicLong();
        var suspended = new AtomicInteger();
        footprint.of(count -> {
            int before = suspended.get();
            for (int i = 0; i < count; i++) {
                KotlinExchange.launch(GlobalScope.INSTANCE, caller -> {
                    KotlinMachine coroutine = side.equals("sender")
                            ? new KotlinExchange.Sender(caller, channel, 1)
                            : new KotlinExchange.Receiver(caller, channel, 1, sum);
                    Object answer = coroutine.start();
                    if (answer == KotlinMachine.SUSPENDED) {
                        suspended.incrementAndGet();
                    }
                    return answer;
                });
            }
            await(() -> suspended.get() == before + count);
        });
        return channel;
    }

    @Benchmark
    public Object jdkSynchronousQueue(Footprint footprint) throws Exception {
        return measure(footprint, () -> Pipe.queue(new SynchronousQueue<>()));
    }

    /// The floor: a virtual thread that is parked.
    @Benchmark
    public Object jdkPark(Footprint footprint) throws Exception {
        return measureThreads(footprint, LockSupport::park);
    }
}
