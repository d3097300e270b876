package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.chan.Chan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Channels that nobody uses, of such a capacity. Figures are per channel.
public class MemoryIdleChan extends MemoryShape {
    @Param({"0", "16"})
    public int capacity;

    private List<Object[]> kept = new ArrayList<>();

    private Object measure(Footprint footprint, Supplier<Object> maker) throws Exception {
        footprint.of(count -> {
            var made = new Object[count];
            kept.add(made);
            for (int i = 0; i < count; i++) {
                made[i] = maker.get();
            }
        });
        return kept;
    }

    @Benchmark
    public Object millrace(Footprint footprint) throws Exception {
        return measure(footprint, () -> Chan.<Integer>buffered(capacity));
    }

    @Benchmark
    public Object jox(Footprint footprint) throws Exception {
        return measure(footprint, () -> capacity == 0
                ? Channel.<Integer>newRendezvousChannel()
                : Channel.<Integer>newBufferedChannel(capacity));
    }

    @Benchmark
    public Object kotlin(Footprint footprint) throws Exception {
        return measure(footprint, () -> KotlinExchange.channel(capacity));
    }

    /// A `SynchronousQueue` where the capacity is 0, else an `ArrayBlockingQueue`.
    @Benchmark
    public Object jdkQueue(Footprint footprint) throws Exception {
        return measure(footprint, () -> capacity == 0
                ? new SynchronousQueue<Integer>()
                : new ArrayBlockingQueue<Integer>(capacity));
    }
}
