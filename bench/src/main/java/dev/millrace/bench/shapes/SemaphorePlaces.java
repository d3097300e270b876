package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines share a semaphore with four places. Who has one yields, so that others come and wait. Figures are per visit.
@OperationsPerInvocation(Work.WAITING_SECTIONS)
public class SemaphorePlaces extends ChanShape {
    private static final int PLACES = 4;

    @Param({"1", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new Places.OfMillrace(PLACES).run(PLACES, goroutines);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinGuarded.byPlaces(PLACES, goroutines);
    }

    @Benchmark
    public long jdkSemaphore() throws InterruptedException {
        return new Places.OfJdk(PLACES, false).run(PLACES, goroutines);
    }

    @Benchmark
    public long jdkSemaphoreFair() throws InterruptedException {
        return new Places.OfJdk(PLACES, true).run(PLACES, goroutines);
    }
}
