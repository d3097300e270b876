package dev.millrace.bench.shapes;

import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines, each with a wait group of its own: adds one, is done, waits for nobody. Figures are per such three.
@OperationsPerInvocation(Alone.OPERATIONS)
public class WaitGroupUncontended extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private static final class Own extends Alone {
        private final Joining group;

        Own(Joining group) {
            this.group = group;
        }

        @Override
        void operate() throws InterruptedException {
            group.add();
            group.done();
            group.await();
            raise();
        }
    }

    private long run(Supplier<? extends Joining> kind) throws InterruptedException {
        return Alone.run(goroutines, () -> new Own(kind.get()));
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return run(Joining.ByWaitGroup::new);
    }

    @Benchmark
    public long jdkPhaser() throws InterruptedException {
        return run(Joining.ByPhaser::new);
    }
}
