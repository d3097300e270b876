package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits, bounded, for a state that gives no signal, such as that of a thread.
public final class Until {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Until() {}

    /// A question that is asked again and again.
    @FunctionalInterface
    public interface Question {
        boolean yes() throws Exception;
    }

    /// Returns when `question` is answered by yes; fails after 20 seconds.
    public static void until(String what, Question question) throws Exception {
        long start = System.nanoTime();
        while (!question.yes()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                fail("still not so after " + LIMIT.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /// Returns when `thread` waits for something.
    public static void waits(Thread thread) throws Exception {
        until(thread + " waits", () -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING, BLOCKED -> true;
            case TERMINATED -> fail(thread + " has ended and does not wait");
            default -> false;
        });
    }

    /// Returns when `thread` has ended; fails after 20 seconds.
    public static void ended(Thread thread) throws InterruptedException {
        if (!thread.join(LIMIT)) {
            var failure = new AssertionError(thread + " still runs");
            failure.setStackTrace(thread.getStackTrace());
            throw failure;
        }
    }
}
