package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A number of places that are taken and given back; who finds none waits, first come, first served, and is handed a place
/// directly.
public final class Slots {
    private final Object blocker;
    private final Scheduler scheduler;
    private final SpinLock lock = new SpinLock();
    private int taken; // guarded by lock
    private int limit = -1; // guarded by lock; negative: none
    private @Nullable Link waiters; // guarded by lock

    /// @param blocker what thread dumps show for those who wait
    /// @param scheduler whom they belong to, which may not be that of who makes them
    public Slots(Object blocker, Scheduler scheduler) {
        this.blocker = blocker;
        this.scheduler = scheduler;
    }

    /// Sets the number of places, negative for no limit, and lets in who has one now. Answers how many were taken; when that is
    /// not 0 and there is a limit to be set, nothing was changed.
    public int limit(int n) {
        Link admitted = null;
        lock.lock();
        int before = taken;
        if (n < 0 || before == 0) {
            limit = n;
            while (waiters != null && (n < 0 || taken < n)) {
                Waiter first = (Waiter) waiters;
                waiters = Link.remove(first, first);
                if (first.claim(Waiter.READY)) {
                    taken++;
                    admitted = Link.append(admitted, first);
                }
            }
        }
        lock.unlock();
        while (admitted != null) {
            Waiter first = (Waiter) admitted;
            admitted = Link.remove(first, first);
            first.wake();
        }
        return before;
    }

    /// Takes a place if there is one.
    public boolean tryAcquire() {
        lock.lock();
        boolean got = waiters == null && (limit < 0 || taken < limit);
        if (got) {
            taken++;
        }
        lock.unlock();
        return got;
    }

    /// Takes a place, and waits for it. False when a foreign interrupt came first: then it has none.
    public boolean acquire() {
        if (tryAcquire()) {
            return true;
        }
        var waiter = new Waiter(scheduler);
        lock.lock();
        boolean got = waiters == null && (limit < 0 || taken < limit);
        if (got) {
            taken++;
        } else {
            waiters = Link.append(waiters, waiter);
        }
        lock.unlock();
        if (got) {
            return true;
        }
        if (waiter.await(blocker) == Waiter.READY) {
            return true;
        }
        lock.lock();
        if (waiter.isLinked() && waiters != null) {
            waiters = Link.remove(waiters, waiter);
        }
        lock.unlock();
        return false;
    }

    /// Gives a place back: to the one who waits longest, if anybody does.
    public void release() {
        Waiter next = null;
        lock.lock();
        while (next == null && waiters != null && (limit < 0 || taken <= limit)) {
            Waiter first = (Waiter) waiters;
            waiters = Link.remove(first, first);
            if (first.claim(Waiter.READY)) {
                next = first;
            }
        }
        if (next == null) {
            taken--;
        }
        lock.unlock();
        if (next != null) {
            next.wake();
        }
    }

    public int taken() {
        lock.lock();
        int n = taken;
        lock.unlock();
        return n;
    }
}
