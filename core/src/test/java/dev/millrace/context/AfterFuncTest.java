package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Callbacks on a context's end.
class AfterFuncTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    @Item("CTX-A01")
    void action_isNotRunWhileItLives_andOnceAfterwards() {
        var runs = new AtomicInteger();
        var ctx = BG.withCancel();
        AfterFunc f = ctx.withCancel().afterFunc(runs::incrementAndGet);
        assertFalse(f.isStarted());
        ctx.cancel();
        ctx.cancel();
        f.await();
        assertEquals(1, runs.get());
        assertTrue(f.isStarted());

        AfterFunc timed = BG.withTimeout(Duration.ofMillis(2)).afterFunc(runs::incrementAndGet);
        timed.await();
        assertEquals(2, runs.get());

        AfterFunc born = ctx.afterFunc(runs::incrementAndGet);
        assertTrue(born.isStarted());
        born.await();
        assertEquals(3, runs.get());
    }

    @Test
    @Item("CTX-A02")
    void action_runsOnAThreadOfItsOwn_andCancelDoesNotWait() {
        var ctx = BG.withCancel();
        var on = new AtomicReference<Thread>();
        var goOn = new CountDownLatch(1);
        AfterFunc f = ctx.afterFunc(() -> {
            on.set(Thread.currentThread());
            TestTools.await(goOn);
        });
        ctx.cancel();
        TestTools.eventually("it runs", () -> on.get() != null);
        assertNotSame(Thread.currentThread(), on.get());
        assertTrue(on.get().isVirtual());
        assertFalse(f.stop());
        goOn.countDown();
        f.await();
    }

    @Test
    @Item("CTX-A03")
    void stop_beforeTheEnd_preventsTheAction() {
        var runs = new AtomicInteger();
        var ctx = BG.withCancel();
        AfterFunc f = ctx.afterFunc(runs::incrementAndGet);
        assertTrue(f.stop());
        assertFalse(f.stop());
        ctx.cancel();
        f.await();
        f.close();
        assertFalse(f.isStarted());
        assertEquals(0, runs.get());
        assertEquals("AfterFunc STOPPED", f.toString());
    }

    @Test
    @Item("CTX-A04")
    void stop_afterTheStart_orWithinTheAction_answersFalse() {
        var ctx = BG.withCancel();
        var self = new AtomicReference<AfterFunc>();
        var within = new AtomicReference<Boolean>();
        self.set(ctx.afterFunc(() -> {
            within.set(self.get().stop());
            self.get().await();
            self.get().close();
        }));
        ctx.cancel();
        self.get().await();
        assertFalse(within.get());
        assertFalse(self.get().stop());
    }

    @Test
    @Item("CTX-A06")
    void actions_severalOnOneContext_allRun() {
        var ctx = BG.withCancel();
        var runs = new AtomicInteger();
        var all = new ArrayList<AfterFunc>();
        Runnable same = runs::incrementAndGet;
        for (int i = 0; i < 50; i++) {
            all.add(ctx.afterFunc(same));
        }
        assertTrue(all.get(7).stop());
        ctx.cancel();
        all.forEach(AfterFunc::await);
        assertEquals(49, runs.get());
    }

    @Test
    @Item("CTX-A07")
    void stop_takesTheRegistrationBack() {
        var ctx = BG.withCancel();
        AfterFunc keeps = ctx.afterFunc(() -> {});
        int before = TestTools.listeners(ctx);
        var all = new ArrayList<AfterFunc>();
        for (int i = 0; i < 100; i++) {
            all.add(ctx.afterFunc(() -> {}));
        }
        assertEquals(before + 100, TestTools.listeners(ctx));
        all.forEach(AfterFunc::stop);
        assertEquals(before, TestTools.listeners(ctx));
        assertTrue(keeps.stop());
        assertEquals(0, TestTools.listeners(ctx));
    }

    @Test
    @Item("CTX-A08")
    void action_onBackground_neverRuns() {
        var runs = new AtomicInteger();
        AfterFunc f = BG.afterFunc(runs::incrementAndGet);
        assertFalse(f.isStarted());
        assertTrue(f.stop());
        assertFalse(f.stop());
        assertEquals(0, runs.get());
    }

    @Test
    @Item("CTX-A09")
    void action_seesTheContextDone() {
        for (int i = 0; i < 200; i++) {
            var ctx = BG.withCancel();
            var right = new AtomicBoolean();
            AfterFunc f = ctx.afterFunc(() -> right.set(ctx.err() != null && ctx.done().isDone()));
            ctx.cancel();
            f.await();
            assertTrue(right.get());
        }
    }

    @Test
    void action_runsWithTheContextsValuesAndWithoutItsEnd() {
        var ctx = BG.withValue(KEY, "v").withTimeout(HOUR);
        var seen = new AtomicReference<Context>();
        AfterFunc f = ctx.afterFunc(() -> seen.set(Context.current()));
        ctx.cancel();
        f.await();
        assertEquals("v", seen.get().value(KEY));
        assertTrue(seen.get().done().isNever());
        assertNull(seen.get().err());
    }

    @Test
    @Item("CTX-A10")
    @Hazard(25)
    void action_thatThrows_isAnUncaughtFailureAndOthersStillRun() {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        FailurePolicy old = Go.failurePolicy(FailurePolicy.handler((who, failure) -> failures.add(failure)));
        try {
            var ctx = BG.withCancel();
            var child = ctx.withCancel();
            List<Throwable> thrown = List.of(new IllegalStateException("a"), new AssertionError("b"),
                    new StackOverflowError("c"));
            var all = new ArrayList<AfterFunc>();
            var runs = new AtomicInteger();
            for (Throwable t : thrown) {
                all.add(ctx.afterFunc(() -> {
                    throw TestExceptions.sneaky(t);
                }));
                all.add(child.afterFunc(runs::incrementAndGet));
            }
            ctx.cancel();
            all.forEach(AfterFunc::await);
            assertEquals(3, runs.get());
            assertTrue(child.isDone());
            assertEquals(3, failures.size());
            assertTrue(failures.containsAll(thrown));
        } finally {
            Go.failurePolicy(old);
        }
    }

    private static final class TestExceptions {
        @SuppressWarnings("unchecked")
        static <X extends Throwable> RuntimeException sneaky(Throwable t) throws X {
            throw (X) t;
        }
    }

    @Test
    @Hazard(26)
    void action_thatCancelsRelativesAndRegisters_doesNotDeadlock() {
        var parent = BG.withCancel();
        var ctx = parent.withCancel();
        var sibling = parent.withCancel();
        var second = new AtomicReference<AfterFunc>();
        var runs = new AtomicInteger();
        AfterFunc f = ctx.afterFunc(() -> {
            ctx.cancel();
            sibling.cancel();
            parent.cancel();
            second.set(ctx.afterFunc(runs::incrementAndGet));
        });
        ctx.cancel();
        f.await();
        second.get().await();
        assertEquals(1, runs.get());
        assertTrue(parent.isDone() && sibling.isDone());
    }

    @Test
    void await_whenAnotherStopsIt_returns() {
        for (Context ctx : List.of(BG.withCancel(), BG)) {
            AfterFunc f = ctx.afterFunc(() -> {});
            var threads = new TestTools.Threads();
            Thread t = threads.virtual(f::await);
            TestTools.parked(t);
            assertTrue(f.stop());
            threads.join();
        }
    }

    @Test
    void await_interrupted_throwsItsOwnType() {
        AfterFunc f = BG.withCancel().afterFunc(() -> {});
        var threads = new TestTools.Threads();
        Thread t = threads.virtual(() -> {
            assertThrows(InterruptedWaitException.class, f::await);
            assertTrue(Thread.currentThread().isInterrupted());
        });
        TestTools.parked(t);
        t.interrupt();
        threads.join();
        assertTrue(f.stop());
    }

    @Test
    void close_whenTooLate_waitsForTheActionWhateverInterruptsCome() {
        var ctx = BG.withCancel();
        var goOn = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        AfterFunc f = ctx.afterFunc(() -> {
            TestTools.await(goOn);
            ended.set(true);
        });
        ctx.cancel();
        var threads = new TestTools.Threads();
        Thread t = threads.virtual(() -> {
            f.close();
            assertTrue(ended.get());
            assertTrue(Thread.interrupted());
        });
        TestTools.parked(t);
        t.interrupt();
        goOn.countDown();
        threads.join();
        assertNotNull(f.toString());
        assertSame(true, f.isStarted());
    }
}
