package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread's wait for one of several things.
///
/// ```
///   RUNNING --- claim(x) ----------------------------> x      (the waiter had not parked: nobody needs to wake it)
///      |
///      +--- await() -----> PARKED --- claim(x) ------> x      (wake() must follow)
/// ```
///
/// One compare-and-set decides between all that could end the wait: the partner, the context, the timer, an interrupt.
/// Who wins it owns the outcome; so a claim is also the completion, and nothing lies between them that could fail. What
/// the outcome carries is written before the claim. [#wake()] is called outside all locks and only by the winner.
///
/// A thread that its scheduler counts publishes its [Seat] in place of PARKED, and whoever claims from there tells the seat before and
/// after.
///
/// A wait that ended for a reason of this class's own has the outcome [#INTERRUPTED]. Any other outcome is an object of
/// whoever claimed. A waiter is used for one wait.
public class Waiter extends Party implements Patience.Awaited {
    /// The outcome of a wait that a foreign interrupt ended; the interrupt status is set again.
    public static final Object INTERRUPTED = new Mark("INTERRUPTED");

    /// The outcome of a wait that was over because what it waited for has come to be, where no more is to be said.
    public static final Object READY = new Mark("READY");

    /// The outcome of a wait that its timer ended.
    public static final Object TIMED_OUT = new Mark("TIMED_OUT");

    /// The outcome of a wait for a partner that can no longer come.
    static final Object CLOSED = new Mark("CLOSED");

    /// The outcome of a wait that may succeed now: try again.
    static final Object RETRY = new Mark("RETRY");

    /// The outcome of a wait whose goroutine is to end, as by `Go.exit()`: the wait throws [GoExit], also one that no interrupt ends.
    public static final Object ENDED = new Mark("ENDED");

    private static final Object PARKED = new Mark("PARKED");
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Thread thread = Thread.currentThread();
    private final Scheduler scheduler;
    private volatile @Nullable Object state;
    private boolean parked; // written by the winner of the claim, read by it
    private boolean interruptible; // written before a seat is published
    boolean hungry; // has lost too many races: is served directly; set before it is queued
    long since; // when it parked, 0 before; read by those who only look

    // For those who only look: written before PARKED is.
    private @Nullable Object reason;
    private @Nullable Node observed;
    private boolean timed;

