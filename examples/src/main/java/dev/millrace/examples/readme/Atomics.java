package dev.millrace.examples.readme;

import static java.time.Duration.ofSeconds;

import dev.millrace.atomic.Int64;
import dev.millrace.atomic.Pointer;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;

/// The snippets of the package `atomic`.
final class Atomics {
    static String count() {
        // region counter
        var served = new Int64();
        var most = new Int64();
        var wg = new WaitGroup();
        for (int i = 0; i < 100; i++) {
            int size = i;
            wg.go(() -> {
                served.add(1);
                for (long now = most.load(); size > now && !most.compareAndSwap(now, size); now = most.load()) {
                    Thread.onSpinWait(); // another one was faster: look again
                }
            });
        }
        wg.await();
        return served + " requests, the largest " + most;
        // endregion
    }

    // region config
    record Limits(int connections, Duration timeout) {}

    private final Pointer<Limits> limits = new Pointer<>(new Limits(10, ofSeconds(1)));

    void allow(int connections) {
        limits.update(old -> new Limits(connections, old.timeout())); // may run again, so it only computes
    }

    String text() {
        var now = limits.load(); // once: both fields are of one version
        return now.connections() + " for " + now.timeout().toMillis() + " ms";
    }
    // endregion
}
