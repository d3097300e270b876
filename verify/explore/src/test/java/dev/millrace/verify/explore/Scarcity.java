package dev.millrace.verify.explore;

import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import java.util.concurrent.atomic.AtomicInteger;

/// What the tables of operations without memory have in common. Memory is missing once in each schedule: an operation that has failed with that has
/// not happened, so done once more it succeeds.
final class Scarcity {
    /// How often the policy for uncaught failures has heard that a goroutine had no memory.
    private static final AtomicInteger REPORTED = new AtomicInteger();

    private Scarcity() {}

    interface Making<T> {
        T make() throws Exception;
    }

    static <T> T made(Making<T> making) throws Exception {
        try {
            return making.make();
        } catch (OutOfMemoryError e) {
            return making.make();
        }
    }

    static void done(Suite.Body operation) throws Exception {
        try {
            operation.run();
        } catch (OutOfMemoryError e) {
            operation.run();
        }
    }

    /// To be called first by a protocol with goroutines: one that has no memory to begin, or to run, is reported, as any failure is.
    static void listen() throws Exception {
        REPORTED.set(0);
        done(() -> Go.failurePolicy(FailurePolicy.handler(Scarcity::heard)));
    }

    private static void heard(String goroutine, Throwable failure) {
        if (!(failure instanceof OutOfMemoryError)) {
            throw new AssertionError(goroutine, failure);
        }
        REPORTED.incrementAndGet();
    }

    static int reported() {
        return REPORTED.get();
    }

    /// Whether memory was missing, and `failure` says so.
    static boolean isScarcity(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }
}
