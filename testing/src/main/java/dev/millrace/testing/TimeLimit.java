package dev.millrace.testing;

import dev.millrace.go.Task;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Ends a test that hangs, and says what each of its goroutines waits for.
///
/// ```java
/// TimeLimit.run(ofSeconds(2), () -> {
///     wg.await();
/// });
/// ```
///
/// The body runs on the calling thread. When it takes longer than its limit of real time, what it has started is looked at (see [Leaks] for
/// what belongs to it), and its own thread; then its thread is interrupted, and when that does not end it, its goroutines too, again
/// and again. When it has ended, however it did, the [TimeLimitError] is thrown, with what the body threw suppressed; the interrupt
/// status is as before. What nothing interrupts, such as a plain `lock()` or a loop, cannot be ended: then the
/// report is printed to the standard error.
///
/// **Compared with Go.** `go test -timeout` ends the process, all tests with it, and prints all goroutines.
public final class TimeLimit {
    private static final Duration GRACE = Duration.ofMillis(250);
    private static final int GRACES_BEFORE_PRINT = 8;

    private TimeLimit() {}

    /// Runs `body`, for `limit` of real time at most. What it throws in time is thrown as it is.
    ///
    /// @throws TimeLimitError when it takes longer
    public static void run(Duration limit, Task body) {
        run("the block", limit, body);
    }

    /// The same.
    ///
    /// @param what what it is, for the message
    /// @throws TimeLimitError when it takes longer
    public static void run(String what, Duration limit, Task body) {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(body, "body");
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("a time limit must be > 0, was " + limit);
        }
        var scope = Leaks.options().open();
        try {
            var watch = new Watch(what, limit, scope);
            Thread.ofPlatform().daemon().name("millrace-time-limit").start(watch);
            Throwable failure = null;
            try {
                LeakScope.call(body);
            } catch (Throwable t) {
                failure = t;
            }
            TimeLimitError error = watch.over();
            if (error != null) {
                if (failure != null) {
                    error.addSuppressed(failure);
                }
                throw error;
            }
            if (failure != null) {
                throw LeakScope.<RuntimeException>asItIs(failure);
            }
        } finally {
            scope.end();
        }
    }

    /// Waits beside the test. `state` decides, by one compare-and-set, whether the test was in time; an interrupt is sent under the
    /// monitor and only while the test runs, so none comes too late.
    private static final class Watch implements Runnable {
        private enum State {
            RUNS,
            IN_TIME,
            LATE
        }

        private final Thread test = Thread.currentThread();
        private final String what;
        private final Duration limit;
        private final LeakScope scope;
        private final AtomicReference<State> state = new AtomicReference<>(State.RUNS);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final CountDownLatch looked = new CountDownLatch(1);
        private @Nullable TimeLimitError error; // set before `looked`
        private boolean interrupted; // guarded by this

        Watch(String what, Duration limit, LeakScope scope) {
            this.what = what;
            this.limit = limit;
            this.scope = scope;
        }

        /// The test is over. Answers what it is to throw, null when it was in time.
        @Nullable TimeLimitError over() {
            boolean inTime = state.compareAndSet(State.RUNS, State.IN_TIME);
            synchronized (this) {
                ended.countDown();
                if (interrupted) {
                    Thread.interrupted(); // ours
                }
            }
            if (inTime) {
                return null;
            }
            boolean foreign = Thread.interrupted();
            while (true) {
                try {
                    looked.await();
                    break;
                } catch (InterruptedException e) {
                    foreign = true;
                }
            }
            if (foreign) {
                test.interrupt();
            }
            return error;
        }

        @Override
        public void run() {
            try {
                if (ended.await(limit.toNanos(), TimeUnit.NANOSECONDS)
                        || !state.compareAndSet(State.RUNS, State.LATE)) {
                    return;
                }
                try {
                    error = look();
                } finally {
                    looked.countDown();
                }
                for (int i = 0; !endsByInterrupt(); i++) {
                    if (i == GRACES_BEFORE_PRINT) {
                        System.err.println("cannot be ended: " + error);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private TimeLimitError look() {
            var stack = List.of(test.getStackTrace());
            String waits = Waits.what(test, stack);
            String own = "the test's own thread \"" + test.getName() + "\" ["
                    + (waits.isEmpty() ? "running" : waits) + "]" + LeakText.stack(stack);
            return new TimeLimitError(what, limit, own, scope.find());
        }

        private boolean endsByInterrupt() throws InterruptedException {
            synchronized (this) {
                if (ended.getCount() > 0) {
                    interrupted = true;
                    test.interrupt();
                }
            }
            if (ended.await(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            scope.interrupt();
            return false;
        }
    }
}
