package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A closed world with a clock of its own, for tests of concurrent code: goroutines, and all that they make.
///
/// ```java
/// Bubble.run(b -> {
///     var ctx = Context.background().withTimeout(ofHours(1));
///     go(ctx, service::pollUntilDone);
///     b.sleep(ofMinutes(59)); // no real time passes
///     assertFalse(ctx.isDone());
///     b.sleep(ofMinutes(1));
///     assertTrue(ctx.isDone());
/// });
/// ```
///
/// **Time.** The clock starts at 2000-01-01T00:00:00Z. It stands while any goroutine of the bubble can run. When all are *durably blocked* it
/// jumps to the next timer. A goroutine is durably blocked when it waits, by this library, for something that was made in the bubble: a channel, a select, a
/// sleep, a context, a wait group, a condition, a lock, a semaphore, a once; or for nothing at all. Any other wait counts as running:
/// a queue of the JDK, a monitor, a socket, a `Thread.sleep`, an object that was made outside.
///
/// When all are durably blocked, the first of these happens that can: what is due happens; an [#await()] returns; the clock moves; the bubble has
/// failed, since nobody can go on. Timers of the same instant fire in any order.
///
/// **Its end.** The bubble belongs to the test that runs it. When the body has ended, [#context()] ends, then the clean-ups run, then the clock stands for good and the other
/// goroutines are awaited. Those that remain blocked then are leaks: a [BubbleError] names each, with what it waits for. So it does when all are
/// blocked earlier, when all that run wait for something foreign for some seconds, and when the bubble's limit of real time is
/// over. The first failure of any goroutine is thrown by `run` as it is; later ones are suppressed in it. After a failure goroutines that remain are ended: at the next wait by this library they unwind as by `Go.exit()`, elsewhere
/// they are interrupted. So nothing leaks into the next test.
///
/// **Modes.** [Options#serial(long)] runs one goroutine at a time in an order that a seed decides and repeats; otherwise they run in
/// parallel. [Options#manual()] leaves it to [#advance] to move the clock.
///
/// **Blocking and cancellation.** Each method says it. **Memory.** What the others have done before they came to rest is visible to who returns from [#await()], also
/// plain fields; what a goroutine did, to whoever `run` returns to.
///
/// **Compared with Go.** `synctest.Test` and `synctest.Wait`. Locks, once and semaphores of a bubble block durably; in Go they do not, and a bubble in which
/// somebody sleeps with a lock that another waits for never ends. Foreign waits are named instead of waited for. Serial and manual modes,
/// and [#realTime], are ours. A `testing.T` is not needed: its `Context` and `Cleanup` are here.
///
/// **Not promised:** an order among goroutines in parallel mode; in bubbles of more than 256 goroutines, that the clock waits for somebody whom a plain
/// `Thread.interrupt()` has woken.
public final class Bubble {
    private final Run run;
    private final BubbleScheduler scheduler;
    private final Options options;
    private @Nullable Context context; // set before the body runs

    Bubble(Run run, BubbleScheduler scheduler, Options options) {
        this.run = run;
        this.scheduler = scheduler;
        this.options = options;
    }

    void begin(Context ctx) {
        context = ctx;
    }

    /// What runs in a bubble.
    @FunctionalInterface
    public interface Body {
        void run(Bubble b) throws Throwable;
    }

    /// A part of it.
    @FunctionalInterface
    public interface Step<X extends Throwable> {
        void run() throws X;
    }

    /// Runs `body` in a new bubble, on a goroutine of that; waits, in real time, until it and all goroutines that were started in the bubble have ended.
    /// An interrupt of the calling thread ends the bubble: an [InterruptedWaitException], the flag set again.
    ///
    /// What fails is thrown as it is, checked exceptions too, for which the signature has no room.
    ///
    /// @throws BubbleError when the bubble cannot go on, or leaves something behind
    /// @throws IllegalStateException when called within a bubble; nothing has run then
    public static void run(Body body) {
        options().run(body);
    }

    /// How a bubble is to run; to begin with: parallel, its clock moves by itself, ten seconds of real time.
    public static Options options() {
        return Options.DEFAULT;
    }

    /// How a bubble is to run. Immutable: each method answers other options.
    public static final class Options {
        private static final Options DEFAULT = new Options(false, 0, false, Duration.ofSeconds(10));

        private final boolean serial;
        private final long seed;
        private final boolean manual;
        private final Duration limit;

        private Options(boolean serial, long seed, boolean manual, Duration limit) {
            this.serial = serial;
            this.seed = seed;
            this.manual = manual;
            this.limit = limit;
        }

        /// One goroutine runs at a time, and `seed` decides who is next whenever one waits, ends, or calls `Go.yield()`. It also decides what the library leaves to chance: the
        /// case of a select, the order of timers of one instant, the jitter of a retry. So the same program with the same
        /// seed takes the same course, also in another JVM, as long as nothing else in it does not. What fails names the seed.
        public Options serial(long seed) {
            return new Options(true, seed, manual, limit);
        }

        /// [#serial(long)], with a seed by chance.
        public Options serial() {
            return serial(ThreadLocalRandom.current().nextLong());
        }

        /// The clock is moved by [Bubble#advance] only.
        public Options manual() {
            return new Options(serial, seed, true, limit);
        }

        /// The real time after which a bubble that has not ended fails; for one whose timers never end, or that computes for ever.
        ///
        /// @throws IllegalArgumentException when that is not positive
        public Options limit(Duration limit) {
            if (!limit.isPositive()) {
                throw new IllegalArgumentException("limit must be > 0, was " + limit);
            }
            return new Options(serial, seed, manual, limit);
        }

