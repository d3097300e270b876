package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.chan.Chan;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import kotlinx.coroutines.GlobalScope;
import org.openjdk.jmh.annotations.Benchmark;

/// Goroutines that are blocked in a select over the same two channels without buffer, each in one of its own. Figures are per goroutine, with
/// all that it takes.
public class MemorySelect extends MemoryShape {
    private static final int CASES = 2;
    private static final int WARM_UPS = 20;
    private static final int VALUES = 50_000;

    /// After many values went through such selects, as in [MemoryBlocked].
    private static Object measure(Footprint footprint, List<Pipe> channels, Supplier<Selecting.Source> maker)
            throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            Selecting.blocking(channels, maker.get(), VALUES);
        }
        return measureThreads(footprint, () -> maker.get().receive());
    }

    @Benchmark
    public Object millrace(Footprint footprint) throws Exception {
        List<Chan<Integer>> chans = Selecting.millrace(CASES, 0);
        return measure(footprint, chans.stream().map(Pipe::of).toList(), () -> Selecting.prepared(chans));
    }

    @Benchmark
    public Object millraceExpression(Footprint footprint) throws Exception {
        List<Chan<Integer>> chans = Selecting.millrace(CASES, 0);
        return measure(footprint, chans.stream().map(Pipe::of).toList(), () -> Selecting.expression(chans));
    }

    @Benchmark
    public Object jox(Footprint footprint) throws Exception {
        List<Channel<Integer>> channels = Selecting.jox(CASES, 0);
        return measure(footprint, channels.stream().map(Pipe::of).toList(), () -> Selecting.jox(channels));
    }

    @Benchmark
    public Object kotlin(Footprint footprint) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            KotlinSelecting.overChannels(KotlinExchange.allThreads(), CASES, VALUES);
        }
        var channels = KotlinSelecting.channels(CASES, 0);
        var sum = new AtomicLong();
        var suspended = new AtomicInteger();
        footprint.of(count -> {
            int before = suspended.get();
            for (int i = 0; i < count; i++) {
                KotlinExchange.launch(GlobalScope.INSTANCE, caller -> {
                    Object answer = KotlinSelecting.receiver(caller, channels, sum).start();
                    if (answer == KotlinMachine.SUSPENDED) {
                        suspended.incrementAndGet();
                    }
                    return answer;
                });
            }
            await(() -> suspended.get() == before + count);
        });
        return channels;
    }
}
