package dev.millrace.time;

import dev.millrace.internal.Owner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/// Tokens that were taken from a [RateLimiter] in advance: act when [#delay()] has passed, or cancel.
///
/// ```java
/// var turn = limiter.reserve(1);
/// if (turn.delay().compareTo(mostPatience) > 0) {
///     turn.cancel();
///     return busy();
/// }
/// ctx.sleep(turn.delay());
/// act();
/// ```
///
/// Safe for use by all goroutines and threads at once.
///
/// **Compared with Go.** `rate.Reservation`. There is none that is not `OK`: see [RateLimiter#reserve(int)].
/// Cancelling twice gives back once.
public final class Reservation {
    private static final VarHandle CANCELLED;

    static {
        try {
            CANCELLED = MethodHandles.lookup().findVarHandle(Reservation.class, "cancelled", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RateLimiter limiter;
    private final int n;
    private final Bucket taken; // as it was left by this
    private final long dueAt;
    private volatile boolean cancelled;

    Reservation(RateLimiter limiter, int n, Bucket taken, long dueAt) {
        this.limiter = limiter;
        this.n = n;
        this.taken = taken;
        this.dueAt = dueAt;
    }

    /// How long to wait from now until the tokens are there; zero when they are. At a rate of 0, when the tokens were
    /// not there: 146 years, as good as never.
    public Duration delay() {
        return Duration.ofNanos(Math.max(0, dueAt - limiter.scheduler().nanoTime()));
    }

    /// How many tokens.
    public int tokens() {
        return n;
    }

    long dueAt() {
        return dueAt;
    }

    /// The tokens are not needed: gives back what can be. Not what others have reserved since, whose instants do not
    /// move; and nothing once the wait is over. Does nothing the second time. Never waits.
    public void cancel() {
        Owner.check(limiter.scheduler(), "cancel of", this);
        if (CANCELLED.compareAndSet(this, false, true)) {
            limiter.giveBack(taken, n);
        }
    }

    @Override
    public String toString() {
        return "reservation of " + n + (n == 1 ? " token" : " tokens")
                + (cancelled ? ", cancelled" : dueAt - limiter.scheduler().nanoTime() <= 0 ? ", due"
                        : ", due in " + delay());
    }
}
