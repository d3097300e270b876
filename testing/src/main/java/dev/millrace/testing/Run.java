package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.GoExit;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One run of a bubble: its main goroutine, its failure, its end; and the thread that called for it, which waits and watches in real time.
final class Run {
    /// How long goroutines that are to end may take for it, in real time.
    private static final long GRACE_NANOS = 2_000_000_000L;

    private static final long TICK_NANOS = 50_000_000L;

    private final Thread watch = Thread.currentThread();
    private final Bubble.Body body;
    private final Duration limit;
    private final BubbleScheduler scheduler = new BubbleScheduler(this);
    private final Bubble bubble = new Bubble(this, scheduler);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(); // the first
    private final Deque<Bubble.Step> cleanups = new ArrayDeque<>(); // guarded by itself
    private volatile boolean stuck; // nobody can go on
    private volatile boolean hasFailed; // a goroutine other than main has: the others end
    private volatile boolean mainEnded;

    Run(Bubble.Body body, Duration limit) {
        this.body = body;
        this.limit = limit;
    }

    // On the thread that called.

    /// Runs it. Returns when all has ended; throws what is to be thrown.
    void go() {
        new Main(scheduler).spawn();
        long end = System.nanoTime() + limit.toNanos();
        BubbleError error = null;
        boolean interrupted = false;
        while (scheduler.members() > 0 && !hasFailed) {
            scheduler.drive(); // for those who must not
            if (stuck) {
                error = failure.get() == null ? deadlock() : null;
                break;
            }
            if (System.nanoTime() - end >= 0) {
                error = overLimit();
                break;
            }
            LockSupport.parkNanos(this, TICK_NANOS);
            if (Thread.interrupted()) {
                interrupted = true;
                fail(new InterruptedWaitException("Bubble.run"));
                break;
            }
        }
        List<String> left = scheduler.members() > 0 ? endAll() : List.of();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable first = failure.get();
        if (error != null && first == null) {
            first = error;
        }
        if (!left.isEmpty()) {
            var leak = new BubbleError("goroutines that cannot be ended are left behind by a bubble", left);
            if (first == null) {
                first = leak;
            } else {
                first.addSuppressed(leak);
            }
        }
        if (first != null) {
            throw Run.<RuntimeException>sneaky(first);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the failure is thrown as it is, checked or not
    private static <X extends Throwable> X sneaky(Throwable t) throws X {
        throw (X) t;
    }

    private BubbleError deadlock() {
        return new BubbleError(
                mainEnded
                        ? "deadlock: main bubble goroutine has exited but blocked goroutines remain"
                        : "deadlock: all goroutines in bubble are blocked",
                Report.of(scheduler.seats()));
    }

    private BubbleError overLimit() {
        return new BubbleError(
                "a bubble has not ended within " + limit + " of real time; its clock stands at " + scheduler.wallClock(scheduler.nanoTime()),
                Report.of(scheduler.seats()));
    }

    /// Ends what still lives, so that nothing leaks into the next test. Answers those who did not.
    private List<String> endAll() {
        scheduler.freeze();
        scheduler.end();
        long end = System.nanoTime() + GRACE_NANOS;
        for (long pause = 50_000; scheduler.members() > 0 && System.nanoTime() - end < 0; pause = Math.min(2 * pause, 20_000_000)) {
            for (Seat seat : scheduler.seats()) {
                Waiter waiter = seat.waiter;
                if (waiter != null && waiter.outcome() == null) {
                    if (waiter.claim(Waiter.ENDED)) {
                        waiter.wake();
                    }
                } else if (seat.goroutine.thread().getState() != Thread.State.RUNNABLE) {
                    seat.goroutine.thread().interrupt();
                }
            }
            LockSupport.parkNanos(this, pause);
            Thread.interrupted();
        }
        return Report.of(scheduler.seats());
    }

    // On any thread.

    /// Lets the watch look.
    void wake() {
        LockSupport.unpark(watch);
    }

    /// Nobody can go on. By the driver.
    void stuck() {
        stuck = true;
        wake();
    }

    /// A goroutine has failed. The first failure counts.
    void fail(Throwable t) {
        note(t);
        hasFailed = true;
        wake();
    }

    private void note(Throwable t) {
        if (!failure.compareAndSet(null, t)) {
            Throwable first = failure.get();
            if (first != null && first != t) {
                first.addSuppressed(t);
            }
        }
    }

    void cleanup(Bubble.Step step) {
        synchronized (cleanups) {
            cleanups.push(step);
        }
    }

    private Bubble.@Nullable Step nextCleanup() {
        synchronized (cleanups) {
            return cleanups.poll();
        }
    }

    /// The bubble's first goroutine: the body, then the end of the bubble's context, then what was to be done in the end.
    private final class Main extends Goroutine {
        Main(BubbleScheduler scheduler) {
            super(scheduler, null, null, "main");
        }

        @Override
        protected void body() throws Throwable {
            try (var ctx = Context.background().withName("bubble").withCancel()) {
                bubble.begin(ctx.view());
                body.run(bubble);
            }
        }

        @Override
        protected void ended(@Nullable Throwable thrown) {
            if (thrown != null) {
                note(thrown);
            }
            for (Bubble.Step step = nextCleanup(); step != null; step = nextCleanup()) {
                try {
                    step.run();
                } catch (GoExit exit) {
                    // ended in the middle, as asked
                } catch (Throwable t) {
                    note(t);
                }
            }
            mainEnded = true;
            scheduler.freeze();
        }
    }
}
