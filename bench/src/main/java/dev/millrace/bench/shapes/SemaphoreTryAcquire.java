package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;

/// One goroutine tries to take places and gives them back: see [Turnstile]. Figures are for all of one turn.
public class SemaphoreTryAcquire extends Shape {
    @Benchmark
    public void millrace(Turnstile.OfMillrace state) {
        state.tryAll();
    }

    /// A channel as the semaphore.
    @Benchmark
    public void millraceChan(Turnstile.OfChan state) {
        state.tryAll();
    }

    @Benchmark
    public void jdkSemaphore(Turnstile.OfSemaphore state) {
        state.tryAll();
    }

    @Benchmark
    public void jdkSemaphoreFair(Turnstile.OfFairSemaphore state) {
        state.tryAll();
    }
}
