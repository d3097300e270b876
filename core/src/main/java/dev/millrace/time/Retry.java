package dev.millrace.time;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Tries again what may succeed the next time, after pauses that grow, and never beyond the deadline.
///
/// ```java
/// private static final Retry RETRY = Retry.exponential(ofMillis(50), ofSeconds(2))
///         .attempts(4)
///         .attemptTimeout(ofMillis(300))
///         .on(e -> e instanceof IOException || e instanceof ContextException);
///
/// Page page(Context ctx, URI uri) throws Exception {
///     return RETRY.call(ctx, c -> fetch(c, uri)); // each attempt under a context of its own
/// }
/// ```
///
/// A value that never changes: each of the methods that set something answers a new one.
///
/// **Pauses.** The first is `first`, each next one twice as long, at most `max`; of each a random part is left out,
/// see [#jitter]. (Full jitter, the default, is the one that M. Brooker found to do the least work in "Exponential
/// Backoff and Jitter", AWS, 2015.)
///
/// **The deadline** of the caller's context is looked at before each pause. When no attempt could begin before it,
/// or, with an [#attemptTimeout(Duration, Duration)], none that would have its least time, nothing more is waited
/// for, and the last failure is thrown at once. A pause is never cut to what is left: who is in trouble needs it, and an
/// attempt without time of its own would only hide the failure (ADR 27). The first attempt is made as long as the context is alive, however
/// little time is left: without a `Retry` it would have been made too.
///
/// **What is thrown** in the end is the last attempt's failure, as it is, with those before it suppressed: the last
/// eight. A caller whose context ends during a pause gets that end instead, with the failures suppressed.
///
/// **What is never tried again:** an [Error]; anything, when the caller's context has ended; an interrupt
/// ([InterruptedException], [InterruptedWaitException]).
///
/// **A budget** in the context, see [#budget], bounds the retries of all that is done under it: otherwise three
/// layers of four attempts each make sixty-four.
///
/// **Blocking.** Between the attempts, under the caller's context. The attempts run on the caller's thread.
///
/// Safe for use by all goroutines and threads at once.
public final class Retry {
    private static final int KEPT = 8;
    private static final Context.Key<Budget> BUDGET = Context.Key.named("retry budget");

    /// What is tried.
    ///
    /// @param <T> the result
    @FunctionalInterface
    public interface Attempt<T extends @Nullable Object> {
        /// @param ctx the attempt's own context, without the right to cancel it
        T call(Context ctx) throws Exception;
    }

    /// What is tried, without a result.
    @FunctionalInterface
    public interface Action {
        /// @param ctx the attempt's own context, without the right to cancel it
        void run(Context ctx) throws Exception;
    }

    private record Plan(
            long first,
            long max,
            int attempts,
            double jitter,
            long timeout,
            long least,
            Predicate<? super Exception> on,
            @Nullable RandomGenerator random) {}

    private static final long NONE = -1; // no timeout

    private final Plan plan;

    private Retry(Plan plan) {
        this.plan = plan;
    }

