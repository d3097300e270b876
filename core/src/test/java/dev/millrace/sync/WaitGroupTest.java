package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.ContextTask;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.Task;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitGroupTest {
    private static void waiting(WaitGroup wg, int n) throws Exception {
        Until.until(n + " wait", () -> wg.toString().contains(" " + n + " waiting"));
    }

    @Test
    @Item({"WG-01"})
    void await_atZero_returnsAtOnce() {
        var wg = new WaitGroup();
        wg.await();
        wg.await(Context.background());
        assertEquals(0, wg.count());
    }

    @Test
    @Item({"WG-01"})
    void await_aboveZero_waitsAndAllAreReleasedAtZero() throws Exception {
        var wg = new WaitGroup();
        wg.add(2);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 5; i++) {
            threads.add(Thread.startVirtualThread(wg::await));
            threads.add(Thread.ofPlatform().daemon().start(wg::await));
        }
        waiting(wg, 10);
        wg.done();
        for (Thread t : threads) {
            assertTrue(t.isAlive(), "one is not zero");
        }
        wg.done();
        for (Thread t : threads) {
            Until.ended(t);
        }
        assertEquals("sync.WaitGroup.Wait (counter 0, 0 waiting)", wg.toString());
    }

    @Test
    @Item({"WG-03"})
    @Hazard(35)
    void add_belowZero_isRefusedAndChangesNothing() {
        var fresh = new WaitGroup();
        var one = new WaitGroup();
        one.add(1);
        assertAll(
                () -> refused(fresh::done),
                () -> assertEquals(0, fresh.count()),
                () -> refused(() -> one.add(-3)),
                () -> assertEquals(1, one.count()),
                one::done,
                () -> refused(one::done),
                () -> assertEquals(0, one.count()),
                () -> refused(() -> one.add(Integer.MIN_VALUE)),
                one::await);
    }

    private static void refused(Runnable add) {
        String message = assertThrows(IllegalStateException.class, add::run).getMessage();
        assertTrue(message.startsWith("sync: negative WaitGroup counter"), message);
    }

    @Test
    void add_belowZeroWhileSomebodyWaits_releasesNobody() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        Thread waiter = Thread.startVirtualThread(wg::await);
        waiting(wg, 1);
        assertThrows(IllegalStateException.class, () -> wg.add(-2));
        assertEquals(1, wg.count());
        assertTrue(waiter.isAlive());
        wg.done();
        Until.ended(waiter);
    }

    @Test
    void add_aboveTheRange_isRefusedAndChangesNothing() {
        var wg = new WaitGroup();
        wg.add(Integer.MAX_VALUE);
        assertThrows(IllegalStateException.class, () -> wg.add(1));
        assertThrows(IllegalStateException.class, () -> wg.go(() -> {}));
        assertEquals(Integer.MAX_VALUE, wg.count());
        wg.add(-Integer.MAX_VALUE);
        wg.await();
        assertEquals(0, wg.count());
    }

    @Test
    @Item({"WG-04"})
    void add_twoAndMinusTwo_thenAwait_isFine() {
        var wg = new WaitGroup();
        wg.add(2);
        wg.add(-2);
        wg.await();
        wg.add(0);
        wg.await();
        wg.add(1);
        wg.add(0);
        assertEquals(1, wg.count());
        wg.done();
        wg.await();
        assertEquals(0, wg.count());
    }

    @Test
    @Item({"WG-05"})
    void group_usedAgainAfterAllReturned_works() throws Exception {
        var wg = new WaitGroup();
        for (int round = 0; round < 100; round++) {
            var ran = new AtomicBoolean();
            wg.add(1);
            Thread.startVirtualThread(() -> {
                ran.set(true);
                wg.done();
            });
            wg.await();
            assertTrue(ran.get());
        }
    }

    @Test
    @Item({"WG-06"})
    void add_fromZeroWhileReleasedWaitersReturn_isNoMisuse() throws Exception {
        var wg = new WaitGroup();
        for (int round = 0; round < 500; round++) {
            wg.add(1);
            var failure = new AtomicReference<Throwable>();
            Runnable body = () -> {
                try {
                    wg.await();
                } catch (Throwable t) {
                    failure.set(t);
                }
            };
            Thread waiter = Thread.startVirtualThread(body);
            Thread.yield();
            wg.done();
            wg.add(1); // at once, from zero: the waiter belongs to the descent before, or waits for the next
            wg.done();
            Until.ended(waiter);
            assertSame(null, failure.get());
        }
    }

    @Test
    void await_releasedThenCounterRaisedAtOnce_returnsAllTheSame() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        Thread waiter = Thread.startVirtualThread(wg::await);
        waiting(wg, 1);
        wg.done();
        wg.add(1); // the next ascent, which nobody brings down
        Until.ended(waiter);
        assertEquals(1, wg.count());
    }

    @Test
    @Item({"WG-08"})
    void go_task_isCountedBeforeTheStartAndVisibleAfterTheAwait() throws Exception {
        var wg = new WaitGroup();
        var gate = new CountDownLatch(1);
        var plain = new int[1];
        wg.go(() -> {
            gate.await();
            plain[0] = 7;
        });
        assertEquals(1, wg.count());
        gate.countDown();
        wg.await();
        assertEquals(7, plain[0]);
    }

    @Test
    void go_withContext_getsAViewAndInheritsOtherwise() throws Exception {
        var wg = new WaitGroup();
        var seen = Collections.synchronizedList(new ArrayList<Context>());
        try (var ctx = Context.background().withCancel()) {
            wg.go(ctx, c -> seen.addAll(List.of(c, Context.current())));
            ctx.run(() -> wg.go(() -> seen.add(Context.current())));
            wg.await();
            assertEquals(List.of(ctx, ctx, ctx), seen);
        }
    }

    @Test
    @Item({"WG-09"})
    void go_withinATask_extendsTheWait() throws Exception {
        var wg = new WaitGroup();
        var gate = new CountDownLatch(1);
        var ran = new AtomicBoolean();
        wg.go(() -> wg.go(() -> wg.go(() -> {
            gate.await();
            ran.set(true);
        })));
        Thread waiter = Thread.startVirtualThread(wg::await);
        waiting(wg, 1);
        assertFalse(ran.get());
        gate.countDown();
        Until.ended(waiter);
        assertTrue(ran.get());
    }

    @Test
    @Item({"WG-10"})
    void go_exitInTheTask_releasesTheAwait() {
        var wg = new WaitGroup();
        wg.go(Go::exit);
        wg.await();
        assertEquals(0, wg.count());
    }

    @Test
    void go_taskFails_countsDownAfterThePolicy() {
        var seen = new ArrayList<Throwable>(); // plain: visible after the await
        FailurePolicy old = Go.failurePolicy(FailurePolicy.handler((_, failure) -> seen.add(failure)));
        try {
            var wg = new WaitGroup();
            var failure = new IOException("planted");
            wg.go(() -> {
                throw failure;
            });
            wg.await();
            assertEquals(List.of(failure), seen);
        } finally {
            Go.failurePolicy(old);
        }
    }

    @Test
    void go_null_isRefusedAndNotCounted() {
        var wg = new WaitGroup();
        assertThrows(NullPointerException.class, () -> wg.go((Task) null));
        assertThrows(NullPointerException.class, () -> wg.go(Context.background(), (ContextTask) null));
        assertThrows(NullPointerException.class, () -> wg.go(null, _ -> {}));
        assertEquals(0, wg.count());
    }

    // The form with a context.

    @Test
    void await_underAnEndedContext_throwsAlsoAtZero() {
        var wg = new WaitGroup();
        var ctx = Context.background().withCancel();
        ctx.cancel("enough");
        assertThrows(CancelledException.class, () -> wg.await(ctx));
        wg.add(1);
        assertThrows(CancelledException.class, () -> wg.await(ctx));
        assertEquals(1, wg.count());
    }

    @Test
    void await_contextEndsFirst_throwsAndLeavesTheGroupAsItWas() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        var ctx = Context.background().withCancel();
        var thrown = new CompletableFuture<Throwable>();
        Thread.startVirtualThread(
                () -> thrown.complete(assertThrows(Throwable.class, () -> wg.await(ctx))));
        waiting(wg, 1);
        var cause = new IOException("planted");
        ctx.cancel(cause);
        Throwable t = thrown.get(20, TimeUnit.SECONDS);
        assertEquals(CancelledException.class, t.getClass());
        assertSame(cause, t.getCause());
        assertEquals("sync.WaitGroup.Wait (counter 1, 0 waiting)", wg.toString());
        wg.done();
        wg.await();
    }

    @Test
    void await_deadlinePasses_throwsDeadlineExceeded() {
        var wg = new WaitGroup();
        wg.add(1);
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(20))) {
            assertThrows(DeadlineExceededException.class, () -> wg.await(ctx));
        }
        assertEquals("sync.WaitGroup.Wait (counter 1, 0 waiting)", wg.toString());
    }

    @Test
    void await_releasedUnderAContext_leavesNothingBehindThere() throws Exception {
        var wg = new WaitGroup();
        try (var ctx = Context.background().withCancel()) {
            for (int i = 0; i < 10; i++) {
                wg.add(1);
                Thread waiter = Thread.startVirtualThread(() -> wg.await(ctx));
                waiting(wg, 1);
                wg.done();
                Until.ended(waiter);
            }
            assertEquals(0, dev.millrace.internal.ContextBase.nodeOf(ctx).listeners());
        }
    }

    // Interrupts.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void await_interrupted_throwsKeepsTheFlagAndLosesNothing(boolean underContext) throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        try (var ctx = Context.background().withCancel()) {
            var flag = new AtomicBoolean();
            var thrown = new CompletableFuture<Throwable>();
            Thread victim = Thread.ofVirtual().unstarted(() -> {
                Throwable t = assertThrows(Throwable.class, () -> {
                    if (underContext) {
                        wg.await(ctx);
                    } else {
                        wg.await();
                    }
                });
                flag.set(Thread.currentThread().isInterrupted());
                thrown.complete(t);
            });
            Thread other = Thread.startVirtualThread(wg::await);
            victim.start();
            waiting(wg, 2);
            victim.interrupt();
            assertEquals(InterruptedWaitException.class, thrown.get(20, TimeUnit.SECONDS).getClass());
            assertTrue(flag.get());
            waiting(wg, 1);
            assertTrue(other.isAlive());
            assertEquals(1, wg.count());
            wg.done();
            Until.ended(other);
        }
    }

    @Test
    void await_flagSetBefore_throwsWhenItWouldWaitAndNotAtZero() {
        var wg = new WaitGroup();
        Thread.currentThread().interrupt();
        wg.await();
        assertTrue(Thread.currentThread().isInterrupted());
        wg.add(1);
        assertThrows(InterruptedWaitException.class, wg::await);
        assertTrue(Thread.interrupted());
        assertEquals("sync.WaitGroup.Wait (counter 1, 0 waiting)", wg.toString());
    }
}
