package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Those who wait for a condition, each with a ticket, and who is woken by a signal.
///
/// Guarded by the lock: the queue, in the order of the tickets, and `next`, the number that the next ticket gets. A signal claims
/// the first that can be claimed, a broadcast all, under the lock: so only those who had a ticket then are woken, and each by one signal at
/// most. A claim that fails (the context or an interrupt was faster) takes no signal.
///
/// A signal that was given to somebody whose wait turns out to be void ([#withdraw]) goes on to the first of those who
/// had a ticket when it was sent; when none is left, it is lost, as if the void wait had never been.
///
/// A wait is counted by the bubble of who waits, also when the queue was made outside: only from inside may it be woken. A signal from
/// elsewhere that would wake it is refused before it has changed anything.
public final class CondQueue {
    private final Scheduler scheduler = Scheduler.current();
    private final SpinLock lock = new SpinLock();
    private long next; // guarded by lock
    private int count; // guarded by lock
    private @Nullable Link first; // guarded by lock

    /// One wait.
    public static final class Ticket extends Waiter {
        private long number; // guarded by the queue's lock
        private long before; // by a signal: what `next` was then; else 0. Written before the claim

        private Ticket(Scheduler scheduler) {
            super(scheduler);
        }
    }

    /// Gets in line.
    ///
    /// @param node the context under which the wait will be
    /// @param cond for messages
    public Ticket join(@Nullable Node node, Object cond) {
        Owner.check(scheduler, "wait on", cond);
        var ticket = new Ticket(Owner.counting(Scheduler.current(), node));
        lock.lock();
        ticket.number = next++;
        count++;
        first = Link.append(first, ticket);
        lock.unlock();
        return ticket;
    }

    /// Waits to be woken: [Waiter#READY]; or the [Ending] of `node` or [Waiter#INTERRUPTED], and then no signal was used up.
    public Object await(Ticket ticket, @Nullable Node node, Object blocker) {
        Object outcome = null;
        try {
            outcome = Wait.under(node, ticket, blocker);
        } catch (Throwable t) { // no memory, or no stack
            outcome = ticket.claim(Waiter.INTERRUPTED) ? Waiter.INTERRUPTED : ticket.outcome();
            if (outcome != Waiter.READY) {
                throw t;
            }
        } finally {
            if (outcome != Waiter.READY) {
                leave(ticket);
            }
        }
        return outcome;
    }

    /// For a ticket whose owner is not going to wait: as if it had never been.
    public void withdraw(Ticket ticket) {
        if (ticket.claim(Waiter.INTERRUPTED)) {
            leave(ticket);
        } else {
            wake(ticket.before, false);
        }
    }

    private void leave(Ticket ticket) {
        lock.lock();
        if (first != null && ticket.isLinked()) {
            first = Link.remove(first, ticket);
            count--;
        }
        lock.unlock();
    }

    /// Wakes the one who waits longest, if anybody does. Null; or whose bubble's he or this is, and then nothing was done.
    public @Nullable Scheduler signal() {
        return wake(Long.MAX_VALUE, true);
    }

    /// Wakes the first of those who have a ticket below `limit`.
    ///
    /// @param asked whether the caller must be one who may wake him
    private @Nullable Scheduler wake(long limit, boolean asked) {
        Ticket woken = null;
        Scheduler foreign = null;
        lock.lock();
        long before = Math.min(limit, next);
        while (woken == null && first != null) {
            Ticket ticket = (Ticket) first;
            if (ticket.number >= before) {
                break;
            }
            foreign = asked ? foreign(ticket.scheduler()) : null;
            if (foreign != null) {
                break;
            }
            first = Link.remove(ticket, ticket);
            count--;
            ticket.before = before;
            if (ticket.claim(Waiter.READY)) {
                woken = ticket;
            }
        }
        lock.unlock();
        if (woken != null) {
            woken.wake();
            return null;
        }
        return foreign == null ? foreign(scheduler) : foreign;
    }

    /// `owner` when it is a bubble in which the caller is not, else null.
    private static @Nullable Scheduler foreign(Scheduler owner) {
        return owner == Scheduler.real() || owner == Scheduler.current() ? null : owner;
    }

    /// Wakes all who wait now. Takes as long as the queue is, under the lock. Null; or whose bubble's one of them is, and then nothing was
    /// done.
    public @Nullable Scheduler broadcast() {
        Link woken = null;
        Scheduler foreign = foreign(scheduler);
        lock.lock();
        Link link = Scheduler.isAlone() ? null : first;
        while (foreign == null && link != null) {
            foreign = foreign(((Ticket) link).scheduler());
            link = link.next == first ? null : link.next;
        }
        while (foreign == null && first != null) {
            Ticket ticket = (Ticket) first;
            first = Link.remove(ticket, ticket);
            count--;
            ticket.before = 0;
            if (ticket.claim(Waiter.READY)) {
                woken = Link.append(woken, ticket);
            }
        }
        lock.unlock();
        Waiter.wakeAll(woken);
        return foreign;
    }

    /// For how long the one who has waited longest has, in nanoseconds, and how many wait. At one instant; takes as long as the queue is.
    public View look() {
        lock.lock();
        int n = count;
        long longest = Party.longestWait(first);
        lock.unlock();
        return new View(n, longest);
    }

    /// What [#look()] sees.
    public record View(int waiting, long longestWait) {}

    /// How many wait now.
    public int waiting() {
        lock.lock();
        int n = count;
        lock.unlock();
        return n;
    }
}
