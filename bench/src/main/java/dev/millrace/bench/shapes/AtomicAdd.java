package dev.millrace.bench.shapes;

import dev.millrace.atomic.Int64;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines add to one number. Figures are per addition.
@OperationsPerInvocation(AtomicAdd.ADDITIONS)
public class AtomicAdd extends ChanShape {
    static final int ADDITIONS = 400_000;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private abstract static class Number {
        /// Answers the new value.
        abstract long add(long delta);

        abstract long get();
    }

    private static final class Ours extends Number {
        private final Int64 number = new Int64();

        @Override
        long add(long delta) {
            return number.add(delta);
        }

        @Override
        long get() {
            return number.load();
        }
    }

    private static final class Theirs extends Number {
        private final AtomicLong number = new AtomicLong();

        @Override
        long add(long delta) {
            return number.addAndGet(delta);
        }

        @Override
        long get() {
            return number.get();
        }
    }

    private long run(Number number) throws InterruptedException {
        var crew = new Crew();
        var sum = new AtomicLong();
        int each = ADDITIONS / goroutines;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                long seen = 0;
                for (int n = 0; n < each; n++) {
                    seen += number.add(1);
                }
                sum.addAndGet(seen);
            });
        }
        crew.await();
        long all = ADDITIONS;
        if (number.get() != all || sum.get() != all * (all + 1) / 2) {
            throw new IllegalStateException("came to " + number.get() + ", seen " + sum);
        }
        return sum.get();
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return run(new Ours());
    }

    @Benchmark
    public long jdkAtomicLong() throws InterruptedException {
        return run(new Theirs());
    }
}
