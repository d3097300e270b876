package dev.millrace.bench.shapes;

import dev.millrace.atomic.Value;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines read one value that nobody changes. Figures are per read.
@OperationsPerInvocation(AtomicValueLoad.LOADS)
public class AtomicValueLoad extends ChanShape {
    static final int LOADS = 400_000;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private long run(Object right, Supplier<Object> value) throws InterruptedException {
        long seen = Joining.share(LOADS, goroutines, own -> own + (value.get() == right ? 1 : 0))
                - goroutines * Work.SEED;
        if (seen != LOADS) {
            throw new IllegalStateException("seen " + seen + " times");
        }
        return seen;
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        var value = new Value<Object>();
        var right = new Object();
        value.store(right);
        return run(right, value::load);
    }

    @Benchmark
    public long jdkAtomicReference() throws InterruptedException {
        var right = new Object();
        var value = new AtomicReference<Object>(right);
        return run(right, value::get);
    }
}