    public Waiter(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    final void hear(Walk walk) {
        if (claim(walk.ending())) {
            wake();
        }
    }

    @Override
    final int settle(Object outcome) {
        return decide(outcome);
    }

    @Override
    final Waiter waiter() {
        return this;
    }

    @Override
    final boolean mayRetry() {
        return !hungry;
    }

    /// Who counts this wait.
    final Scheduler scheduler() {
        return scheduler;
    }

    /// For how long it has been parked by now, in nanoseconds; about, when it is about to park.
    final long waited() {
        long parked = since;
        return parked == 0 ? 0 : Math.max(0, scheduler.nanoTime() - parked);
    }

    /// The wait in which `thread` is parked, undecided as yet; null when there is none. Costs the waiting thread nothing: a park shows
    /// its waiter to the JVM, as the blocker.
    public static @Nullable Waiter of(Thread thread) {
        return LockSupport.getBlocker(thread) instanceof Waiter waiter && waiter.outcome() == null ? waiter : null;
    }

    /// What the wait is for, of a waiter that has parked; see [Reason].
    final Object reason() {
        Object why = reason;
        return why == null ? this : why;
    }

    /// The node whose end ends the wait too; null when there is none.
    final @Nullable Node observed() {
        return observed;
    }

    /// Says, before the wait, that the end of `node` ends it.
    final void observes(Node node) {
        observed = node;
    }

    /// Whether a timer ends the wait.
    final boolean isTimed() {
        return timed;
    }

    /// Says, before the wait, that a timer ends it.
    public final void timed() {
        timed = true;
    }

    /// Decides the wait for `outcome`. True for the one caller that wins; it calls [#wake()] next, outside all locks.
    public final boolean claim(Object outcome) {
        return decide(outcome) != LOST;
    }

    /// The same, for those who want to know whether there is somebody to wake: a waiter that has not parked is left alone from
    /// then on, and its thread has it to itself.
    final int decide(Object outcome) {
        for (;;) {
            Object s = state;
            if (s == null) {
                if (STATE.compareAndSet(this, null, outcome)) {
                    return WON;
                }
            } else if (s == PARKED) {
                if (STATE.compareAndSet(this, PARKED, outcome)) {
                    parked = true;
                    return WON_TO_WAKE;
                }
            } else if (s instanceof Seat seat) {
                // The count of those who can run goes up before the waiter can: quiescence is never seen too early.
                seat.unblocking();
                if (STATE.compareAndSet(this, seat, outcome)) {
                    parked = true;
                    seat.unblocked();
                    return WON_TO_WAKE;
                }
                seat.withdrawn();
            } else {
                return LOST;
            }
        }
    }

    /// Wakes the thread when it has parked. Only for the winner of the claim.
    public final void wake() {
        if (parked) {
            Fairness.wake(thread);
        }
    }

    /// Wakes all waiters of the list that starts at `first`, in order. Each was claimed by the caller.
    static void wakeAll(@Nullable Link first) {
        Link l = first;
        while (l != null) {
            Link rest = Link.remove(l, l);
            ((Waiter) l).wake();
            l = rest;
        }
    }

    /// The outcome, null while the wait is undecided.
    public final @Nullable Object outcome() {
        Object s = state;
        return s == PARKED || s instanceof Seat ? null : s;
    }

    /// Whether its thread is counted and waits. A hint while others may claim.
    public final boolean isCounted() {
        return state instanceof Seat;
    }

    /// Whether its thread is counted, waits, and would give that up for an interrupt. A hint while others may claim.
    public final boolean isInterruptible() {
        return state instanceof Seat && interruptible;
    }

    /// The thread that waits, or will.
    public final Thread thread() {
        return thread;
    }

    @Override
    public final boolean hasCome() {
        return outcome() != null;
    }

    /// Waits for the outcome. A foreign interrupt ends the wait.
    ///
    /// @param reason what it is for, in words; see [Reason]
    public final Object await(Object reason) {
        return await(reason, true);
    }

    /// Waits for the outcome, whatever interrupts come; the interrupt status is kept for afterwards.
    public final Object awaitUninterruptibly(Object reason) {
        return await(reason, false);
    }

    private Object await(Object reason, boolean interruptible) {
        Object s = state;
        if (s != null && s != ENDED) {
            return s;
        }
        boolean interrupted = false;
        since = scheduler.nanoTime();
        this.interruptible = interruptible;
        this.reason = reason;
        Seat seat = scheduler.seat(this);
        Object mark = seat == null ? PARKED : seat;
        if (STATE.compareAndSet(this, null, mark)) {
            Tap tap = Tap.current();
            Object told = tap == null ? null : tap.waitStarted(thread, Reason.shown(reason));
            if (seat != null) {
                seat.blocked();
            }
            while ((s = state) == mark) {
                LockSupport.park(this);
                if (thread.isInterrupted()) {
                    interrupted = true;
                    if (interruptible && (seat == null || !seat.takesInterrupt())) {
                        claim(INTERRUPTED);
                    }
                    // After the claim: whoever asks whether anybody is about to go on sees the one or the other.
                    Thread.interrupted();
                }
            }
            if (seat != null) {
                seat.resumed();
            }
            if (tap != null) {
                tap.waitEnded(thread, Reason.shown(reason), told);
            }
        } else {
            s = state;
        }
        if (interrupted) {
            thread.interrupt();
        }
        if (s == ENDED) {
            throw new GoExit();
        }
        return s == null ? INTERRUPTED : s;
    }

    /// What the wait is for.
    @Override
    public final String toString() {
        Object why = reason;
        return why == null ? "about to wait" : why.toString();
    }
}
