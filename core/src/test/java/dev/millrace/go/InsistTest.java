package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Regions that interrupt again and again. Their protocol in every order is explored in `verify/explore`.
class InsistTest {
    private static final Context ROOT = Context.background();

    /// Waits, and goes on doing so for the first `n` interrupts.
    private static Object takeAndSwallow(AtomicInteger swallowed, int n) throws InterruptedException {
        var queue = new SynchronousQueue<>();
        for (;;) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                if (swallowed.incrementAndGet() > n) {
                    throw e;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Hazard(47)
    void body_swallowsFiveInterrupts_isEndedByTheSixth(boolean virtual) throws Exception {
        var ctx = ROOT.withCancel();
        var swallowed = new AtomicInteger();
        var begun = new CountDownLatch(1);
        var failure = new CompletableFuture<Throwable>();
        var flag = new AtomicBoolean();
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(() -> {
            try {
                Interruptible.callInsisting(ctx, () -> {
                    begun.countDown();
                    return takeAndSwallow(swallowed, 5);
                });
                failure.complete(new AssertionError("it has answered"));
            } catch (Throwable t) {
                flag.set(Thread.interrupted());
                failure.complete(t);
            }
        });
        begun.await();
        ctx.cancel(new IOException("planted"));
        Throwable thrown = failure.get(50, TimeUnit.SECONDS);
        assertInstanceOf(CancelledException.class, thrown);
        assertEquals("planted", thrown.getCause().getMessage());
        assertInstanceOf(InterruptedException.class, thrown.getSuppressed()[0]);
        assertEquals(6, swallowed.get());
        assertFalse(flag.get(), "a flag is left");
    }

    @Test
    void body_thatNeverWaits_seesTheFlagAgain() throws Exception {
        var ctx = ROOT.withCancel();
        var seen = new AtomicInteger();
        String value = Interruptible.callInsisting(ctx, () -> {
            ctx.cancel();
            while (seen.get() < 3) {
                if (Thread.interrupted()) {
                    seen.incrementAndGet();
                }
                LockSupport.parkNanos(100_000);
            }
            return "done";
        });
        assertEquals("done", value);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void body_contextLives_isLeftAlone() throws Exception {
        assertEquals("value", Interruptible.callInsisting(ROOT, () -> "value"));
        assertNull(Interruptible.callInsisting(ROOT.withCancel(), () -> null));
        var failure = new IOException("planted");
        assertEquals(failure,
                assertThrows(IOException.class, () -> Interruptible.runInsisting(ROOT.withCancel(), () -> {
                    throw failure;
                })));
        assertThrows(NullPointerException.class, () -> Interruptible.runInsisting(ROOT, null));
        assertThrows(NullPointerException.class, () -> Interruptible.callInsisting(ROOT, null));
    }

    @Test
    void body_contextEndedBefore_isNotRun() {
        var ctx = ROOT.withCancel();
        ctx.cancel();
        var ran = new AtomicBoolean();
        assertThrows(CancelledException.class, () -> Interruptible.runInsisting(ctx, () -> ran.set(true)));
        assertFalse(ran.get());
    }

    @Test
    void foreignInterrupt_beforeTheEnd_passesThroughAsItCame() throws Exception {
        var ctx = ROOT.withCancel();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class,
                () -> Interruptible.callInsisting(ctx, () -> new SynchronousQueue<>().take()));
        assertFalse(ctx.isDone());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /// Several threads, each of which leaves at about the moment at which one is sent again: what it does next is not interrupted. Every other region
    /// ends without a cancel: a flag that comes late is found there.
    @Test
    @Hazard(47)
    void exit_whileOneIsSentAgain_leaksNothing() throws Exception {
        var rounds = new AtomicInteger();
        var again = new AtomicInteger();
        var wrong = new AtomicReference<Throwable>();
        Spell spell = Spell.of(Duration.ofSeconds(1), () -> again.get() > 50 || wrong.get() != null);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 16; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    while (spell.lasts()) {
                        round(again);
                        rounds.incrementAndGet();
                    }
                } catch (Throwable t) {
                    wrong.set(t);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (wrong.get() != null) {
            throw new AssertionError("after " + rounds, wrong.get());
        }
        assertTrue(again.get() > 50, again + " were sent again, in " + rounds + " rounds");
    }

    private static void round(AtomicInteger again) throws Exception {
        var ctx = ROOT.withCancel();
        long most = 4_000_000 + ThreadLocalRandom.current().nextLong(3_000_000); // the first pause is within
        Interruptible.runInsisting(ctx, () -> {
            ctx.cancel();
            if (!Thread.interrupted()) {
                throw new AssertionError("not interrupted");
            }
            long start = System.nanoTime();
            while (System.nanoTime() - start < most) {
                LockSupport.parkNanos(100_000);
                if (Thread.interrupted()) {
                    again.incrementAndGet();
                }
            }
        });
        Interruptible.runInsisting(ROOT.withCancel(), () -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("a flag is left");
            }
            LockSupport.parkNanos(200_000);
        });
        if (Thread.interrupted()) {
            throw new AssertionError("a flag came late");
        }
    }
}
