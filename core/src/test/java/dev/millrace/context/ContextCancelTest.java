package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static dev.millrace.context.TestTools.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Ear;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Cancelling: what ends, in which order, and what is kept.
class ContextCancelTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    @Item("CTX-C01")
    void withCancel_fresh_livesAndCanEnd() {
        var ctx = BG.withCancel();
        assertFalse(ctx.done().isNever());
        assertFalse(ctx.done().isDone());
        assertFalse(ctx.isDone());
        assertNull(ctx.err());
        assertNull(ctx.cause());
        ctx.check();
        assertFalse(ctx.awaitDone(Duration.ZERO));
        ctx.close();
    }

    @Test
    @Item("CTX-C02")
    void cancel_returned_isDoneAndPlainlyCancelled() {
        for (int how = 0; how < 3; how++) {
            var ctx = BG.withCancel();
            switch (how) {
                case 0 -> ctx.cancel();
                case 1 -> ctx.close();
                default -> ctx.cancel((Throwable) null);
            }
            assertTrue(ctx.isDone() && ctx.done().isDone());
            assertInstanceOf(CancelledException.class, ctx.err());
            assertSame(ctx.err(), ctx.cause());
            var thrown = assertThrows(CancelledException.class, ctx::check);
            assertNotSame(ctx.err(), thrown);
            assertTrue(thrown.getStackTrace().length > 0);
            assertEquals(0, ctx.err().getStackTrace().length);
        }
    }

    @Test
    @Item("CTX-C03")
    void cancel_returned_allDescendantsAreDone() {
        for (boolean registered : new boolean[] {false, true}) {
            var root = BG.withCancel();
            List<Context> all = new ArrayList<>(List.of(root));
            var random = new Random(5);
            for (int i = 0; i < 500; i++) {
                Context parent = all.get(random.nextInt(all.size()));
                all.add(switch (i % 6) {
                    case 0 -> parent.withValue(KEY, "v" + i);
                    case 1 -> parent.withTimeout(HOUR);
                    case 2 -> parent.withName("n" + i);
                    case 3 -> Context.anyOf(BG.withCancel(), parent);
                    case 4 -> parent.withCancel().view();
                    default -> parent.withCancel();
                });
                if (registered && i % 3 == 0) {
                    Ear.on(all.getLast());
                }
            }
            var cause = new Throwable("why");
            root.cancel(cause);
            for (Context c : all) {
                assertTrue(c.isDone());
                assertInstanceOf(CancelledException.class, c.err());
                assertSame(cause, c.cause());
                assertSame(root.err(), c.err());
            }
        }
    }

    @Test
    @Item("CTX-C04")
    void cancel_twice_changesNothing() {
        var ctx = BG.withCancel();
        ctx.cancel("first");
        var err = ctx.err();
        var cause = ctx.cause();
        ctx.cancel("second");
        ctx.cancel();
        ctx.close();
        assertSame(err, ctx.err());
        assertSame(cause, ctx.cause());
        assertEquals("first", ctx.cause().getMessage());
    }

    @Test
    @Item("CTX-C06")
    void cancel_ofChild_leavesParentAndSiblingsAlone() {
        var parent = BG.withCancel();
        var child = parent.withCancel();
        var sibling = parent.withCancel();
        var heard = Ear.on(sibling);
        Ear.on(child);
        assertEquals(2, TestTools.listeners(parent));
        child.cancel();
        assertTrue(child.isDone());
        assertFalse(parent.isDone() || sibling.isDone() || heard.hasHeard());
        assertEquals(1, TestTools.listeners(parent));
        parent.close();
        assertTrue(heard.hasHeard());
    }

    @Test
    @Item("CTX-C10")
    void cancel_comesDown_parentsBeforeChildren() {
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var nodes = new ArrayList<CancellableContext>();
        Context at = BG;
        for (int depth = 0; depth < 20; depth++) {
            var ctx = at.withCancel();
            nodes.add(ctx);
            at = ctx;
        }
        var tooEarly = new AtomicInteger();
        for (int depth = nodes.size(); depth-- > 0;) {
            int mine = depth;
            BasicContext.of(nodes.get(depth)).node().add(new dev.millrace.internal.Listener() {
                @Override
                protected void tell(dev.millrace.internal.Ending ending) {
                    order.add(mine);
                    for (int up = 0; up < mine; up++) {
                        if (!nodes.get(up).isDone()) {
                            tooEarly.incrementAndGet();
                        }
                    }
                }
            });
        }
        nodes.getFirst().cancel();
        assertEquals(0, tooEarly.get());
        assertEquals(order.stream().sorted().toList(), order);
        assertEquals(20, order.size());
    }

    @Test
    @Item("CTX-C11")
    void children_ofCancelledParent_areBornDone() {
        var parent = BG.withCancel();
        var cause = new Throwable("why");
        parent.cancel(cause);
        for (Context c : List.of(parent.withCancel(), parent.withTimeout(HOUR), parent.withValue(KEY, "v"),
                parent.withCancel().withCancel(), parent.view(), parent.withName("n").withCancel(),
                Context.anyOf(parent, BG.withCancel()), Context.anyOf(BG.withCancel(), parent))) {
            assertTrue(c.isDone());
            assertSame(parent.err(), c.err());
            assertSame(cause, c.cause());
            assertTrue(c.awaitDone(LONG));
        }
        assertEquals(0, TestTools.listeners(parent));
    }

    @Test
    @Item("CTX-C15")
    void cancel_byCodeThatTheSameEndWoke_isFine() {
        var ctx = BG.withCancel();
        var child = ctx.withCancel();
        var threads = new TestTools.Threads();
        threads.virtual(() -> {
            child.awaitDone();
            child.cancel();
            ctx.cancel(new Throwable("late"));
        });
        AfterFunc f = child.afterFunc(() -> {
            child.cancel();
            ctx.cancel();
        });
        ctx.cancel();
        threads.join();
        f.await();
        assertSame(ctx.err(), ctx.cause());
    }

    @Test
    @Item({"CTX-C16", "CTX-V08"})
    void values_afterTheEnd_areStillThere() {
        var cancelled = BG.withValue(KEY, "v").withCancel();
        cancelled.cancel();
        assertEquals("v", cancelled.value(KEY));
        assertEquals("v", cancelled.withCancel().value(KEY));
        var late = BG.withValue(KEY, "w").withTimeout(Duration.ZERO);
        assertEquals("w", late.value(KEY));
    }

    private static WeakReference<Object> cancelledChildOf(Context parent) {
        var child = parent.withCancel();
        Ear.on(child);
        child.cancel();
        return new WeakReference<>(child.done());
    }

    private static WeakReference<Object> lateChildOf(Context parent, ManualScheduler time) {
        var child = parent.withTimeout(Duration.ofSeconds(1));
        Ear ear = Ear.on(child);
        time.advance(Duration.ofSeconds(1));
        assertTrue(ear.hasHeard());
        return new WeakReference<>(child.done());
    }

    private static WeakReference<Object> liveChildOf(Context parent) {
        var child = parent.withCancel();
        Ear.on(child.withTimeout(HOUR));
        return new WeakReference<>(child.done());
    }

    @Test
    @Item("CTX-C17")
    void parent_afterCancelOfChild_doesNotHoldIt() {
        var parent = BG.withCancel();
        var child = cancelledChildOf(parent);
        TestTools.collected("cancelled child", child);
        assertEquals(0, TestTools.listeners(parent));
        assertFalse(parent.isDone());
    }

    @Test
    @Item("CTX-C18")
    void parent_afterTimeoutOfChild_doesNotHoldIt() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var parent = TestTools.rootUnder(time);
            var child = lateChildOf(parent, time);
            TestTools.collected("expired child", child);
            assertEquals(0, TestTools.listeners(parent));
            assertFalse(parent.isDone());
        });
    }

    @Test
    @Item("CTX-C19")
    void parent_afterItsCancel_doesNotHoldChildren() {
        var parent = BG.withCancel();
        var children = new ArrayList<WeakReference<Object>>();
        for (int i = 0; i < 10; i++) {
            children.add(liveChildOf(parent));
        }
        assertEquals(10, TestTools.listeners(parent));
        parent.cancel();
        assertEquals(0, TestTools.listeners(parent));
        children.forEach(c -> TestTools.collected("child of a cancelled parent", c));
        Reference.reachabilityFence(parent);
    }

    @Test
    @Item("CTX-C20")
    void child_ofParentThatNeverEnds_isHeldByNothing() {
        for (Context parent : List.of(BG, Context.todo(), BG.withValue(KEY, "v"), BG.withCancel().detach())) {
            var child = parent.withCancel();
            assertNull(BasicContext.of(child).node().up());
            TestTools.collected("child of " + parent, liveChildOfRoot(parent));
        }
    }

    private static WeakReference<Object> liveChildOfRoot(Context root) {
        var child = root.withCancel();
        Ear.on(child);
        return new WeakReference<>(child.done());
    }

    @Test
    @Item("CTX-C21")
    void doneObjects_ofNodes_differAndAreSharedByValues() {
        var a = BG.withCancel();
        var b = a.withCancel();
        assertNotSame(a.done(), b.done());
        assertSame(a.done(), a.withValue(KEY, "v").done());
        assertSame(a.done(), a.withName("n").without(KEY).done());
        assertSame(a.done(), a.view().done());
        assertSame(BG.done(), Context.todo().done());
        a.cancel();
        assertNotSame(a.done(), b.done());
    }

    @Test
    @Item("CTX-C22")
    void done_firstAskedForAfterCancel_isDone() {
        var ctx = BG.withCancel();
        ctx.cancel();
        assertTrue(ctx.done().isDone());
        ctx.done().await();
        ctx.awaitDone();
        assertTrue(ctx.done().await(Duration.ZERO));
    }

    private static CancellableContext chain(Context root, int depth) {
        CancellableContext leaf = root.withCancel();
        for (int i = 1; i < depth; i++) {
            leaf = leaf.withCancel();
        }
        return leaf;
    }

    @Test
    @Item("CTX-C23")
    @Hazard(23)
    void chainOfAMillion_unregistered_endsFromTheRoot() {
        var root = BG.withCancel();
        var cause = new Throwable("why");
        var leaf = chain(root, 1_000_000);
        root.cancel(cause);
        assertTrue(leaf.isDone());
        assertSame(cause, leaf.cause());
        assertNull(leaf.value(KEY));
    }

    @Test
    @Item("CTX-C23")
    @Hazard(23)
    void chainOfAMillion_registered_endsFromTheRoot() {
        var root = BG.withCancel();
        var leaf = chain(root, 1_000_000);
        assertFalse(leaf.isDone());
        Ear ear = Ear.on(leaf);
        root.cancel();
        assertTrue(ear.hasHeard());
        assertSame(root.err(), leaf.err());
        assertEquals(1_000_001, leaf.cancelPath().size());
    }

    @Test
    @Item("CTX-C24")
    @Hazard(21)
    void manyChildren_cancelledTogether_allEnd() {
        var parent = BG.withCancel();
        var ears = new Ear[300_000];
        for (int i = 0; i < ears.length; i++) {
            ears[i] = Ear.on(parent.withCancel());
        }
        assertEquals(ears.length, TestTools.listeners(parent));
        parent.cancel();
        for (Ear ear : ears) {
            assertTrue(ear.hasHeard());
        }
        assertEquals(0, TestTools.listeners(parent));
    }

    @Test
    @Item("CTX-C24")
    @Hazard(21)
    void manyChildren_cancelledOneByOne_costTheSameEach() {
        var parent = BG.withCancel();
        var children = new ArrayList<CancellableContext>();
        for (int i = 0; i < 300_000; i++) {
            var child = parent.withCancel();
            Ear.on(child);
            children.add(child);
        }
        Collections.shuffle(children, new Random(1));
        long start = System.nanoTime();
        children.forEach(CancellableContext::cancel);
        long took = System.nanoTime() - start;
        assertEquals(0, TestTools.listeners(parent));
        assertFalse(parent.isDone());
        // A walk of the list per cancel would take minutes.
        assertTrue(took < 40_000_000_000L, "took " + took / 1_000_000 + " ms");
    }

    @Test
    @Item("CTX-C25")
    void cancel_whileTasksRunOn_returns() {
        var ctx = BG.withCancel();
        var goOn = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        TestTools.go(ctx, "stubborn", () -> {
            running.countDown();
            goOn.await();
            ended.countDown();
        });
        TestTools.await(running);
        ctx.cancel();
        assertEquals(1, ended.getCount());
        goOn.countDown();
        TestTools.await(ended);
    }

    @Test
    @Item("CTX-C27")
    void waiters_hundredThousand_allWake() {
        var ctx = BG.withCancel();
        int count = 100_000;
        var woken = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Thread.startVirtualThread(() -> {
                ctx.awaitDone();
                woken.countDown();
            });
        }
        TestTools.eventually("all wait", () -> TestTools.listeners(ctx) == count);
        ctx.cancel();
        TestTools.await(woken);
    }

    // Waiting.

    @Test
    void awaitDone_interrupted_throwsItsOwnTypeAndKeepsTheFlag() {
        for (Context ctx : List.of(BG, BG.withCancel())) {
            var threads = new TestTools.Threads();
            Thread t = threads.virtual(() -> {
                assertThrows(InterruptedWaitException.class, ctx::awaitDone);
                assertTrue(Thread.interrupted());
                Thread.currentThread().interrupt();
                assertThrows(InterruptedWaitException.class, () -> ctx.awaitDone(HOUR));
                assertTrue(Thread.currentThread().isInterrupted());
                assertThrows(InterruptedWaitException.class, () -> ctx.sleep(HOUR));
                assertTrue(Thread.interrupted());
            });
            TestTools.parked(t);
            t.interrupt();
            threads.join();
            assertEquals(0, TestTools.listeners(ctx));
        }
    }

    @Test
    void awaitDone_ofDoneContext_ignoresAnInterrupt() {
        var ctx = BG.withCancel();
        ctx.cancel();
        Thread.currentThread().interrupt();
        ctx.awaitDone();
        assertTrue(ctx.awaitDone(HOUR));
        assertTrue(Thread.interrupted());
    }

    @Test
    void sleep_underDoneContext_throwsEvenForZero() {
        var ctx = BG.withCancel();
        ctx.cancel(new IllegalStateException("why"));
        for (Duration d : List.of(Duration.ZERO, Duration.ofSeconds(-1), HOUR)) {
            var thrown = assertThrows(CancelledException.class, () -> ctx.sleep(d));
            assertEquals("why", thrown.getCause().getMessage());
            assertNotNull(thrown.cancelRecord());
        }
        BG.sleep(Duration.ZERO);
        BG.sleep(Duration.ofSeconds(-1));
    }

    @Test
    void sleep_cancelled_throwsWithTheSleepersStack() {
        var ctx = BG.withCancel();
        var threads = new TestTools.Threads();
        var right = new AtomicBoolean();
        Thread t = threads.virtual(() -> {
            var thrown = assertThrows(CancelledException.class, () -> ctx.sleep(HOUR));
            right.set(List.of(thrown.getStackTrace()).stream().anyMatch(f -> f.getClassName().contains("CancelTest")));
        });
        TestTools.parked(t);
        ctx.cancel();
        threads.join();
        assertTrue(right.get());
    }

    // What must not pile up.

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    @Hazard(24)
    void abandonedChildren_aMillion_costTheParentNothing() {
        var parent = BG.withCancel();
        Ear.on(parent);
        long before = usedHeap();
        for (int i = 0; i < 1_000_000; i++) {
            var child = parent.withTimeout(HOUR).withCancel();
            assertFalse(child.isDone());
        }
        assertEquals(1, TestTools.listeners(parent));
        // 8 bytes each would already be more; other threads of this JVM may have allocated something.
        TestTools.eventually("heap is back", () -> usedHeap() - before < 4_000_000);
        Reference.reachabilityFence(parent);
    }

    @Test
    void abandonedChildren_polledAtDepth_areSweptBehindStrongOnes() {
        var parent = BG.withCancel();
        Ear.on(parent);
        Ear.on(parent.withCancel());
        int total = 0;
        for (int round = 0; round < 8; round++) {
            for (int i = 0; i < 2_000; i++) {
                assertFalse(chain(parent, 6).isDone());
                total++;
            }
            System.gc();
        }
        int before = TestTools.listeners(parent);
        assertTrue(before > 2, "the chains are registered weakly");
        TestTools.eventually("dead links are dropped", () -> {
            System.gc();
            for (int i = 0; i < 10_000; i++) {
                Ear.on(parent.withCancel());
            }
            return weakListeners(parent) == 0;
        });
        assertEquals(16_000, total);
    }

    private static int weakListeners(Context parent) {
        var strong = new AtomicInteger();
        BasicContext.of(parent).node().eachChild(c -> strong.incrementAndGet());
        return TestTools.listeners(parent) - strong.get() - 1; // the one ear
    }

    @Test
    @Hazard(24)
    void abandonedChild_withCallback_isKeptAndStillFires() {
        var parent = BG.withCancel();
        var fired = new CountDownLatch(1);
        parent.withCancel().withCancel().afterFunc(fired::countDown);
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        parent.cancel();
        TestTools.await(fired);
    }
}
