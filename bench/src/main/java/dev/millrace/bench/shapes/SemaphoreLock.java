package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines raise a counter that a semaphore with one place guards. Figures are per section.
@OperationsPerInvocation(Work.SECTIONS)
public class SemaphoreLock extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new Guarded.ByWeightedSemaphore().run(Work.NONE, goroutines);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinGuarded.bySemaphore(Work.NONE, goroutines);
    }

    @Benchmark
    public long jdkSemaphore() throws InterruptedException {
        return new Guarded.BySemaphore(false).run(Work.NONE, goroutines);
    }

    @Benchmark
    public long jdkSemaphoreFair() throws InterruptedException {
        return new Guarded.BySemaphore(true).run(Work.NONE, goroutines);
    }
}