    /// Pauses that begin with `first` and double up to `max`; four attempts at most, full jitter, on every exception.
    ///
    /// @throws IllegalArgumentException when `first` is negative, or `max` is less
    public static Retry exponential(Duration first, Duration max) {
        if (first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "the pauses must be >= 0, and the longest not below the first: were " + first + " and " + max);
        }
        return new Retry(
                new Plan(Deadlines.nanos(first), Deadlines.nanos(max), 4, 1, NONE, 0, _ -> true, null));
    }

    /// At most `n` attempts, the first one included.
    ///
    /// @throws IllegalArgumentException when `n` is not positive
    public Retry attempts(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("the number of attempts must be >= 1, was " + n);
        }
        Plan p = plan;
        return new Retry(new Plan(p.first, p.max, n, p.jitter, p.timeout, p.least, p.on, p.random));
    }

    /// Up to which part of each pause is left out at random, evenly: with 0 none, with 0.5 up to a half ("equal
    /// jitter"), with 1 up to all of it ("full jitter").
    ///
    /// @throws IllegalArgumentException unless `part` is between 0 and 1
    public Retry jitter(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("the jitter must be between 0 and 1, was " + part);
        }
        Plan p = plan;
        return new Retry(new Plan(p.first, p.max, p.attempts, part, p.timeout, p.least, p.on, p.random));
    }

    /// Each attempt gets `timeout`, and no retry is begun that could not have all of it before the caller's deadline. The first attempt
    /// begins all the same, and gets what is left.
    ///
    /// @throws IllegalArgumentException when `timeout` is not positive
    public Retry attemptTimeout(Duration timeout) {
        return attemptTimeout(timeout, timeout);
    }

    /// Each attempt gets `timeout`, or what is left until the caller's deadline. No retry is begun that would have
    /// less than `least`; the first attempt may have less.
    ///
    /// @throws IllegalArgumentException when `timeout` is not positive, or `least` is negative or more than `timeout`
    public Retry attemptTimeout(Duration timeout, Duration least) {
        if (!timeout.isPositive() || least.isNegative() || least.compareTo(timeout) > 0) {
            throw new IllegalArgumentException(
                    "an attempt's timeout must be > 0, and its least time between 0 and that:"
                            + " were " + timeout + " and " + least);
        }
        Plan p = plan;
        return new Retry(new Plan(
                p.first, p.max, p.attempts, p.jitter, Deadlines.nanos(timeout), Deadlines.nanos(least), p.on,
                p.random));
    }

    /// Only failures of which `what` says yes are a reason to try again; it replaces what was set before. That an
    /// attempt ran out of its own time is an exception like any other, a
    /// [dev.millrace.context.DeadlineExceededException].
    public Retry on(Predicate<? super Exception> what) {
        Objects.requireNonNull(what, "predicate");
        Plan p = plan;
        return new Retry(new Plan(p.first, p.max, p.attempts, p.jitter, p.timeout, p.least, what, p.random));
    }

    /// For tests: where chance comes from. It is used by one thread at a time only if its user sees to it.
    Retry random(RandomGenerator random) {
        Plan p = plan;
        return new Retry(new Plan(p.first, p.max, p.attempts, p.jitter, p.timeout, p.least, p.on, random));
    }

    // Budgets.

    /// A context under which at most `retries` retries are made, whatever their number of layers, goroutines and
    /// calls; first attempts do not count. Who finds it used up throws the failure that it has. A budget within a
    /// budget takes from both.
    ///
    /// @throws IllegalArgumentException when `retries` is negative
    public static Context budget(Context ctx, int retries) {
        if (retries < 0) {
            throw new IllegalArgumentException("a budget of retries must be >= 0, was " + retries);
        }
        return ctx.withValue(BUDGET, new Budget(ctx.value(BUDGET), retries));
    }

    /// How many retries may still be made under `ctx`; empty when it has no budget.
    public static OptionalInt budgetLeft(Context ctx) {
        Budget budget = ctx.value(BUDGET);
        return budget == null ? OptionalInt.empty() : OptionalInt.of(budget.left());
    }

    // Trying.

    /// Calls `body` until it returns, and answers what it returned; or until nothing more is to be tried.
    ///
    /// @throws Exception the last attempt's failure
    /// @throws ContextException when `ctx` has ended before: nothing was tried; or ends during a pause
    /// @throws InterruptedWaitException when the thread is interrupted during a pause; its interrupt status is set
    ///     again
    public <T extends @Nullable Object> T call(Context ctx, Attempt<? extends T> body) throws Exception {
        Objects.requireNonNull(body, "nil func value");
        ctx.check();
        Owner.within(ContextBase.nodeOf(ctx), "retry under"); // else each attempt would fail by it
        var earlier = new ArrayDeque<Throwable>();
        for (int attempt = 1;; attempt++) {
            try {
                return once(ctx, attempt, body);
            } catch (Exception e) {
                long pause = pauseAfter(e, attempt, ctx);
                Budget budget = pause < 0 ? null : ctx.value(BUDGET);
                if (pause < 0 || (budget != null && !budget.take())) {
                    throw withSuppressed(e, earlier);
                }
                keep(earlier, e);
                pause(ctx, pause, budget, earlier);
            } catch (Error e) {
                throw withSuppressed(e, earlier);
            }
        }
    }

    /// Runs `body` until it returns, or until nothing more is to be tried. See [#call].
    ///
    /// @throws Exception the last attempt's failure
    public void run(Context ctx, Action body) throws Exception {
        Objects.requireNonNull(body, "nil func value");
        this.<@Nullable Void>call(ctx, c -> {
            body.run(c);
            return null;
        });
    }

    private <T extends @Nullable Object> T once(Context ctx, int attempt, Attempt<? extends T> body) throws Exception {
        Context named = ctx.withName("attempt " + attempt);
        try (var own = plan.timeout == NONE ? named.withCancel() : named.withTimeout(Duration.ofNanos(plan.timeout))) {
            return body.call(own.view());
        }
    }

    /// How long to wait after the failure of an attempt, negative when it was the last.
    private long pauseAfter(Exception e, int attempt, Context ctx) {
        boolean interrupted = e instanceof InterruptedException || e instanceof InterruptedWaitException;
        if (attempt >= plan.attempts || interrupted || ctx.isDone() || !isReason(e)) {
            return -1;
        }
        long pause = jittered(attempt <= 62 && plan.first <= plan.max >> (attempt - 1)
                ? plan.first << (attempt - 1)
                : plan.first == 0 ? 0 : plan.max);
        long left = ctx.remainingNanos() - pause;
        return left >= Math.max(1, plan.least) ? pause : -1;
    }

    private boolean isReason(Exception e) {
        try {
            return plan.on.test(e);
        } catch (Throwable t) {
            if (t != e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    private long jittered(long pause) {
        if (plan.jitter == 0 || pause == 0) {
            return pause;
        }
        RandomGenerator random = plan.random == null ? Scheduler.current()::random : plan.random;
        return pause - (long) (pause * plan.jitter * random.nextDouble());
    }

    private static void pause(Context ctx, long pause, @Nullable Budget budget, ArrayDeque<Throwable> earlier) {
        boolean over = false;
        try {
            ctx.sleep(Duration.ofNanos(pause));
            over = true;
        } catch (ContextException | InterruptedWaitException e) {
            throw withSuppressed(e, earlier);
        } finally {
            if (!over && budget != null) {
                budget.giveBack();
            }
        }
    }

    private static void keep(ArrayDeque<Throwable> earlier, Throwable failure) {
        if (earlier.size() == KEPT) {
            earlier.removeFirst();
        }
        earlier.add(failure);
    }

    /// Each one once, and never itself: an attempt may throw the same object again.
    private static <X extends Throwable> X withSuppressed(X last, ArrayDeque<Throwable> earlier) {
        for (Throwable failure : earlier) {
            boolean known = failure == last;
            for (Throwable there : last.getSuppressed()) {
                known |= there == failure;
            }
            if (!known) {
                last.addSuppressed(failure);
            }
        }
        return last;
    }

    /// `exponential from PT0.05S to PT2S, 4 attempts of PT0.3S, jitter 1.0`.
    @Override
    public String toString() {
        return "exponential from " + Duration.ofNanos(plan.first) + " to " + Duration.ofNanos(plan.max) + ", "
                + plan.attempts + (plan.attempts == 1 ? " attempt" : " attempts")
                + (plan.timeout == NONE ? "" : " of " + Duration.ofNanos(plan.timeout)) + ", jitter " + plan.jitter;
    }
}
