package dev.millrace.bench.shapes;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/// A shape whose figures are bytes: see [Footprint]. One shot in each JVM, which begins with a small heap.
@BenchmarkMode(Mode.SingleShotTime)
@Fork(value = 1, jvmArgs = {"-Xms8m", "-Xmx4g"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public abstract class MemoryShape extends Shape {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(50);

    /// What so many virtual threads take that wait in `blocks`.
    static Object measureThreads(Footprint footprint, OnVirtualThread.Body blocks) throws Exception {
        footprint.of(count -> {
            var threads = new Thread[count];
            for (int i = 0; i < count; i++) {
                threads[i] = Thread.startVirtualThread(() -> {
                    try {
                        blocks.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            for (Thread thread : threads) {
                await(() -> thread.getState() == Thread.State.WAITING);
            }
        });
        return footprint;
    }

    static void await(BooleanSupplier quiet) throws Exception {
        long start = System.nanoTime();
        while (!quiet.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT_NANOS) {
                throw new TimeoutException("not all of them came to wait");
            }
            Thread.sleep(1);
        }
    }
}
