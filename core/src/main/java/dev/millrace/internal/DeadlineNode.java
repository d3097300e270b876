package dev.millrace.internal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A node that ends by itself at an instant. Its timer is armed when the node is registered, or polled often: a deadline
/// that nobody waits for costs no timer.
public final class DeadlineNode extends Node implements Deadline {
    private final long nanos;
    private final long budget;
    private final @Nullable Throwable cause;
    private volatile @Nullable Instant instant;
    private volatile @Nullable Timer timer;
    private int polls; // only a hint, so plain

    /// @param nanos when it ends, on the scheduler's clock
    /// @param budget the span until then, for messages
    /// @param instant when it ends, by the calendar; null: derived when asked
    /// @param cause the cause to end with, null for none
    public DeadlineNode(
            @Nullable Node up,
            Scheduler scheduler,
            String name,
            long nanos,
            long budget,
            @Nullable Instant instant,
            @Nullable Throwable cause) {
        super(up, scheduler, name);
        this.nanos = nanos;
        this.budget = budget;
        this.instant = instant;
        this.cause = cause;
    }

    /// Ends a node whose deadline was past when it was made.
    public void endNow() {
        Ending theirs = up == null ? null : up.ending(); // was there first, however long the deadline is past
        end(theirs == null ? expired() : theirs);
    }

    @Override
    @Nullable Ending due() {
        return timer != null || scheduler.nanoTime() - nanos < 0 ? null : expired();
    }

    @Override
    boolean pollsClock() {
        return timer == null && ++polls > Tuning.POLLS_BEFORE_TIMER;
    }

    private Ending expired() {
        return new Ending(true, cause, name(), below(), "", scheduler, nanos, budget, null, madeAt());
    }

    @Override
    void arm() {
        Timer made = new Timer() {
            @Override
            protected void fire() {
                end(expired());
            }
        };
        scheduler.schedule(made, nanos);
        timer = made;
        if (hasEnded()) {
            scheduler.cancel(made);
        }
    }

    @Override
    void disarm() {
        Timer armed = timer;
        if (armed != null) {
            scheduler.cancel(armed);
        }
    }

    @Override
    public Deadline deadline() {
        return this;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    /// The span that the node was given.
    public long budget() {
        return budget;
    }

    @Override
    public Instant instant() {
        Instant at = instant;
        if (at == null) {
            synchronized (this) {
                at = instant;
                if (at == null) {
                    at = scheduler.wallClock(nanos);
                    instant = at;
                }
            }
        }
        return at;
    }
}
