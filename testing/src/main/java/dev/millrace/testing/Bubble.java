package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A closed world with a clock of its own, for tests of concurrent code.
public final class Bubble {
    private final Run run;
    private final BubbleScheduler scheduler;
    private @Nullable Context context; // set before the body

    Bubble(Run run, BubbleScheduler scheduler) {
        this.run = run;
        this.scheduler = scheduler;
    }

    void begin(Context ctx) {
        context = ctx;
    }

    /// What runs in a bubble.
    @FunctionalInterface
    public interface Body {
        void run(Bubble b) throws Throwable;
    }

    /// A step of a test.
    @FunctionalInterface
    public interface Step {
        void run() throws Throwable;
    }

    /// Runs `body` in a new bubble; returns when it and all goroutines that it has started have ended.
    public static void run(Body body) {
        Objects.requireNonNull(body, "body");
        Ambient ambient = Ambient.current();
        Goroutine g = ambient == null ? null : ambient.goroutine();
        if (g != null && g.scheduler() instanceof BubbleScheduler) {
            throw new IllegalStateException("Bubble.run called from within a bubble, by " + g);
        }
        new Run(body, Duration.ofSeconds(10)).go();
    }

    /// Waits until every other goroutine of the bubble is durably blocked or has ended.
    public void await() {
        own("await");
        Object outcome = scheduler.await("bubble.await");
        if (outcome == null) {
            throw new IllegalStateException("wait already in progress: another goroutine of the bubble is in await");
        }
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("bubble.await");
        }
    }

    /// Sleeps for `span` of the bubble's time, and then waits until everybody else has come to rest: [#await()].
    public void sleep(Duration span) {
        long nanos = Deadlines.nanos(Objects.requireNonNull(span, "span"));
        own("sleep");
        if (nanos > 0) {
            if (Wait.sleep(scheduler, null, nanos, "sleep " + span) == Waiter.INTERRUPTED) {
                throw new InterruptedWaitException("bubble.sleep");
            }
        }
        await();
    }

    /// The bubble's time. It begins at 2000-01-01T00:00:00Z.
    public Instant now() {
        return scheduler.wallClock(scheduler.nanoTime());
    }

    /// A context that ends when the body has ended.
    public Context context() {
        return Objects.requireNonNull(context);
    }

    /// Runs `step` when the body has ended, in the bubble; the last added is the first run.
    public void cleanup(Step step) {
        run.cleanup(Objects.requireNonNull(step, "step"));
    }

    private void own(String operation) {
        if (scheduler.own() == null) {
            throw new IllegalStateException("goroutine is not in a bubble: " + operation + " of a bubble from outside it");
        }
    }

    @Override
    public String toString() {
        return scheduler.toString();
    }
}