        /// [Bubble#run(Body)], so.
        public void run(Body body) {
            Objects.requireNonNull(body, "body");
            Goroutine g = Goroutine.running();
            if (g != null && g.scheduler() instanceof BubbleScheduler) {
                throw new IllegalStateException("Bubble.run called from within a bubble, by " + g);
            }
            new Run(this).go(body);
        }

        boolean isSerial() {
            return serial;
        }

        long seed() {
            return seed;
        }

        boolean isManual() {
            return manual;
        }

        Duration limit() {
            return limit;
        }

        long limitNanos() {
            return Deadlines.nanos(limit);
        }

        @Nullable Turns turns() {
            return serial ? new Turns(seed) : null;
        }

        /// `parallel, limit PT10S`.
        @Override
        public String toString() {
            return (serial ? "serial, seed " + seed : "parallel") + (manual ? ", manual" : "") + ", limit " + limit;
        }
    }

    // Time.

    /// Waits until every other goroutine of the bubble is durably blocked or has ended. No time passes meanwhile; what is due by now has
    /// happened when it returns. Observes no context.
    ///
    /// @throws IllegalStateException when another goroutine of the bubble is in it, or the caller is none of this bubble's
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await() {
        checkInside("await");
        var outcome = scheduler.await(new Reason("bubble.await"));
        if (outcome == null) {
            throw new IllegalStateException(
                    "wait already in progress: one goroutine of a bubble at a time can be in await or sleep");
        }
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("bubble.await");
        }
    }

    /// Sleeps for `span` of the bubble's time, and then waits until everybody else has come to rest: [#await()]. A span that is not
    /// positive is none. In manual mode somebody else must [#advance]. `ctx.sleep` is the sleep alone.
    ///
    /// @throws IllegalStateException as `await` does
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void sleep(Duration span) {
        long nanos = Deadlines.nanos(Objects.requireNonNull(span, "span"));
        checkInside("sleep");
        if (nanos > 0 && Wait.sleep(scheduler, null, nanos, new Reason("bubble.sleep " + span)) == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("bubble.sleep");
        }
        await();
    }

    /// In manual mode: moves the clock on by `span`, from timer to timer. Everybody else comes to rest before each step and in the end, and what is
    /// due by then has happened. Zero only brings everybody to rest. Observes no context.
    ///
    /// @throws IllegalStateException when the clock moves by itself, somebody else moves it, or the caller is none of this bubble's
    /// @throws IllegalArgumentException when `span` is negative
    /// @throws InterruptedWaitException when the thread is interrupted first; the clock stands where it has come to, and the interrupt status is
    /// set again
    public void advance(Duration span) {
        long nanos = Deadlines.nanos(Objects.requireNonNull(span, "span"));
        checkInside("advance");
        if (!options.isManual()) {
            throw new IllegalStateException(
                    "advance of a bubble whose clock moves by itself: Bubble.options().manual() makes one that is moved by hand");
        }
        if (nanos < 0) {
            throw new IllegalArgumentException("a clock moves by a span >= 0, was " + span);
        }
        var outcome = scheduler.advance(nanos, new Reason("bubble.advance " + span));
        if (outcome == null) {
            throw new IllegalStateException("advance already in progress: one goroutine at a time moves the clock");
        }
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("bubble.advance");
        }
    }

    /// The bubble's time. Code under test finds it by `Context.deadline()`, alarms and tickers. Callable from anywhere.
    public Instant now() {
        return scheduler.wallClock(scheduler.nanoTime());
    }

    // Real time.

    /// Runs `body` with real time: what it makes, starts and sleeps is none of the bubble's, and it may block by whatever means. The
    /// bubble's clock stands meanwhile. Its context is the background one. What it does with objects of the bubble is done from outside.
    ///
    /// @throws IllegalStateException when the caller is none of this bubble's goroutines
    public <X extends Throwable> void realTime(Step<X> body) throws X {
        Objects.requireNonNull(body, "body");
        this.<@Nullable Void, X>callRealTime(() -> {
            body.run();
            return null;
        });
    }

    /// [#realTime], for what `body` answers.
    public <T extends @Nullable Object, X extends Throwable> T callRealTime(ScopedValue.CallableOp<? extends T, X> body)
            throws X {
        Objects.requireNonNull(body, "body");
        Place place = checkInside("realTime");
        place.realTime(1);
        try {
            return Ambient.<T, X>callWithin(Scheduler.real(), body);
        } finally {
            place.realTime(-1);
        }
    }

    // The end, chance.

    /// A context of the bubble that ends when the body has ended. It is not the current one.
    public Context context() {
        return Objects.requireNonNull(context);
    }

    /// Lets `step` run in the bubble, on its main goroutine, when the body and [#context()] have ended; the last added is the first run. It
    /// may wait for others. What it throws fails the bubble, and the other steps run all the same.
    public void cleanup(Step<?> step) {
        run.cleanup(Objects.requireNonNull(step, "step"));
    }

    /// Numbers by chance; in serial mode those of the seed. For goroutines of the bubble.
    public RandomGenerator random() {
        return scheduler::random;
    }

    /// What a goroutine waits for, in words.
    private record Reason(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    private Place checkInside(String operation) {
        Place place = scheduler.here();
        if (place == null) {
            Goroutine g = Goroutine.running();
            boolean real = g != null && g.scheduler() == scheduler;
            throw new IllegalStateException(operation + (real
                    ? " within realTime: the bubble stands as long as that lasts"
                    : ": goroutine is not in a bubble, or in another one; it is "
                            + (g == null ? Thread.currentThread() : g)));
        }
        return place;
    }

    @Override
    public String toString() {
        return scheduler + ", " + options;
    }
}
