package dev.millrace.testing.explore.engine;

import java.util.concurrent.ForkJoinPool;

/// Where a `CompletableFuture` runs what is said to be asynchronous: on a thread of its own.
public final class ModelledPool extends ForkJoinPool {
    ModelledPool() {
        super(1);
    }

    @Override
    public void execute(Runnable task) {
        Calls.start(Calls.builderUnstarted(Thread.ofVirtual().name("async"), task));
    }
}
