package dev.millrace.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Adds one to a shared number by optimistic locking: read, add, and swap if nobody was faster; else again.
record AddNum(AtomicInteger num, Duration pause, PrintStream out) {
    // region add-num
    void run(int id, Runnable whenDone) {
        try {
            for (int i = 0;; i++) {
                int current = num.get();
                int next = current + 1;
                Example.sleep(pause);
                if (num.compareAndSet(current, next)) {
                    out.println("The number: " + next + " [" + id + "-" + i + "]");
                    break;
                }
                out.println("The CAS option failed. [" + id + "-" + i + "]");
            }
        } finally {
            whenDone.run();
        }
    }
    // endregion
}
