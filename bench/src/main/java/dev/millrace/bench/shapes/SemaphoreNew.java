package dev.millrace.bench.shapes;

import dev.millrace.chan.Chan;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.Semaphore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Makes a semaphore.
public class SemaphoreNew extends Shape {
    @Param({"1", "128"})
    public int places;

    @Benchmark
    public WeightedSemaphore millrace() {
        return new WeightedSemaphore(places);
    }

    /// A channel as the semaphore.
    @Benchmark
    public Chan<Boolean> millraceChan() {
        return Chan.buffered(places);
    }

    @Benchmark
    public Semaphore jdkSemaphore() {
        return new Semaphore(places);
    }

    @Benchmark
    public Semaphore jdkSemaphoreFair() {
        return new Semaphore(places, true);
    }
}
