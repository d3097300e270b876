package dev.millrace.bench.shapes;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Virtual threads that work together, and one who waits until all of them have ended. The same for all who are measured on
/// virtual threads. When one fails, or when they get stuck, the wait fails.
final class Crew {
    private static final int LIMIT_SECONDS = 50;

    private final AtomicInteger left = new AtomicInteger(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    void go(OnVirtualThread.Body body) {
        left.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                body.run();
            } catch (Throwable t) {
                failure.set(t);
                ended.countDown();
            } finally {
                leave();
            }
        });
    }

    private void leave() {
        if (left.decrementAndGet() == 0) {
            ended.countDown();
        }
    }

    /// To be called once.
    void await() throws InterruptedException {
        leave();
        if (!ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(left + " of those that work together are stuck");
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the measured body failed", failure.get());
        }
    }
}
