package dev.millrace.testing;

import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.GoExit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One run of a bubble: its main goroutine, its failure, its end. The thread that asked for it is its *watch*: it waits in real time, looks after
/// what the goroutines themselves cannot see, and ends those that are left.
///
/// How it ends: the main goroutine's body returns or fails; the bubble's context ends; the clean-ups run; the clock stands from then on; the other
/// goroutines are awaited. When these can no longer go on, or earlier when one fails, when the time is over, or when the bubble stands, the
/// watch ends all that live: whoever waits, or comes to wait, in something of the bubble's unwinds as by `Go.exit()`; whoever waits elsewhere is
/// interrupted.
final class Run {
    /// How long goroutines that are to end may take for it, in real time.
    private static final long GRACE_NANOS = 2_000_000_000L;

    /// How long a bubble that stands is watched before that is an error, at most half of its limit.
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private static final long TICK_NANOS = 50_000_000L;
    private static final long SHORT_TICK_NANOS = 20_000L;

    private final Thread watch = Thread.currentThread();
    private final Bubble.Options options;
    private final BubbleScheduler scheduler;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(); // the first
    private final Deque<Bubble.Step<?>> cleanups = new ArrayDeque<>(); // guarded by itself
    private boolean interrupted; // the watch was
    private volatile boolean stuck; // nobody can go on
    private volatile boolean hasFailed; // a goroutine other than main has: the others end
    private volatile boolean mainEnded;
    private volatile boolean ending; // what fails from now on fails because of that

    Run(Bubble.Options options) {
        this.options = options;
        this.scheduler = new BubbleScheduler(this, options.isManual(), options.turns());
    }

    // The watch.

    /// Runs `body`. Returns when all has ended; throws the first failure.
    void go(Bubble.Body body) {
        new Main(this, scheduler, new Bubble(this, scheduler, options), body).spawn();
        BubbleError error = watch();
        List<String> left = scheduler.places().count() > 0 ? endAll() : List.of();
        scheduler.close();
        Throwable first = failure.get();
        if (first == null) {
            first = error;
        } else {
            nameSeed(first);
        }
        if (!left.isEmpty()) {
            var leak = error("goroutines of a bubble cannot be ended; they are left behind", left);
            if (first == null) {
                first = leak;
            } else {
                first.addSuppressed(leak);
            }
        }
        if (interrupted) {
            watch.interrupt();
        }
        if (first != null) {
            throw Run.<RuntimeException>sneaky(first);
        }
    }

    /// Waits until all have ended, or are to be. Answers what is wrong, null when nothing is or a failure says it.
    private @Nullable BubbleError watch() {
        long began = System.nanoTime();
        long limit = options.limitNanos();
        var foreign = new Foreign(Math.min(PATIENCE_NANOS, limit / 2));
        long looked = began;
        while (scheduler.places().count() > 0 && !hasFailed) {
            scheduler.drive(); // what others have left to this thread
            boolean late = !options.isSerial() && scheduler.clock().hasDue();
            if (late) {
                scheduler.fireLate();
            }
            if (stuck) {
                return failure.get() == null ? deadlock() : null;
            }
            long now = System.nanoTime();
            if (now - began >= limit) {
                return overLimit();
            }
            if (now - looked >= TICK_NANOS) {
                looked = now;
                if (foreign.look(scheduler.places().all(), now)) {
                    return standing();
                }
            }
            LockSupport.parkNanos(this, late ? SHORT_TICK_NANOS : Math.min(TICK_NANOS, limit));
            if (Thread.interrupted()) {
                interrupted = true;
                fail(new InterruptedWaitException("Bubble.run"));
            }
        }
        return null;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the failure is thrown as it is, checked or not
    private static <X extends Throwable> X sneaky(Throwable t) throws X {
        throw (X) t;
    }

    private BubbleError deadlock() {
        String text = mainEnded
                ? "deadlock: main bubble goroutine has exited but blocked goroutines remain"
                : "deadlock: all goroutines in bubble are blocked";
        int timers = scheduler.clock().timers();
        if (timers > 0) {
            text += mainEnded ? "; time stands" : options.isManual() ? "; time is moved by advance only" : "";
        }
        return error(text, Report.of(scheduler.places().all()));
    }

    private BubbleError overLimit() {
        return error(
                "a bubble has not ended within its limit of " + options.limit() + " of real time; it is "
                        + scheduler.wallClock(scheduler.nanoTime()) + " there",
                Report.of(scheduler.places().all()));
    }

    private BubbleError standing() {
        List<Place> all = scheduler.places().all();
        List<Place> foreign = Foreign.among(all);
        all.removeAll(foreign);
        foreign.addAll(all);
        return error(
                "a bubble stands: all its goroutines that run wait for something that is not the bubble's",
                Report.of(foreign));
    }

    private BubbleError error(String text, List<String> goroutines) {
        return new BubbleError(text + (options.isSerial() ? " (serial, seed " + options.seed() + ")" : ""), goroutines);
    }

    private void nameSeed(Throwable first) {
        if (options.isSerial()) {
            first.addSuppressed(new BubbleError("the bubble was serial, with seed " + options.seed(), List.of()));
        }
    }

    /// Ends what still lives, so that nothing leaks into the next test. Answers those who did not.
    private List<String> endAll() {
        ending = true;
        scheduler.end();
        long end = System.nanoTime() + GRACE_NANOS;
        long pause = 50_000;
        while (scheduler.places().count() > 0 && System.nanoTime() - end < 0) {
            for (Place place : scheduler.places().all()) {
                Thread thread = place.goroutine.thread();
                if (!place.end() && !place.isBlocked() && thread.getState() != Thread.State.RUNNABLE) {
                    thread.interrupt();
                }
            }
            LockSupport.parkNanos(this, pause);
            interrupted |= Thread.interrupted();
            pause = Math.min(2 * pause, 20_000_000);
        }
        return Report.of(scheduler.places().all());
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

    /// A goroutine has failed: the others end. The first failure counts.
    void fail(Throwable t) {
        note(t);
        hasFailed = true;
        wake();
    }

    /// Keeps a failure of the main goroutine, which still has things to do.
    void note(Throwable t) {
        if (ending || failure.compareAndSet(null, t)) {
            return;
        }
        Throwable first = failure.get();
        if (first != null && first != t) {
            first.addSuppressed(t);
        }
    }

    // The main goroutine.

    void cleanup(Bubble.Step<?> step) {
        synchronized (cleanups) {
            cleanups.push(step);
        }
    }

    private Bubble.@Nullable Step<?> nextCleanup() {
        synchronized (cleanups) {
            return cleanups.poll();
        }
    }

    /// Runs the clean-ups, the last added first, and then stops the clock for good. On the main goroutine.
    void endMain() {
        for (Bubble.Step<?> step = nextCleanup(); step != null; step = nextCleanup()) {
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
