package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.CondQueue;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Waits, with a lock held, until others say that something has changed.
///
/// ```java
/// private final Mutex lock = new Mutex();
/// private final Cond changed = new Cond(lock);
///
/// Job take(Context ctx) {
///     lock.lock();
///     try {
///         changed.awaitUntil(ctx, () -> !jobs.isEmpty());
///         return jobs.removeFirst();
///     } finally {
///         lock.unlock();
///     }
/// }
///
/// void put(Job job) {
///     lock.lock();
///     jobs.addLast(job);
///     lock.unlock();
///     changed.signal();
/// }
/// ```
///
/// Who waits holds the lock. The wait gives it back, and takes it again before it returns *or throws*, whatever interrupts come and
/// whatever has become of the context; so a `finally` that unlocks is right in all cases.
///
/// A wait returns only after a [#signal()] or a [#broadcast()]; but between that and the lock others may have been faster, so what was
/// waited for may be no more. [#awaitUntil] asks again; after a bare [#await()] the caller does.
///
/// **Order.** A signal wakes the one who waits longest. It counts from the call of `await`, before the lock is given back: nobody who comes
/// later takes his wake-up. In which order those who are woken get the lock is the lock's affair.
///
/// **Signals are not lost.** A wait that ends by its context or an interrupt has used up no signal: the next one gets it.
///
/// **Memory.** The lock's.
///
/// **Compared with Go.** `sync.Cond`, where no wait can be given up. `await` without the lock held is the same error, and leaves nothing
/// behind. It is passed by reference: Go's check for copies has nothing to check. It stands in no select: to be woken means to hold
/// the lock again, which may take its time, while a select does its case at one instant. What is to stand in a select is a channel's affair:
/// close one for a broadcast, send for a signal.
public final class Cond {
    private final Locker locker;
    private final CondQueue queue = new CondQueue();

    /// A condition of what `locker` protects.
    public Cond(Locker locker) {
        this.locker = Objects.requireNonNull(locker, "locker");
    }

    /// The lock that is held around a wait: Go's `L`.
    public Locker locker() {
        return locker;
    }

    /// Gives the lock back, waits for a [#signal()] or [#broadcast()], and takes the lock again.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again, the lock held
    /// @throws SyncError when the lock is not held: Go's words are the lock's ("sync: unlock of unlocked mutex")
    public void await() {
        if (awaitUnder(null) == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("sync.Cond.Wait");
        }
    }

    /// Like [#await()], until `ctx` ends. Who was woken before that returns normally.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before; or ends first. The lock is held
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again, the lock held
    /// @throws SyncError when the lock is not held
    public void await(Context ctx) {
        ctx.check();
        Object outcome = awaitUnder(ContextBase.nodeOf(ctx));
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("sync.Cond.Wait");
        }
        if (outcome instanceof Ending) {
            ctx.check();
        }
    }

    private Object awaitUnder(@Nullable Node node) {
        CondQueue.Ticket ticket = queue.join(node, this);
        try {
            locker.unlock();
        } catch (Throwable t) {
            queue.withdraw(ticket);
            throw t;
        }
        try {
            return queue.await(ticket, node, this);
        } finally {
            locker.lock();
        }
    }

    /// Waits until `condition` holds: asks it with the lock held, at first and after each wake-up. Returns at once when it holds already.
    ///
    /// When several conditions share one Cond, wake by [#broadcast()]: a signal may go to one for whom nothing has changed.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again, the lock held
    /// @throws SyncError when the lock is not held, and it has to wait
    public void awaitUntil(BooleanSupplier condition) {
        Objects.requireNonNull(condition, "condition");
        while (!condition.getAsBoolean()) {
            await();
        }
    }

    /// Like [#awaitUntil(BooleanSupplier)], until `ctx` ends. When it ends after the last wake-up, the condition decides.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the condition holds; or ends
    ///     while it waits. The lock is held
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again, the lock held
    /// @throws SyncError when the lock is not held, and it has to wait
    public void awaitUntil(Context ctx, BooleanSupplier condition) {
        Objects.requireNonNull(condition, "condition");
        ctx.check();
        while (!condition.getAsBoolean()) {
            await(ctx);
        }
    }

    /// Wakes the one who waits longest; nobody when nobody waits: a signal is not kept. With the lock held or without. Never waits.
    public void signal() {
        refused("signal", queue.signal());
    }

    /// Wakes all who wait now. With the lock held or without. Never waits; takes as long as the queue is.
    public void broadcast() {
        refused("broadcast", queue.broadcast());
    }

    private void refused(String operation, @Nullable Scheduler owner) {
        if (owner != null) {
            throw new SyncError("fatal error: " + Owner.refusal(owner, "semaphore wake by " + operation + " on", this));
        }
    }

    /// How many wait now, those excluded who were woken and wait for the lock.
    public int waiting() {
        return queue.waiting();
    }

    /// How it is now. Takes as long as the queue is.
    public CondSnapshot snapshot() {
        CondQueue.View now = queue.look();
        return new CondSnapshot(now.waiting(), Duration.ofNanos(now.longestWait()));
    }

    @Override
    public String toString() {
        return "sync.Cond.Wait (" + waiting() + " waiting, with " + locker + ")";
    }
}
