package dev.millrace.testing;

import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Seat;
import dev.millrace.internal.Waiter;
import org.jspecify.annotations.Nullable;

/// A goroutine's seat in a bubble: its place in the list of all, and what it waits in.
final class Place extends Seat {
    final Goroutine goroutine;
    private final BubbleScheduler scheduler;

    @Nullable Place before; // the list of all, guarded by the lock of Places

    @Nullable Place after; // same

    private volatile @Nullable Waiter waiter; // in which it waits, or last waited. Written by the goroutine before it publishes its seat
    private volatile boolean interrupted; // in that wait, and the thread's flag is cleared. Written by the goroutine
    private volatile int waits; // written by the goroutine
    private volatile int inRealTime; // how deep; same
    private volatile boolean waitsForTurn; // same

    Place(Goroutine goroutine, BubbleScheduler scheduler) {
        this.goroutine = goroutine;
        this.scheduler = scheduler;
    }

    // On the goroutine's own thread.

    /// The goroutine is about to park in `next`.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void sit(Waiter next) {
        interrupted = false;
        waits++;
        waiter = next;
    }

    @Override
    protected void blocked() {
        scheduler.blocked();
    }

    @Override
    protected void resumed() {
        scheduler.resumed(this);
    }

    @Override
    protected boolean takesInterrupt() {
        boolean takes = scheduler.isRepeatable();
        interrupted = takes;
        return takes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void realTime(int deeper) {
        inRealTime += deeper;
    }

    void waitsForTurn(boolean waits) {
        waitsForTurn = waits;
    }

    // On any thread.

    @Override
    protected void unblocking() {
        scheduler.unblocking();
    }

    @Override
    protected void withdrawn() {
        scheduler.withdrawn();
    }

    @Override
    protected void unblocked() {
        scheduler.unblocked(this);
    }

    /// Whether it is durably blocked: it waits in something of the bubble's, and nobody has ended that.
    boolean isBlocked() {
        Waiter w = waiter;
        return w != null && w.isCounted();
    }

    /// Whether it could run and the bubble keeps it from that.
    boolean isHeldBack() {
        return waitsForTurn;
    }

    boolean isInRealTime() {
        return inRealTime > 0;
    }

    /// Another number after each wait.
    int waits() {
        return waits;
    }

    /// The wait that an interrupt is about to end, null when there is none.
    @Nullable Waiter interrupted() {
        Waiter w = waiter;
        // In this order: the thread sets `interrupted` before it clears its flag.
        return w != null && w.isInterruptible() && (w.thread().isInterrupted() || interrupted) ? w : null;
    }

    /// Ends the goroutine at what it waits in, as `Go.exit()` does. False when it waits in nothing of the bubble's.
    boolean end() {
        Waiter w = waiter;
        return w != null && w.outcome() == null && BubbleScheduler.wake(w, Waiter.ENDED);
    }
}
