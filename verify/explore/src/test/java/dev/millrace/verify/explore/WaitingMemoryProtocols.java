package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Gate;
import dev.millrace.verify.explore.ContextForeignProtocols.Source;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// More operations for which there is no memory, once in each schedule; see [MemoryProtocols].
final class WaitingMemoryProtocols {
    private WaitingMemoryProtocols() {}

    /// A wait under a context that has to be made known to its parents first.
    static void receiveUnderGrandchild() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        CancellableContext root = made(() -> Context.background().withCancel());
        CancellableContext child = made(root::withCancel);
        CancellableContext ctx = made(child::withCancel);
        var got = made(AtomicInteger::new);
        var receiver = go("receiver", () -> {
            try {
                got.set(made(() -> chan.receive(ctx)));
            } catch (ContextException e) {
                got.set(-1);
            }
        });
        Thread.yield();
        boolean sent = made(() -> chan.trySend(7));
        if (!sent) {
            done(root::cancel);
        }
        Suite.join(receiver);
        check(got.get() == (sent ? 7 : -1), "sent " + sent + ", got " + got.get());
        check(chan.len() == 0 && Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners() == 0,
                "somebody still hears of the end");
    }

    /// The same, when it is known already but its source is not.
    static void receiveUnderForeign() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        Source source = made(Source::new);
        Context ctx = made(() -> Context.from(source));
        var got = made(AtomicInteger::new);
        var receiver = go("receiver", () -> {
            try {
                got.set(made(() -> chan.receive(ctx)));
            } catch (ContextException e) {
                got.set(-1);
            }
        });
        Thread.yield();
        boolean sent = made(() -> chan.trySend(7));
        if (!sent) {
            done(() -> source.end(new IllegalStateException("so")));
        }
        Suite.join(receiver);
        check(got.get() == (sent ? 7 : -1), "sent " + sent + ", got " + got.get());
        check(Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners() == 0, "somebody still hears of the end");
    }

    static void groupAtItsLimit() throws Exception {
        TaskGroup group = made(() -> TaskGroup.open(Context.background()));
        done(() -> group.limit(1));
        var ran = made(AtomicInteger::new);
        for (int i = 0; i < 2; i++) {
            done(() -> group.go(c -> ran.incrementAndGet()));
        }
        boolean failed = false;
        try {
            group.join();
        } catch (OutOfMemoryError e) {
            failed = true; // a task that had no memory to begin, or the join itself
        }
        try {
            done(group::join);
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        check(ran.get() == 2 || failed, "not both have run");
        done(() -> group.limit(1)); // no task has a place
        try {
            done(group::close);
        } catch (OutOfMemoryError e) {
            check(failed, "closed with a failure that join had not");
        }
    }

    /// A wake-up is not lost for want of memory.
    static void gate() throws Exception {
        Gate gate = made(Gate::new);
        done(gate::shut);
        var called = made(AtomicInteger::new);
        var sleeper = go("sleeper", () -> {
            while (called.get() == 0) {
                LockSupport.park();
            }
        });
        called.set(1);
        gate.hold(sleeper);
        gate.open();
        Suite.join(sleeper);
    }
}
