package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The protocol of the bridge. What the JDK's calls make of an interrupt is in [InterruptMatrixTest].
class InterruptibleTest {
    private static final Context ROOT = Context.background();

    @AfterEach
    void noFlagIsLeft() {
        assertFalse(Thread.interrupted(), "the test's thread kept an interrupt");
    }

    private static Object take() throws InterruptedException {
        return new LinkedBlockingQueue<>().take();
    }

    // Results.

    @Test
    void call_noCancel_answersTheValue() throws Exception {
        var ran = new AtomicBoolean();
        assertEquals("value", Interruptible.call(ROOT, () -> "value"));
        assertSame(null, Interruptible.call(ROOT.withCancel(), () -> null));
        Interruptible.run(ROOT, () -> ran.set(true));
        assertTrue(ran.get());
    }

    @Test
    void call_bodyFails_throwsItAsItCame() {
        var failure = new IOException("planted");
        var error = new AssertionError("planted");
        assertSame(failure, assertThrows(IOException.class, () -> Interruptible.call(ROOT.withCancel(), () -> {
            throw failure;
        })));
        assertSame(error, assertThrows(AssertionError.class, () -> Interruptible.run(ROOT.withCancel(), () -> {
            throw error;
        })));
    }

    @Test
    void call_contextEndedBefore_doesNotRunTheBody() {
        var ran = new AtomicBoolean();
        var ctx = ROOT.withCancel();
        ctx.cancel();
        assertThrows(CancelledException.class, () -> Interruptible.run(ctx, () -> ran.set(true)));
        assertThrows(CancelledException.class, () -> Interruptible.call(ctx, () -> ran.getAndSet(true)));
        assertFalse(ran.get());
    }

    @Test
    void call_contextEnds_throwsItsExceptionWithTheBodysSuppressed() throws Exception {
        var cause = new IOException("planted");
        var ctx = ROOT.withCancel();
        var thrown = onThread(() -> Interruptible.call(ctx, InterruptibleTest::take), () -> ctx.cancel(cause));
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertSame(cause, thrown.failure().getCause());
        assertInstanceOf(InterruptedException.class, thrown.failure().getSuppressed()[0]);
        assertFalse(thrown.flag());
    }

