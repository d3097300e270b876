package dev.millrace.time;

import static dev.millrace.time.After.afterFunc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.Inside;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DelayedCallTest {
    private final ManualScheduler time = new ManualScheduler();

    @RegisterExtension
    final Inside inside = new Inside(time);
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void nothing_isLeft() {
        assertTrue(time.lowest() >= 0, "lowest count " + time.lowest());
        assertEquals(0, time.runnable());
        assertEquals(0, time.timers());
    }

    private static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private <T> T in(Callable<T> body) {
        var made = new AtomicReference<T>();
        time.run(() -> made.set(body.call()));
        return made.get();
    }

    private void advance(long seconds) {
        time.advance(s(seconds));
        time.awaitIdle();
    }

    private int calls() {
        time.awaitIdle();
        return calls.get();
    }

    @Item({"TM-01", "TM-04"})
    @Test
    void call_runsOnAGoroutineOfItsOwn_atTheInstantAndNotBefore() {
        var threads = new AtomicReference<Thread>();
        var call = in(() -> {
            threads.set(Thread.currentThread());
            return afterFunc(s(2), () -> {
                assertNotSame(threads.get(), Thread.currentThread());
                assertTrue(Thread.currentThread().isVirtual());
                calls.incrementAndGet();
            });
        });
        time.advance(s(2).minusNanos(1));
        assertEquals(0, calls());
        time.advance(1);
        assertEquals(1, calls());
        advance(100);
        assertEquals(1, calls(), "once");
        assertFalse(call.stop(), "it has run");
    }

    @Item("TM-01")
    @Test
    void call_zeroOrLess_runsAtOnce() {
        time.run(() -> {
            afterFunc(Duration.ZERO, calls::incrementAndGet);
            afterFunc(s(-1), calls::incrementAndGet);
        });
        advance(0);
        assertEquals(2, calls());
    }

    @Item("TM-04")
    @Test
    void stop_beforeItRuns_isTrueAndItDoesNotRun() {
        var call = in(() -> afterFunc(s(2), calls::incrementAndGet));
        assertTrue(call.stop());
        assertFalse(call.stop());
        advance(10);
        assertEquals(0, calls());
    }

    @Item("TM-04")
    @Test
    void stop_whileItRuns_isFalseAndDoesNotWait() {
        var go = in(Chan::<Integer>unbuffered);
        var call = in(() -> afterFunc(s(1), go::receive));
        advance(1);
        assertFalse(call.stop(), "and has returned though the call goes on");
        assertEquals("DelayedCall (1 to come or going on)", call.toString());
        time.run(() -> go.send(1));
        time.awaitIdle();
        assertEquals("DelayedCall (nothing to come)", call.toString());
    }

    @Item("TM-04")
    @Test
    void reset_beforeItRuns_isTrueAndMovesIt() {
        var call = in(() -> afterFunc(s(2), calls::incrementAndGet));
        advance(1);
        assertTrue(call.reset(s(5)));
        advance(4);
        assertEquals(0, calls());
        advance(1);
        assertEquals(1, calls());
    }

    @Item("TM-04")
    @Test
    void reset_afterItRan_isFalseAndItRunsAgain_alsoBesideTheFirst() {
        var go = in(Chan::<Integer>unbuffered);
        var call = in(() -> afterFunc(s(1), () -> {
            calls.incrementAndGet();
            go.receive();
        }));
        advance(1);
        assertFalse(call.reset(s(1)));
        advance(1);
        assertEquals(2, calls(), "the first still goes on");
        time.run(() -> {
            go.send(1);
            go.send(2);
        });
        time.awaitIdle();
        assertFalse(call.stop());
        assertFalse(call.reset(s(1)), "stopped or run: the same");
        assertTrue(call.stop());
    }

    @Test
    void call_hasTheContextOfWhereItWasSet() {
        var key = Context.Key.<String>named("who");
        var seen = new AtomicReference<String>();
        time.run(() -> Context.background()
                .withValue(key, "me")
                .run(() -> afterFunc(s(1), () -> seen.set(Context.current().value(key)))));
        advance(1);
        assertEquals("me", seen.get());
    }

    @Test
    void close_prevents_orWaitsForTheEnd() {
        var call = in(() -> afterFunc(s(1), calls::incrementAndGet));
        call.close();
        advance(2);
        assertEquals(0, calls());

        var go = in(Chan::<Integer>unbuffered);
        var running = in(() -> afterFunc(s(1), go::receive));
        advance(1);
        Started closer = time.go(running::close);
        time.awaitIdle();
        assertFalse(closer.isFinished());
        time.run(() -> go.send(1));
        time.awaitIdle();
        closer.check();
    }

    @Test
    void closeAndAwait_fromWithinTheCall_returnAtOnce() {
        var self = new AtomicReference<DelayedCall>();
        time.run(() -> self.set(afterFunc(s(1), () -> {
            self.get().await();
            self.get().close();
            calls.incrementAndGet();
        })));
        advance(1);
        assertEquals(1, calls());
    }

    @Test
    void await_waitsForTheCall_andEndsWithAnInterrupt() throws Exception {
        var call = in(() -> afterFunc(s(5), calls::incrementAndGet));
        Started waiter = time.go(() -> {
            call.await();
            assertEquals(1, calls.get());
        });
        Started interrupted = time.go(() -> {
            assertThrows(InterruptedWaitException.class, call::await);
            Thread.interrupted();
        });
        time.awaitIdle();
        interrupted.thread().interrupt();
        Until.until("the interrupted one has ended", interrupted::isFinished);
        interrupted.check();
        advance(5);
        waiter.check();
    }

    @Test
    void null_isRefused() {
        assertThrows(NullPointerException.class, () -> afterFunc(null, () -> {}));
        assertThrows(NullPointerException.class, () -> afterFunc(s(1), null));
        var call = in(() -> afterFunc(s(1), calls::incrementAndGet));
        assertThrows(NullPointerException.class, () -> call.reset(null));
        advance(1);
        assertSame(1, calls(), "a reset that was refused changes nothing");
    }
}
