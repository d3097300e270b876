package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicReference;

/// Runs a body on a fresh virtual thread and waits for it; that costs everybody the same.
final class OnVirtualThread {
    private OnVirtualThread() {}

    interface Body {
        void run() throws Exception;
    }

    static void run(Body body) throws InterruptedException {
        var failure = new AtomicReference<Exception>();
        Thread.startVirtualThread(() -> {
            try {
                body.run();
            } catch (Exception e) {
                failure.set(e);
            }
        }).join();
        if (failure.get() != null) {
            throw new IllegalStateException("the measured body failed", failure.get());
        }
    }
}