    @Test
    void call_deadlinePasses_throwsDeadlineExceeded() {
        var ran = new AtomicBoolean();
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(100))) {
            var thrown = assertThrows(DeadlineExceededException.class, () -> Interruptible.call(ctx, () -> {
                ran.set(true);
                return take();
            }));
            assertEquals(ran.get() ? 1 : 0, thrown.getSuppressed().length);
        }
    }

    @Test
    void call_parentEnds_endsTheBody() throws Exception {
        var parent = ROOT.withCancel();
        var ctx = parent.withTimeout(Duration.ofHours(1));
        var thrown = onThread(() -> Interruptible.call(ctx, InterruptibleTest::take), parent::cancel);
        assertInstanceOf(CancelledException.class, thrown.failure());
    }

    @Test
    void call_wrappedInterruption_isRecognised() throws Exception {
        var ctx = ROOT.withCancel();
        var wrapped = new RuntimeException[1];
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    try {
                        return take();
                    } catch (InterruptedException e) {
                        wrapped[0] = new IllegalStateException("wrapped", e);
                        throw wrapped[0];
                    }
                }),
                ctx::cancel);
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertSame(wrapped[0], thrown.failure().getSuppressed()[0]);
    }

    @Test
    void call_interruptedBodyThrowsSomethingElse_throwsItAsItCame() throws Exception {
        var ctx = ROOT.withCancel();
        var failure = new IOException("planted");
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    try {
                        return take();
                    } catch (InterruptedException e) {
                        throw failure;
                    }
                }),
                ctx::cancel);
        assertSame(failure, thrown.failure());
        assertFalse(thrown.flag());
    }

    @Test
    void call_ringOfCauses_isLookedThroughOnce() throws Exception {
        var a = new Exception("a");
        a.initCause(new Exception("b", a));
        var ctx = ROOT.withCancel();
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    try {
                        return take();
                    } catch (InterruptedException e) {
                        throw a;
                    }
                }),
                ctx::cancel);
        assertSame(a, thrown.failure());
    }

    @Test
    void call_valueThoughInterrupted_isKept() throws Exception {
        var ctx = ROOT.withCancel();
        var flagInside = new AtomicBoolean();
        Object value = Interruptible.call(ctx, () -> {
            ctx.cancel();
            flagInside.set(Thread.currentThread().isInterrupted());
            return "value";
        });
        assertEquals("value", value);
        assertTrue(flagInside.get(), "the interrupt was delivered");
        assertFalse(Thread.currentThread().isInterrupted(), "and taken back");
        assertThrows(CancelledException.class, ctx::check);
    }

    @Test
    @Hazard(47)
    void call_bodySwallows_itsValueIsAnsweredAndNoFlagIsLeft() throws Exception {
        var ctx = ROOT.withCancel();
        var gate = new CountDownLatch(1);
        var swallowed = new CountDownLatch(1);
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    try {
                        take();
                    } catch (InterruptedException e) {
                        swallowed.countDown();
                    }
                    gate.await();
                    return "late";
                }),
                () -> {
                    ctx.cancel();
                    assertTrue(swallowed.await(20, TimeUnit.SECONDS));
                    gate.countDown();
                });
        assertEquals("late", thrown.value());
        assertFalse(thrown.flag());
    }

    @Test
    void call_bodySetsTheFlagAgain_theFlagIsTakenBack() throws Exception {
        var ctx = ROOT.withCancel();
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    try {
                        return take();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException(e);
                    }
                }),
                ctx::cancel);
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertFalse(thrown.flag());
    }

    @Test
    void call_waitOfOurs_isInterruptedToo() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        var ctx = ROOT.withCancel();
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    wg.await();
                    return "never";
                }),
                ctx::cancel);
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertInstanceOf(InterruptedWaitException.class, thrown.failure().getSuppressed()[0]);
        assertFalse(thrown.flag());
    }

    @Test
    void call_exitInTheBody_endsTheGoroutine() {
        var steps = new java.util.ArrayList<String>();
        var wg = new WaitGroup();
        wg.go(() -> {
            Interruptible.run(ROOT.withCancel(), Go::exit);
            steps.add("alive");
        });
        wg.await();
        assertEquals(java.util.List.of(), steps);
    }

    // Interrupts of others.

    @Test
    @Hazard(48)
    void call_foreignInterrupt_passesThroughAsItCame() throws Exception {
        var ctx = ROOT.withCancel();
        var body = new CompletableFuture<Throwable>();
        var victim = new CompletableFuture<Thread>();
        var thrown = onThread(
                () -> Interruptible.call(ctx, () -> {
                    victim.complete(Thread.currentThread());
                    try {
                        return take();
                    } catch (InterruptedException e) {
                        body.complete(e);
                        throw e;
                    }
                }),
                () -> victim.get().interrupt());
        assertSame(body.get(), thrown.failure());
        assertFalse(ctx.isDone());
    }

    @Test
    void call_foreignInterruptThatTheBodyDoesNotHear_staysSet() throws Exception {
        Interruptible.run(ROOT.withCancel(), () -> Thread.currentThread().interrupt());
        assertTrue(Thread.interrupted());
    }

    @Test
    void call_flagSetBefore_isKeptForAfterwards() throws Exception {
        Thread.currentThread().interrupt();
        assertEquals("value", Interruptible.call(ROOT.withCancel(), () -> "value"));
        assertTrue(Thread.interrupted());
    }

    @Test
    void call_flagSetBeforeAndCancelled_isKeptForAfterwards() throws Exception {
        var ctx = ROOT.withCancel();
        Thread.currentThread().interrupt();
        assertThrows(CancelledException.class, () -> Interruptible.call(ctx, () -> {
            ctx.cancel();
            return take();
        }));
        assertTrue(Thread.interrupted(), "the foreign one");
    }

    @Test
    void call_flagSetBefore_endsTheBodyAsForeign() {
        var ctx = ROOT.withCancel();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> Interruptible.call(ctx, InterruptibleTest::take));
        assertFalse(Thread.currentThread().isInterrupted(), "the body took it");
    }

    // Nested.

    @Test
    void nested_outerEnds_endsTheInnerBodyAndOnlyTheOuterSaysSo() throws Exception {
        var outer = ROOT.withCancel();
        var inner = ROOT.withCancel();
        var seen = new CompletableFuture<Throwable>();
        var thrown = onThread(
                () -> Interruptible.call(outer, () -> {
                    try {
                        return Interruptible.call(inner, InterruptibleTest::take);
                    } catch (Throwable t) {
                        seen.complete(t);
                        throw t;
                    }
                }),
                outer::cancel);
        assertInstanceOf(InterruptedException.class, seen.get());
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertFalse(thrown.flag());
    }

    @Test
    void nested_innerEnds_theOuterBodyGoesOnWithoutFlag() throws Exception {
        var outer = ROOT.withCancel();
        var inner = ROOT.withCancel();
        var thrown = onThread(
                () -> Interruptible.call(outer, () -> {
                    assertThrows(
                            CancelledException.class, () -> Interruptible.call(inner, InterruptibleTest::take));
                    return Thread.currentThread().isInterrupted();
                }),
                inner::cancel);
        assertEquals(false, thrown.value());
        assertFalse(thrown.flag());
    }

    @Test
    void nested_bothEnd_theInnerLeavesTheOutersInterrupt() throws Exception {
        var outer = ROOT.withCancel();
        var inner = ROOT.withCancel();
        Object flagBetween = Interruptible.call(outer, () -> {
            Interruptible.run(inner, () -> {
                outer.cancel();
                inner.cancel();
            });
            return Thread.currentThread().isInterrupted();
        });
        assertEquals(true, flagBetween, "the outer's interrupt is still to be heard");
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void nested_innerEndsOuterEndsLater_eachIsHeardOnce() throws Exception {
        var outer = ROOT.withCancel();
        var inner = outer.withCancel();
        var reached = new CountDownLatch(1);
        var thrown = onThread(
                () -> Interruptible.call(outer, () -> {
                    assertThrows(CancelledException.class, () -> Interruptible.run(inner, () -> {
                        inner.cancel();
                        take();
                    }));
                    reached.countDown();
                    return take();
                }),
                () -> {
                    reached.await();
                    outer.cancel();
                });
        assertInstanceOf(CancelledException.class, thrown.failure());
        assertFalse(thrown.flag());
    }

    @Test
    void nested_threeDeepAllEnd_noFlagIsLeft() throws Exception {
        var a = ROOT.withCancel();
        var b = ROOT.withCancel();
        var c = ROOT.withCancel();
        Interruptible.run(a, () -> {
            Interruptible.run(b, () -> {
                Interruptible.run(c, () -> {
                    b.cancel();
                    a.cancel();
                    c.cancel();
                });
                assertTrue(Thread.currentThread().isInterrupted());
            });
            assertTrue(Thread.currentThread().isInterrupted());
        });
        assertFalse(Thread.currentThread().isInterrupted());
    }

    // Afterwards.

    @Test
    void call_over_laterCancelDoesNotInterrupt() throws Exception {
        var ctx = ROOT.withCancel();
        Interruptible.run(ctx, () -> {});
        ctx.cancel();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void call_over_leavesNothingAtTheContext() throws Exception {
        try (var ctx = ROOT.withCancel()) {
            for (int i = 0; i < 100; i++) {
                Interruptible.run(ctx, () -> {});
                assertThrows(IOException.class, () -> Interruptible.run(ctx, () -> {
                    throw new IOException("planted");
                }));
            }
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
        }
    }

    @Test
    void call_nullArguments_areRefused() {
        assertAll(
                () -> assertThrows(NullPointerException.class, () -> Interruptible.call(ROOT, null)),
                () -> assertThrows(NullPointerException.class, () -> Interruptible.run(ROOT, null)),
                () -> assertThrows(NullPointerException.class, () -> Interruptible.run(null, () -> {})));
    }

    // How a call ended on a thread of its own, and the thread's flag after it.
    private record Ended(Object value, Throwable failure, boolean flag) {}

    /// Runs `call` on a new virtual thread, does `action` once that waits, and answers how the call ended.
    private static Ended onThread(Callable<?> call, Task action) throws Exception {
        var ended = new CompletableFuture<Ended>();
        Thread thread = Thread.startVirtualThread(() -> {
            Object value = null;
            Throwable failure = null;
            try {
                value = call.call();
            } catch (Throwable t) {
                failure = t;
            }
            ended.complete(new Ended(value, failure, Thread.currentThread().isInterrupted()));
        });
        Until.until("the call waits or has ended", () -> ended.isDone() || switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            default -> false;
        });
        action.run();
        return ended.get(20, TimeUnit.SECONDS);
    }
}
