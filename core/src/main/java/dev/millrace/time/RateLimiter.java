package dev.millrace.time;

import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Sites;
import dev.millrace.internal.Sleepers;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Lets things happen at a given rate, with bursts of a given size.
///
/// ```java
/// private final RateLimiter limiter = RateLimiter.perSecond(10, 3);
///
/// Reply ask(Context ctx, Question question) {
///     limiter.await(ctx); // at most ten in a second, and three at once
///     return service.ask(ctx, question);
/// }
/// ```
///
/// It is a bucket of tokens that is full at first: tokens drip into it at the rate, and at most `burst` of them stay.
/// Whatever happens takes one, or several. In any span of time no more are granted than the burst and what drips in
/// meanwhile.
///
/// | when the tokens are not there | |
/// |---|---|
/// | [#allow()] | answers false, and takes none |
/// | [#reserve(int)] | takes them in advance, and says how long to wait |
/// | [#await(Context)] | waits for them |
///
/// An infinite rate grants everything, whatever the burst. At a rate of 0 there is what is in the bucket, once. With
/// a burst of 0, and a rate that is not infinite, nothing is granted.
///
/// **Blocking.** Only `await` does, under its context. In a select it stands by its time: [#reserve(int)], and
/// [Reservation#delay()] as the timeout of the select. When another case happens, give the tokens back by [Reservation#cancel()].
///
/// **Order.** First come, first served: each takes its tokens when it comes, and waits as long as it takes until
/// these have come. Who takes fewer does not overtake.
///
/// **Cost.** No thread, and no timer unless somebody waits; taking is one compare-and-set, however many wait.
///
/// Safe for use by all goroutines and threads at once. It makes nothing visible from one to another.
///
/// **Compared with Go.** `rate.Limiter` of `golang.org/x/time`, with its rules. It computes with whole numbers: waits
/// are exact to the nanosecond, rounded up. A negative number of tokens, and more than the burst where Go answers an
/// error, are an [IllegalArgumentException].
public final class RateLimiter {
    private static final VarHandle BUCKET;

