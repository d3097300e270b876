package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.InterruptBridge;
import dev.millrace.testing.Bubble;
import dev.millrace.time.Alarm;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Waits that a timer ends; interrupts that are held back; bubbles in which two want to end one wait.
final class TimeProtocols {
    private static final Duration SOON = Duration.ofMillis(1);

    private TimeProtocols() {}

    /// A deadline and a cancel: the first of them is what everybody below sees.
    static void deadlineAgainstCancel() throws Exception {
        var parent = Context.background().withTimeout(SOON);
        var child = parent.withCancel();
        var sleeper = go("sleeper", () -> {
            child.awaitDone();
            check(child.cause() == parent.cause(), "causes " + child.cause() + ", " + parent.cause());
        });
        parent.cancel();
        check(child.isDone(), "a cancel has returned, and the child is not done");
        Suite.join(sleeper);
    }

    static void deadlinePasses() throws Exception {
        var ctx = Context.background().withTimeout(SOON);
        var chan = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> chan.trySend(1));
        try {
            check(chan.receive(ctx) == 1, "not 1");
        } catch (ContextException e) {
            check(ctx.isDone(), "ended by nobody");
        }
        Suite.join(sender);
        check(!chan.trySend(2), "somebody still receives");
        ctx.close();
    }

    static void alarmAgainstStop() throws Exception {
        var alarm = Alarm.in(SOON);
        var stopped = new AtomicInteger();
        var other = go("other", () -> stopped.set(alarm.stop() ? 1 : 0));
        int got = Select.<Integer>first().receive(alarm.fired(), _ -> 1).timeout(Duration.ofSeconds(1), () -> 0).run();
        Suite.join(other);
        check(got + stopped.get() == 1, "fired " + got + ", stopped " + stopped.get());
    }

    static void alarmOfTwo() throws Exception {
        var alarm = Alarm.in(SOON);
        var got = new AtomicInteger();
        var ctx = Context.background().withCancel();
        Suite.Body receive = () -> {
            try {
                alarm.fired().receive(ctx);
                check(got.incrementAndGet() == 1, "one instant has come to two");
                ctx.cancel();
            } catch (ContextException e) {
                check(ctx.isDone(), "ended by nobody");
            }
        };
        var a = go("a", receive);
        receive.run();
        Suite.join(a);
        check(got.get() == 1, "it has come to nobody");
    }

    /// The same select twice: nothing of the first run is left in the second.
    static void selectorTwice() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> {
            one.send(1);
            two.send(2);
        });
        var select = Selector.random();
        var first = select.receive(one);
        var second = select.receive(two);
        check(select.await() == first && first.value() == 1, "not the first");
        check(select.await() == second && second.value() == 2, "not the second");
        Suite.join(sender);
        check(!one.trySend(3) && !two.trySend(3), "somebody still receives");
    }

    // Interrupts held back.

    /// Between shield and unshield no interrupt of the bridge comes, also not one that was on its way; after it, it does.
    static void shieldHolds() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx));
        try {
            var shielded = InterruptBridge.shield();
            check(!Thread.currentThread().isInterrupted(), "an interrupt has come through");
            Thread.yield();
            check(!Thread.currentThread().isInterrupted(), "an interrupt has come through late");
            Suite.join(canceller);
            check(!Thread.currentThread().isInterrupted(), "an interrupt has come through late");
            InterruptBridge.unshield(shielded);
            check(Thread.currentThread().isInterrupted(), "what was held back has not come");
        } finally {
            check(bridge.exit(), "nothing was sent");
        }
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
    }

    /// The same, while the cancel may also come after.
    static void shieldOpens() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx));
        InterruptBridge.unshield(InterruptBridge.shield());
        boolean sent = bridge.exit();
        check(!sent || ctx.isDone(), "sent by nobody");
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        Suite.join(canceller);
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late, sent " + sent);
    }

    /// The thread was interrupted before, or another bridge around has sent: that is there again after the inner one.
    static void bridgeKeepsForeign() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        Thread.currentThread().interrupt();
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx));
        Thread.yield();
        bridge.exit();
        check(Thread.interrupted(), "a foreign interrupt is lost");
        Suite.join(canceller);
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late");
    }

    /// The outer one's end stays delivered when the inner one's is taken back.
    static void bridgeOuterStays() throws Exception {
        var outer = Context.background().withCancel();
        var inner = Context.background().withCancel();
        var a = go("a", () -> {
            outer.cancel();
            inner.cancel();
        });
        var around = InterruptBridge.enter(ContextBase.nodeOf(outer));
        var within = InterruptBridge.enter(ContextBase.nodeOf(inner));
        Suite.join(a);
        within.exit();
        check(Thread.currentThread().isInterrupted(), "the outer one's interrupt is lost");
        check(around.exit(), "nothing was sent");
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
    }

    // Bubbles.

    /// Sender, cancel and timer want to end one wait that a bubble counts.
    static void bubbleThreeEnds() throws Exception {
        Bubble.run(b -> {
            var chan = Chan.<Integer>unbuffered();
            var ctx = Context.background().withCancel();
            var got = new AtomicInteger();
            Go.go(() -> {
                try {
                    got.set(chan.receive(ctx));
                } catch (ContextException e) {
                    got.set(-1);
                }
            });
            var sent = new AtomicInteger(-1);
            Go.go(() -> sent.set(chan.trySend(7) ? 7 : -1));
            Go.go(ctx::cancel);
            b.await();
            check(got.get() == sent.get(), "sent " + sent.get() + ", got " + got.get());
        });
    }

    /// An interrupt from within ends a counted wait; time does not pass by.
    static void bubbleInterrupt() throws Exception {
        Bubble.run(b -> {
            var chan = Chan.<Integer>unbuffered();
            var ended = new AtomicInteger();
            var thread = new Thread[1];
            var ready = Chan.<Integer>unbuffered();
            Go.go(() -> {
                thread[0] = Thread.currentThread();
                ready.send(1);
                try {
                    chan.receive();
                } catch (dev.millrace.context.InterruptedWaitException e) {
                    ended.set(1);
                }
            });
            ready.receive();
            thread[0].interrupt();
            b.await();
            check(ended.get() == 1, "not ended");
        });
    }

    /// A channel that is closed for a select that waits in a bubble, which two would do.
    static void bubbleSelectAndClose() throws Exception {
        Bubble.run(b -> {
            var one = Chan.<Integer>unbuffered();
            var two = Chan.<Integer>unbuffered();
            var got = new AtomicInteger();
            Go.go(() -> got.set(Select.<Integer>first().next(one, v -> v instanceof Received.Closed<Integer> ? 1 : 9)
                    .next(two, v -> v instanceof Received.Closed<Integer> ? 2 : 9).run()));
            Go.go(one::close);
            Go.go(two::close);
            b.await();
            check(got.get() == 1 || got.get() == 2, "got " + got.get());
        });
    }
}
