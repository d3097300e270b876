package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.LockWaitProtocols.nodeOf;
import static dev.millrace.verify.explore.LockWaitProtocols.until;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.internal.LockCore;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// A lock that is handed to a hungry waiter while that is cancelled, and events that are asked for while they come.
final class HandOffProtocols {
    private static final long LONG_ENOUGH = 2_000_000;

    private HandOffProtocols() {}

    /// A waiter that has lost a race after more than a millisecond is handed the lock while its context ends: it has the lock, or nobody has.
    static void hungryAgainstCancel() throws Exception {
        var lock = new LockCore(true, "");
        CancellableContext ctx = Context.background().withCancel();
        lock.acquire();
        var got = new AtomicBoolean();
        var victim = go("victim", () -> {
            if (lock.acquire(nodeOf(ctx)) == null) {
                got.set(true);
                check(lock.release(), "not held by who was given it");
            }
        });
        until(() -> lock.look().waitingWriters() == 1);
        LockSupport.parkNanos(LONG_ENOUGH);
        int before = lock.stamp();
        check(lock.release(), "not held");
        boolean faster = lock.tryAcquire();
        if (faster) {
            until(() -> lock.stamp() >= before + 4); // it has come in vain, and waits again
        }
        var canceller = go("canceller", ctx::cancel);
        if (faster) {
            check(lock.release(), "not held");
        }
        Suite.join(canceller);
        Suite.join(victim);
        check(got.get() || ctx.isDone(), "cancelled by nobody");
        check(!lock.isHeld(), "handed to who is gone");
        check(lock.look().waitingWriters() == 0, "somebody waits");
    }

    /// Two ask for the event of a value while it is computed: each gets one that comes.
    static void onceValueDone() throws Exception {
        var value = OnceValue.of(() -> 7);
        var computes = go("computes", value::get);
        var other = go("other", () -> value.done().await());
        Done event = value.done();
        event.await();
        check(value.isDone() && value.get() == 7, "come before the value");
        Suite.join(computes);
        Suite.join(other);
    }

    /// Two ask for the end of what is counted while the last one is done, and the group is used again.
    static void waitGroupAllDone() throws Exception {
        var group = new WaitGroup();
        group.add(1);
        var last = go("last", group::done);
        var other = go("other", () -> group.allDone().await());
        Done event = group.allDone();
        event.await();
        Suite.join(last);
        Suite.join(other);
        group.add(1);
        check(event.isDone() && !group.allDone().isDone(), "the event of another time");
    }
}
