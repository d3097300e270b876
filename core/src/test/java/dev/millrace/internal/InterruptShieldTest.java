package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Until;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What [InterruptBridge#shield] holds back, and what it does not.
class InterruptShieldTest {
    private final CancellableContext ctx = Context.background().withCancel();
    private final CancellableContext other = Context.background().withCancel();

    @AfterEach
    void noFlagIsLeft() {
        ctx.cancel();
        other.cancel();
        assertFalse(Thread.interrupted(), "the test's thread kept an interrupt");
        assertNull(InterruptBridge.shield(), "a bridge was left");
    }

    private static InterruptBridge enter(Context ctx) {
        return InterruptBridge.enter(ContextBase.nodeOf(ctx));
    }

    private static boolean flag() {
        return Thread.currentThread().isInterrupted();
    }

    @Test
    void shield_noBridge_isNothing() {
        assertNull(InterruptBridge.shield());
        InterruptBridge.unshield(null);
    }

    @Test
    void cancel_withinTheShield_isDeliveredAfterIt() {
        var bridge = enter(ctx);
        var shield = InterruptBridge.shield();
        ctx.cancel();
        assertFalse(flag(), "within the shield");
        InterruptBridge.unshield(shield);
        assertTrue(flag(), "after the shield");
        assertTrue(bridge.exit());
        assertFalse(flag(), "after the region");
    }

    @Test
    void cancel_afterTheShield_isDeliveredAtOnce() {
        var bridge = enter(ctx);
        InterruptBridge.unshield(InterruptBridge.shield());
        assertFalse(flag());
        ctx.cancel();
        assertTrue(flag());
        assertTrue(bridge.exit());
    }

    @Test
    void cancel_afterTheRegion_interruptsNobody() {
        var bridge = enter(ctx);
        InterruptBridge.unshield(InterruptBridge.shield());
        assertFalse(bridge.exit());
        ctx.cancel();
        assertFalse(flag());
    }

    @Test
    void cancel_beforeTheShieldAndNotHeard_isTakenBackMeanwhileEachTime() {
        var bridge = enter(ctx);
        ctx.cancel();
        for (int i = 0; i < 3; i++) {
            var shield = InterruptBridge.shield();
            assertFalse(flag(), "within shield " + i);
            InterruptBridge.unshield(shield);
            assertTrue(flag(), "after shield " + i);
        }
        assertTrue(bridge.exit());
    }

    /// Also when an earlier shield had taken it back.
    @Test
    void cancel_beforeTheShieldAndHeard_isNotSetAgain() {
        var bridge = enter(ctx);
        ctx.cancel();
        InterruptBridge.unshield(InterruptBridge.shield());
        assertTrue(Thread.interrupted(), "heard");
        InterruptBridge.unshield(InterruptBridge.shield());
        assertFalse(flag(), "heard twice");
        assertTrue(bridge.exit());
    }

    @Test
    void shields_nested_theOutermostDelivers() {
        var bridge = enter(ctx);
        var outer = InterruptBridge.shield();
        var inner = InterruptBridge.shield();
        ctx.cancel();
        InterruptBridge.unshield(inner);
        assertFalse(flag(), "still within the outer one");
        InterruptBridge.unshield(InterruptBridge.shield());
        assertFalse(flag(), "still within the outer one");
        InterruptBridge.unshield(outer);
        assertTrue(flag());
        assertTrue(bridge.exit());
    }

    @Test
    void bridges_nestedOuterIsCancelled_isHeldBackAndGoesToTheOuter() {
        var outer = enter(ctx);
        var inner = enter(other);
        var shield = InterruptBridge.shield();
        ctx.cancel();
        assertFalse(flag(), "within the shield");
        InterruptBridge.unshield(shield);
        assertTrue(flag(), "after the shield");
        assertFalse(inner.exit(), "the inner one was not meant");
        assertTrue(flag(), "the outer one's");
        assertTrue(outer.exit());
    }

    @Test
    void bridges_nestedInnerIsCancelled_endsWithTheInner() {
        var outer = enter(ctx);
        var inner = enter(other);
        var shield = InterruptBridge.shield();
        other.cancel();
        assertFalse(flag(), "within the shield");
        InterruptBridge.unshield(shield);
        assertTrue(inner.exit());
        assertFalse(flag());
        assertFalse(outer.exit());
    }

    @Test
    void bridges_nestedBothCancelled_theInnerLeavesTheOuters() {
        var outer = enter(ctx);
        var inner = enter(other);
        ctx.cancel();
        var shield = InterruptBridge.shield();
        other.cancel();
        assertFalse(flag(), "within the shield");
        InterruptBridge.unshield(shield);
        assertTrue(inner.exit());
        assertTrue(flag(), "the outer one's");
        assertTrue(outer.exit());
    }

    /// The inner bridge found the outer's interrupt at its entry.
    @Test
    void bridges_innerEnteredAfterTheOutersInterrupt_theShieldTakesItBackAllTheSame() {
        var outer = enter(ctx);
        ctx.cancel();
        var inner = enter(other);
        other.cancel();
        var shield = InterruptBridge.shield();
        assertFalse(flag(), "within the shield");
        InterruptBridge.unshield(shield);
        assertTrue(flag());
        assertTrue(inner.exit());
        assertTrue(flag(), "the outer one's");
        assertTrue(outer.exit());
    }

    @Test
    void bridge_enteredWithinAShield_isDeliveredThereAndTheOuterIsNot() {
        var outer = enter(ctx);
        var shield = InterruptBridge.shield();
        ctx.cancel();
        var inner = enter(other);
        assertFalse(flag());
        other.cancel();
        assertTrue(flag(), "the inner one's own");
        assertTrue(inner.exit());
        assertFalse(flag(), "the outer one is still held back");
        InterruptBridge.unshield(shield);
        assertTrue(flag());
        assertTrue(outer.exit());
    }

    @Test
    void bridge_enteredWithinAShieldThatTookAnInterruptBack_doesNotBringItIn() {
        var outer = enter(ctx);
        ctx.cancel();
        var shield = InterruptBridge.shield();
        var inner = enter(other);
        var within = InterruptBridge.shield();
        other.cancel();
        assertFalse(flag(), "within both");
        InterruptBridge.unshield(within);
        assertTrue(flag(), "the inner one's own");
        assertTrue(inner.exit());
        assertFalse(flag(), "the outer one is still held back");
        InterruptBridge.unshield(shield);
        assertTrue(flag());
        assertTrue(outer.exit());
    }

    @Test
    void stranger_noCancel_isLeftAlone() {
        Thread.currentThread().interrupt();
        var bridge = enter(ctx);
        var shield = InterruptBridge.shield();
        assertTrue(flag(), "from before the region");
        InterruptBridge.unshield(shield);
        assertTrue(Thread.interrupted());

        shield = InterruptBridge.shield();
        Thread.currentThread().interrupt();
        assertTrue(flag(), "from within the shield");
        InterruptBridge.unshield(shield);
        assertFalse(bridge.exit());
        assertTrue(Thread.interrupted(), "and it outlives the region");
    }

    @Test
    void stranger_beforeTheRegionAndACancel_isHeldBackAndOutlivesTheRegion() {
        Thread.currentThread().interrupt();
        var bridge = enter(ctx);
        ctx.cancel();
        var shield = InterruptBridge.shield();
        assertFalse(flag(), "one bit with ours");
        InterruptBridge.unshield(shield);
        assertTrue(flag());
        assertTrue(bridge.exit());
        assertTrue(Thread.interrupted(), "the stranger's");
    }

    // On its way: the teller stands within `Thread.interrupt`, after it has set the flag.

    private static final class Slow extends AbstractInterruptibleChannel {
        final CountDownLatch closing = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        void enter() {
            begin();
        }

        void leave() {
            try {
                end(true);
            } catch (java.nio.channels.AsynchronousCloseException e) {
                // as expected
            }
        }

        @Override
        protected void implCloseChannel() {
            closing.countDown();
            try {
                assertTrue(go.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// The flag within the shield, after it, and after the region.
    private record Seen(boolean within, boolean after, boolean delivered, boolean left) {}

    private Seen onItsWay(boolean heardBefore) throws Exception {
        var channel = new Slow();
        var inRegion = new CountDownLatch(1);
        var inShield = new AtomicBoolean();
        var seen = new CompletableFuture<Seen>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            var bridge = enter(ctx);
            channel.enter();
            inRegion.countDown();
            while (!flag()) {
                Thread.onSpinWait();
            }
            if (heardBefore) {
                Thread.interrupted();
            }
            var shield = InterruptBridge.shield();
            inShield.set(true);
            boolean within = flag();
            InterruptBridge.unshield(shield);
            boolean after = flag();
            channel.leave();
            boolean delivered = bridge.exit();
            seen.complete(new Seen(within, after, delivered, flag()));
        });
        assertTrue(inRegion.await(20, TimeUnit.SECONDS));
        Thread teller = Thread.ofPlatform().daemon().start(ctx::cancel);
        assertTrue(channel.closing.await(20, TimeUnit.SECONDS));
        Until.waits(thread); // for the teller
        assertFalse(inShield.get(), "the shield did not wait");
        channel.go.countDown();
        Until.ended(teller);
        return seen.get(20, TimeUnit.SECONDS);
    }

    @Test
    void interrupt_onItsWay_theShieldWaitsForItAndSetsItAgain() throws Exception {
        assertEquals(new Seen(false, true, true, false), onItsWay(false));
    }

    @Test
    void interrupt_onItsWayAndHeard_theShieldWaitsAndDoesNotSetItAgain() throws Exception {
        assertEquals(new Seen(false, false, true, false), onItsWay(true));
    }
}
