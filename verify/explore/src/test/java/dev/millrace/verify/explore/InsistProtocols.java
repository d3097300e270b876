package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Interruptible;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.InterruptBridge;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Interrupt bridges that insist: what they send comes again while the body runs, and never after it.
final class InsistProtocols {
    private static final Duration LONG = Duration.ofSeconds(2);

    private InsistProtocols() {}

    private static void noneLeft() {
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
    }

    /// A body that swallows the first two and waits again is ended by the third.
    static void delivers() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var forEver = new Object();
        var swallowed = new AtomicInteger();
        try {
            Interruptible.runInsisting(ctx, () -> {
                for (;;) {
                    try {
                        synchronized (forEver) {
                            forEver.wait();
                        }
                    } catch (InterruptedException e) {
                        if (swallowed.incrementAndGet() == 3) {
                            throw e;
                        }
                    }
                }
            });
            throw new AssertionError("the wait has ended by itself");
        } catch (ContextException e) {
            boolean before = e.getSuppressed().length == 0; // it has ended before, and the body was not run
            check(swallowed.get() == (before ? 0 : 3), "swallowed " + swallowed.get());
        }
        noneLeft();
        Suite.join(canceller);
        Context.background().sleep(LONG);
        noneLeft();
    }

    /// Whenever the body ends, also while one is on its way again: nothing comes after it.
    static void leaksNothing() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        try {
            Interruptible.runInsisting(ctx, () -> {
                Thread.yield();
                Thread.interrupted(); // swallows
                Thread.yield();
            });
        } catch (ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
        noneLeft();
        Suite.join(canceller);
        noneLeft();
        Context.background().sleep(LONG);
        noneLeft();
    }

    /// One is sent again just when the body ends.
    static void leavesWhileSentAgain() throws Exception {
        var ctx = Context.background().withCancel();
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx), true);
        ctx.cancel();
        check(Thread.interrupted(), "nothing was sent");
        Thread.yield(); // here it may be due again
        check(bridge.exit(), "nothing was sent");
        noneLeft();
        Context.background().sleep(LONG);
        noneLeft();
    }

    /// Not between shield and unshield, whatever becomes due; but after it.
    static void shielded() throws Exception {
        var ctx = Context.background().withCancel();
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx), true);
        ctx.cancel();
        Thread.interrupted(); // swallows
        var shield = InterruptBridge.shield();
        noneLeft();
        Context.background().sleep(LONG);
        noneLeft();
        InterruptBridge.unshield(shield);
        var forEver = new Object();
        try {
            synchronized (forEver) {
                forEver.wait();
            }
        } catch (InterruptedException e) {
            // sent again
        }
        check(bridge.exit(), "nothing was sent");
        noneLeft();
    }

    /// The end came within the shield: it is sent when that opens, and again.
    static void keptBack() throws Exception {
        var ctx = Context.background().withCancel();
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx), true);
        var shield = InterruptBridge.shield();
        var canceller = go("canceller", ctx::cancel);
        Suite.join(canceller);
        noneLeft();
        InterruptBridge.unshield(shield);
        var forEver = new Object();
        for (int i = 0; i < 2; i++) {
            try {
                synchronized (forEver) {
                    forEver.wait();
                }
            } catch (InterruptedException e) {
                // swallows
            }
        }
        check(bridge.exit(), "nothing was sent");
        noneLeft();
    }

    /// An inner bridge that does not insist: what the outer one sends again is the outer one's, and stays when the inner one leaves.
    static void around() throws Exception {
        var outer = Context.background().withCancel();
        var inner = Context.background().withCancel();
        var a = go("a", outer::cancel);
        var b = go("b", inner::cancel);
        try {
            Interruptible.runInsisting(outer, () -> {
                try {
                    Interruptible.run(inner, Thread::yield);
                } catch (ContextException e) {
                    check(inner.isDone(), "cancelled by nobody");
                }
                check(!Thread.currentThread().isInterrupted() || outer.isDone(),
                        "an interrupt of the inner one is left");
            });
        } catch (ContextException e) {
            check(outer.isDone(), "cancelled by nobody");
        }
        noneLeft();
        Suite.join(a);
        Suite.join(b);
        Context.background().sleep(LONG);
        noneLeft();
    }
}
