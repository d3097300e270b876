package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cancels that race with the end of the body: an interrupt never reaches what the thread does next. Bounded by time as well
/// as by rounds, since a loaded machine makes the threads meet seldom.
class InterruptibleStressTest {
    private static final int ROUNDS = 100_000;
    private static final long LIMIT = Duration.ofSeconds(3).toNanos();

    private static <T> T run(boolean virtual, Callable<T> work) throws Exception {
        var result = new CompletableFuture<T>();
        var builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        builder.start(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result.get(50, TimeUnit.SECONDS);
    }

    private static void spin(int n) {
        for (int i = 0; i < n; i++) {
            Thread.onSpinWait();
        }
    }

    /// The body ends soon after the canceller has taken its context, and nobody waits for the cancel. Every other context is
    /// never cancelled, so an interrupt that comes late is found in its round, where nobody takes it back.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Hazard(44)
    void cancel_racingWithTheBodysEnd_neverLeaksAFlag(boolean virtual) throws Exception {
        var offered = new AtomicReference<CancellableContext>();
        var stop = new AtomicBoolean();
        var cancels = new AtomicInteger();
        Thread canceller = Thread.ofPlatform().daemon().start(() -> {
            while (!stop.get()) {
                CancellableContext ctx = offered.get();
                if (ctx == null) {
                    Thread.yield();
                } else if (offered.compareAndSet(ctx, null)) {
                    spin(ThreadLocalRandom.current().nextInt(64));
                    ctx.cancel();
                    cancels.incrementAndGet();
                }
            }
        });
        try {
            run(virtual, () -> {
                long start = System.nanoTime();
                for (int i = 0; i < 2 * ROUNDS && System.nanoTime() - start < LIMIT; i++) {
                    var ctx = Context.background().withCancel();
                    boolean racing = i % 2 == 0;
                    try {
                        Interruptible.run(ctx, () -> {
                            if (racing) {
                                offered.set(ctx);
                                for (int n = 0; n < 1000 && offered.get() == ctx; n++) {
                                    Thread.yield();
                                }
                            }
                            spin(ThreadLocalRandom.current().nextInt(64));
                        });
                    } finally {
                        offered.compareAndSet(ctx, null);
                    }
                    assertFalse(Thread.interrupted(), "after round " + i);
                }
                return true;
            });
        } finally {
            stop.set(true);
            canceller.join();
        }
        assertTrue(cancels.get() > 0, "the race must be one: " + cancels);
    }

    /// Two levels, cancelled by two threads: whatever comes, the outer's interrupt is heard there, and nothing is left.
    @Test
    @Hazard(44)
    void nestedCancels_racingWithBothEnds_leakNothingAndLoseNothing() throws Exception {
        int heard = run(true, () -> {
            int seen = 0;
            long start = System.nanoTime();
            for (int i = 0; i < ROUNDS && System.nanoTime() - start < LIMIT; i++) {
                var outer = Context.background().withCancel();
                var inner = Context.background().withCancel();
                Thread first = Thread.startVirtualThread(outer::cancel);
                Thread second = Thread.startVirtualThread(inner::cancel);
                int spins = ThreadLocalRandom.current().nextInt(256);
                try {
                    boolean lost = Interruptible.call(outer, () -> {
                        try {
                            Interruptible.run(inner, () -> spin(spins));
                        } catch (CancelledException e) {
                            // the inner one ended before its body: as good
                        }
                        over(first);
                        over(second);
                        // Both cancels have returned: the outer's interrupt is here.
                        return !Thread.currentThread().isInterrupted();
                    });
                    assertFalse(lost, "round " + i + ": the outer's interrupt was lost");
                    seen++;
                } catch (CancelledException e) {
                    // the outer one ended before its body
                }
                over(first);
                over(second);
                assertFalse(Thread.interrupted(), "round " + i + ": a flag is left");
            }
            return seen;
        });
        assertTrue(heard > 0, "the race must be one: " + heard);
    }

    /// Waits without hearing interrupts.
    private static void over(Thread thread) {
        while (thread.isAlive()) {
            Thread.yield();
        }
    }

    /// The body goes as soon as it is interrupted: its exit meets an interrupt that is still being sent.
    @Test
    void exit_whileTheInterruptIsSent_waitsForItAndTakesItBack() throws Exception {
        int rounds = run(true, () -> {
            int done = 0;
            long start = System.nanoTime();
            for (; done < ROUNDS && System.nanoTime() - start < LIMIT; done++) {
                var ctx = Context.background().withCancel();
                var canceller = new Thread[1];
                Interruptible.run(ctx, () -> {
                    canceller[0] = Thread.startVirtualThread(ctx::cancel);
                    while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.park();
                    }
                });
                boolean early = Thread.interrupted();
                over(canceller[0]);
                assertFalse(early || Thread.interrupted(), "round " + done + (early ? ", early" : ", late"));
            }
            return done;
        });
        assertTrue(rounds > 0, "rounds " + rounds);
    }

    /// A stranger interrupts all the time: no call ends as if its context had.
    @Test
    @Hazard(48)
    void foreignInterrupts_allTheTime_areNeverTakenForACancel() throws Exception {
        var wrong = new AtomicReference<Throwable>();
        var stop = new AtomicBoolean();
        Thread victim = Thread.startVirtualThread(() -> {
            var ctx = Context.background().withCancel();
            var queue = new LinkedBlockingQueue<String>();
            while (!stop.get()) {
                try {
                    Interruptible.call(ctx, queue::take);
                } catch (InterruptedException e) {
                    // as it came
                } catch (Throwable t) {
                    wrong.set(t);
                    return;
                }
            }
        });
        long start = System.nanoTime();
        for (int i = 0; i < 20_000 && System.nanoTime() - start < LIMIT; i++) {
            victim.interrupt();
            if (i % 16 == 0) {
                Thread.yield();
            }
        }
        stop.set(true);
        Until.until("the victim ends", () -> {
            victim.interrupt();
            return !victim.isAlive();
        });
        assertNull(wrong.get());
    }
}
