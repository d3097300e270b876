package dev.millrace.internal;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends a wait that nobody else ends, so that a lost wake-up is an outcome and not a hang.
///
/// The bound is far beyond what a busy machine needs to run a thread that was woken.
final class Rescue {
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(5);
    private static final long LIMIT_AFTER_FIRST = TimeUnit.MILLISECONDS.toNanos(20);

    private static volatile boolean lost; // one is proof enough: those that follow may be false

    private volatile @Nullable Thread waiting;
    private volatile boolean over;

    /// By who will wait.
    void begin() {
        waiting = Thread.currentThread();
    }

    /// By who has waited.
    void end() {
        over = true;
        Thread.interrupted();
    }

    /// By who has ended the wait: stays until that was seen, and after a long time interrupts.
    void watch() {
        long began = System.nanoTime();
        for (int i = 0; !over; i++) {
            Spin.pause(i);
            Thread thread = waiting;
            if (thread != null && System.nanoTime() - began > (lost ? LIMIT_AFTER_FIRST : LIMIT)) {
                lost = true;
                thread.interrupt();
                return;
            }
        }
    }
}
