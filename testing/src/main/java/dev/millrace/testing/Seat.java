package dev.millrace.testing;

import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a bubble keeps about one of its goroutines: its place in the list of all, and what it waits in.
final class Seat {
    final Goroutine goroutine;

    @Nullable Seat before; // the list, guarded by the scheduler's lock

    @Nullable Seat after; // same

    /// What the goroutine waits in, or last waited in. Written by the goroutine before it is counted off.
    volatile @Nullable Waiter waiter;

    /// Whether the goroutine is in a stretch of real time. Written by the goroutine.
    volatile boolean real;

    Seat(Goroutine goroutine) {
        this.goroutine = goroutine;
    }

    static Seat of(Goroutine goroutine) {
        return (Seat) Objects.requireNonNull(goroutine.seat());
    }

    /// Whether it waits in something of the bubble's and nobody has ended that.
    boolean isBlocked() {
        Waiter w = waiter;
        return w != null && w.isCounted();
    }

    /// The wait that an interrupt is about to end, null when there is none.
    @Nullable Waiter interrupted() {
        Waiter w = waiter;
        return w != null && w.isInterruptible() && w.thread().isInterrupted() ? w : null;
    }
}
