package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;

/// One goroutine takes places and gives them back: see [Turnstile]. Figures are for all of one turn.
public class SemaphoreAcquire extends Shape {
    @Benchmark
    public void millrace(Turnstile.OfMillrace state) throws InterruptedException {
        state.acquireAll();
    }

    /// A channel as the semaphore.
    @Benchmark
    public void millraceChan(Turnstile.OfChan state) throws InterruptedException {
        state.acquireAll();
    }

    @Benchmark
    public void jdkSemaphore(Turnstile.OfSemaphore state) throws InterruptedException {
        state.acquireAll();
    }

    @Benchmark
    public void jdkSemaphoreFair(Turnstile.OfFairSemaphore state) throws InterruptedException {
        state.acquireAll();
    }
}
