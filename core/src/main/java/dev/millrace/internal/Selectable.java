package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What can stand in a select and takes part in its one instant: a channel's two sides, a timer, a lock that can be taken.
/// (What happens once and stays so, such as the end of a context or of a process, is a [Node].)
///
/// A select tries its cases one by one, each under its own lock ([#attempt]); when none was ready it takes the locks of all,
/// in the order of their numbers, tries again, and joins the queues ([#enqueue]) before it lets go. So there is an instant
/// at which nothing was ready and it stood in all queues. After the wait it leaves the queues ([#dequeue]).
public abstract class Selectable extends SeqLock {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(Selectable.class, "number", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long number;

    @Nullable Link woken; // guarded by the lock: who was claimed in this section and is to be woken after it

    /// For implementations.
    Selectable() {}

    /// Whom it belongs to.
    abstract Scheduler owner();

    /// What it is, with its name: `channel "jobs"`. Empty when it has no name.
    abstract String called();

    /// The place in the lock order; from the first call on it stays.
    final long number() {
        long n = number;
        if (n == 0) {
            long mine = NUMBERS.incrementAndGet();
            long was = (long) NUMBER.compareAndExchange(this, 0L, mine);
            n = was == 0 ? mine : was;
        }
        return n;
    }

    /// Ends the section and then wakes whom it has claimed.
    final void unlockAndWake() {
        Link all = woken;
        if (all == null) {
            unlock();
            return;
        }
        woken = null;
        if (all.next == all) {
            all.next = null;
            all.prev = null;
            unlock();
            ((Waiter) all).wake();
        } else {
            unlock();
            Waiter.wakeAll(all);
        }
    }

    /// Decides the wait of `party`, which was taken out of its queue, within the section. When its thread has parked it is woken after
    /// the section. False when somebody else was faster.
    final boolean claim(Party party, Object outcome) {
        Waiter waiter = party.waiter(); // once it is settled the party is its owner's again
        int won = party.settle(outcome);
        if (won == Party.WON_TO_WAKE) {
            woken = Link.append(woken, waiter);
        }
        return won != Party.LOST;
    }

    /// Whether it is worth the lock to attempt `offer`. Without the lock; exact when nothing changes meanwhile.
    abstract boolean looksReady(Offer offer);

    /// Does what `offer` asks for if that is possible at once, with whatever has to be done outside the lock. Takes the lock itself.
    boolean attemptAlone(Offer offer) {
        lock();
        boolean done = attempt(offer);
        unlockAndWake();
        return done;
    }

    /// Whether [#attemptAlone] never fails for `offer`.
    boolean isAlwaysReady(Offer offer) {
        return false;
    }

    /// Whether it becomes ready as time goes by, without anybody taking the lock. Such a look is never taken back but under the lock.
    boolean comesByItself() {
        return false;
    }

    /// Whether it cannot become ready without a section under this lock, so that [#unchanged] tells.
    boolean isToldByStamp() {
        return true;
    }

    /// Whether a wait for it is never ended by anybody.
    boolean neverComes() {
        return false;
    }

    /// Called after the case `offer` has happened, on the select's thread, outside the lock.
    void happened(Offer offer) {}

    /// Called after an offer has joined or left the queue without a partner's doing, outside the lock.
    void queueChanged() {}

    /// Does what `offer` asks for if that is possible at once. Under the lock.
    abstract boolean attempt(Offer offer);

    /// Lets `offer`, which was not possible, wait for a partner. Under the lock.
    abstract void enqueue(Offer offer);

    /// Takes `offer` off the queue if it still stands there. Under the lock.
    abstract void dequeue(Offer offer);
}
