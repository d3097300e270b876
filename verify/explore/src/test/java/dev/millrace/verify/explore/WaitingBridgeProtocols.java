package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.InterruptBridge;

/// Interrupts that are held back, heard, and a stranger's.
final class WaitingBridgeProtocols {
    private WaitingBridgeProtocols() {}

    private static InterruptBridge enter(CancellableContext ctx) {
        return InterruptBridge.enter(ContextBase.nodeOf(ctx));
    }

    private static void waitForInterrupt() {
        var forEver = new Object();
        synchronized (forEver) {
            try {
                forEver.wait();
                throw new AssertionError("notified by nobody");
            } catch (InterruptedException e) {
                // heard
            }
        }
    }

    /// However the shield and the end meet, a wait after it that only the interrupt ends is ended.
    static void heardAfterShield() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var bridge = enter(ctx);
        InterruptBridge.unshield(InterruptBridge.shield());
        waitForInterrupt();
        check(bridge.exit(), "nothing was sent");
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        Suite.join(canceller);
    }

    /// What was heard before the shield does not come once more after it.
    static void heardBeforeShield() throws Exception {
        var ctx = Context.background().withCancel();
        var bridge = enter(ctx);
        var canceller = go("canceller", ctx::cancel);
        waitForInterrupt();
        InterruptBridge.unshield(InterruptBridge.shield());
        check(!Thread.currentThread().isInterrupted(), "heard twice");
        check(bridge.exit(), "nothing was sent");
        Suite.join(canceller);
    }

    /// A stranger's interrupt is left alone by a shield when the bridge has sent none.
    static void strangersInterrupt() throws Exception {
        var ctx = Context.background().withCancel();
        var bridge = enter(ctx);
        Thread.currentThread().interrupt();
        var shielded = InterruptBridge.shield();
        check(Thread.currentThread().isInterrupted(), "a stranger's interrupt is taken away");
        InterruptBridge.unshield(shielded);
        check(Thread.currentThread().isInterrupted(), "a stranger's interrupt is lost");
        check(!bridge.exit() && Thread.interrupted(), "a stranger's interrupt is lost");
    }

    /// A second exit only answers, also when the teller is slow.
    static void secondExit() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var bridge = enter(ctx);
        Thread.yield();
        boolean sent = bridge.exit();
        Thread.currentThread().interrupt();
        Thread.yield();
        check(bridge.exit() == sent, "another answer");
        check(Thread.interrupted(), "a second exit has taken a stranger's interrupt");
        Suite.join(canceller);
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late");
    }
}
