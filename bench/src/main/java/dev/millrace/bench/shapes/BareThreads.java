package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The floor of starting and joining many: bare virtual threads, one counter, and one parked thread that the last
/// wakes.
final class BareThreads {
    private BareThreads() {}

    static void run(int count) {
        Thread waiter = Thread.currentThread();
        var left = new AtomicInteger(count);
        for (int i = 0; i < count; i++) {
            Thread.startVirtualThread(() -> {
                if (left.decrementAndGet() == 0) {
                    LockSupport.unpark(waiter);
                }
            });
        }
        while (left.get() > 0) {
            LockSupport.park(left);
        }
    }
}