    static {
        try {
            BUCKET = MethodHandles.lookup().findVarHandle(RateLimiter.class, "bucket", Bucket.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Scheduler scheduler = Scheduler.current();
    private final Sleepers sleepers = new Sleepers();
    private final @Nullable StackTraceElement made = Sites.ofMaking();
    private volatile Bucket bucket;

    private RateLimiter(Rate rate, int burst) {
        this.bucket = Bucket.full(rate, burst, scheduler.nanoTime());
    }

    /// A limiter of `rate` tokens per second, with a full bucket for `burst` of them. The rate is what its decimal
    /// digits say: 0.1 is exactly one in ten seconds.
    ///
    /// @param rate [Double#POSITIVE_INFINITY] for no limit
    /// @throws IllegalArgumentException when `rate` is negative or no number, or `burst` is negative
    public static RateLimiter perSecond(double rate, int burst) {
        return new RateLimiter(Rate.perSecond(rate), burst);
    }

    /// A limiter of one token per `interval`, with a full bucket for `burst` of them. An interval of zero or less is
    /// no limit, as in Go.
    ///
    /// @throws IllegalArgumentException when `burst` is negative
    public static RateLimiter every(Duration interval, int burst) {
        return new RateLimiter(Rate.every(interval), burst);
    }

    // Taking.

    /// Takes a token if there is one. Never waits.
    public boolean allow() {
        return allow(1);
    }

    /// Takes `n` tokens if there are so many. Never waits.
    ///
    /// @throws IllegalArgumentException when `n` is negative
    public boolean allow(int n) {
        return take(notNegative(n), 0) != null;
    }

    /// Takes `n` tokens, which may be still to come. Never waits.
    ///
    /// @throws IllegalArgumentException when `n` is negative, or more than the burst: so many are never there at
    ///     once. Nothing was taken
    public Reservation reserve(int n) {
        Reservation taken = take(notNegative(n), Long.MAX_VALUE);
        if (taken == null) {
            throw tooMany("Reserve", n);
        }
        return taken;
    }

    /// Takes a token, and waits until it has come. See [#await(Context, int)].
    public void await(Context ctx) {
        await(ctx, 1);
    }

    /// Takes `n` tokens, and waits until they have come. When that could not be before the deadline of `ctx`, it
    /// fails at once, and takes nothing. A wait that is cut short gives its tokens back, as [Reservation#cancel()]
    /// does.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the tokens are there; or
    ///     ends first
    /// @throws DeadlineExceededException also when the tokens would come after the deadline: it says how long that
    ///     would take, and how much time is left. The context has not ended then
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    /// @throws IllegalArgumentException when `n` is negative, or more than the burst; nothing was taken
    public void await(Context ctx, int n) {
        ctx.check();
        long most = ctx.remainingNanos();
        Reservation turn = take(notNegative(n), most);
        if (turn == null) {
            throw refused(n, most);
        }
        if (turn.dueAt() - scheduler.nanoTime() > 0) {
            await(ctx, turn);
        }
    }

    private void await(Context ctx, Reservation turn) {
        Object outcome = null;
        Waiter waiter = null;
        Wait.WakeUp timer = null;
        try {
            waiter = new Waiter(Owner.counting(scheduler, ContextBase.nodeOf(ctx)));
            timer = new Wait.WakeUp(waiter);
            waiter.timed();
            sleepers.add(waiter);
            scheduler.schedule(timer, turn.dueAt());
            outcome = Wait.under(ContextBase.nodeOf(ctx), waiter, this);
        } finally {
            if (outcome != Waiter.TIMED_OUT) {
                if (timer != null) {
                    scheduler.cancel(timer);
                }
                turn.cancel();
            }
            if (waiter != null) {
                sleepers.remove(waiter);
            }
        }
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("rate.Limiter.Wait");
        }
        if (outcome instanceof Ending) {
            ctx.check();
        }
    }

    private int notNegative(int n) {
        if (n < 0) {
            throw new IllegalArgumentException(
                    "the number of tokens must be >= 0, was " + n + Sites.madeAt(made, false));
        }
        return n;
    }

    /// Null when the tokens would be there after more than `mostWait`, or never are.
    private @Nullable Reservation take(int n, long mostWait) {
        Owner.check(scheduler, "take from", this);
        for (;;) {
            Bucket was = bucket;
            long now = scheduler.nanoTime();
            if (was.rate().isInfinite()) {
                return new Reservation(this, n, was, now);
            }
            Bucket next = was.take(now, n, mostWait);
            if (next == null) {
                return null;
            }
            var taken = new Reservation(this, n, next, next.dueAt()); // before: who finds no memory has taken nothing
            if (BUCKET.compareAndSet(this, was, next)) {
                return taken;
            }
        }
    }

    private RuntimeException refused(int n, long most) {
        long now = scheduler.nanoTime();
        Bucket later = bucket.take(now, n, Long.MAX_VALUE);
        if (later == null) {
            return tooMany("Wait", n);
        }
        Duration needed = Duration.ofNanos(Math.max(0, later.dueAt() - now));
        return new DeadlineExceededException(
                "rate: Wait(n=" + n + ") would exceed context deadline: the tokens come in "
                        + needed + ", and " + Duration.ofNanos(most) + " were left; none was taken");
    }

    private IllegalArgumentException tooMany(String operation, int n) {
        return new IllegalArgumentException(
                "rate: " + operation + "(n=" + n + ") exceeds limiter's burst " + burst()
                        + ": so many are never there" + Sites.madeAt(made, false));
    }

    void giveBack(Bucket taken, int n) {
        for (;;) {
            Bucket was = bucket;
            Bucket next = was.giveBack(scheduler.nanoTime(), taken, n);
            if (next == was || BUCKET.compareAndSet(this, was, next)) {
                return;
            }
        }
    }

    Scheduler scheduler() {
        return scheduler;
    }

    // Looking, and setting.

    /// Tokens per second.
    public double rate() {
        return bucket.rate().perSecond();
    }

    /// How many tokens the bucket holds.
    public int burst() {
        return bucket.burst();
    }

    /// How many tokens are there now, with the part of one that is to come; negative when more are reserved than have
    /// come.
    public double tokens() {
        Bucket was = bucket;
        return was.advance(scheduler.nanoTime()).available();
    }

    /// Changes the rate and the burst. What is in the bucket stays, but for what it cannot hold any more. Who waits
    /// or has reserved keeps his instant, which may be too early or too late for the new rate.
    ///
    /// @throws IllegalArgumentException when `rate` is negative or no number, or `burst` is negative; nothing has
    ///     changed then
    public void set(double rate, int burst) {
        set(Rate.perSecond(rate), burst);
    }

    /// Like [#set(double, int)], with one token per `interval`; zero or less is no limit.
    ///
    /// @throws IllegalArgumentException when `burst` is negative; nothing has changed then
    public void setEvery(Duration interval, int burst) {
        set(Rate.every(interval), burst);
    }

    private void set(Rate rate, int burst) {
        Owner.check(scheduler, "change of", this);
        for (;;) {
            Bucket was = bucket;
            if (BUCKET.compareAndSet(this, was, was.change(scheduler.nanoTime(), rate, burst))) {
                return;
            }
        }
    }

    /// How it is now. Takes as long as there are goroutines that wait.
    public RateLimiterSnapshot snapshot() {
        Bucket now = bucket.advance(scheduler.nanoTime());
        Sleepers.View there = sleepers.look();
        return new RateLimiterSnapshot(
                now.rate().perSecond(), now.burst(), now.available(), there.waiting(),
                Duration.ofNanos(there.longestWait()));
    }

    /// `rate.Limiter (10 per second, burst 3, 2.5 tokens, 2 waiting)`.
    @Override
    public String toString() {
        Bucket now = bucket.advance(scheduler.nanoTime());
        int waiting = sleepers.look().waiting();
        double there = now.available();
        String text = there == Math.rint(there) ? String.valueOf((long) there) : String.valueOf(there);
        return "rate.Limiter (" + now.rate() + ", burst " + now.burst() + ", " + text
                + (there == 1 ? " token" : " tokens") + (waiting == 0 ? "" : ", " + waiting + " waiting") + ")";
    }
}
