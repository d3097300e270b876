package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Interruptible;
import dev.millrace.sync.Mutex;
import dev.millrace.verify.Hazard;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Interrupts, and threads that are none of the bubble's.
class BubbleInterruptTest {
    @Test
    void interrupt_byAnotherGoroutine_isSeenBeforeTheClockMoves() {
        for (int round = 0; round < 2000; round++) {
            Bubble.run(b -> {
                var thread = new AtomicReference<Thread>();
                var at = new AtomicReference<Instant>();
                go(() -> {
                    thread.set(Thread.currentThread());
                    assertThrows(InterruptedWaitException.class, () -> Context.background().sleep(ofSeconds(10)));
                    at.set(b.now());
                });
                b.await();
                thread.get().interrupt();
                Context.background().sleep(ofSeconds(1)); // at once comes to rest
                assertEquals(Instant.parse("2000-01-01T00:00:00Z"), at.get());
            });
        }
    }

    /// The pauses between interrupts of a region that insists are the bubble's.
    @Test
    void interrupt_sentAgain_comesInTheBubblesTime() {
        Bubble.run(b -> {
            var ctx = Context.background().withCancel();
            var ch = Chan.<Integer>unbuffered();
            var swallowed = new AtomicInteger();
            var at = new AtomicReference<Instant>();
            go(() -> {
                assertThrows(CancelledException.class, () -> Interruptible.runInsisting(ctx, () -> {
                    for (;;) {
                        try {
                            ch.receive();
                        } catch (InterruptedWaitException e) {
                            Thread.interrupted();
                            if (swallowed.incrementAndGet() == 3) {
                                throw e;
                            }
                        }
                    }
                }));
                at.set(b.now());
            });
            b.await();
            ctx.cancel();
            b.sleep(ofSeconds(1));
            assertEquals(3, swallowed.get());
            assertEquals(Instant.parse("2000-01-01T00:00:00.015Z"), at.get());
        });
    }

    @Test
    void interrupt_beforeAwait_isSeenWhenItReturns() {
        for (int round = 0; round < 2000; round++) {
            Bubble.run(b -> {
                var thread = new AtomicReference<Thread>();
                var woken = new AtomicBoolean();
                var ch = Chan.<Integer>unbuffered();
                go(() -> {
                    thread.set(Thread.currentThread());
                    try {
                        ch.receive();
                    } catch (InterruptedWaitException e) {
                        woken.set(true);
                    }
                });
                b.await();
                thread.get().interrupt();
                b.await();
                assertTrue(woken.get());
            });
        }
    }

    @Test
    void interrupt_whileTheDriverAsks_isSeenBeforeTheClockMoves() {
        // Main comes to rest at many different moments of the other's waking up: the driver asks while that happens.
        Bubble.run(b -> {
            var thread = new AtomicReference<Thread>();
            var at = new AtomicReference<Instant>();
            try (var ctx = Context.background().withCancel()) {
                for (int i = 0; i < 50; i++) {
                    go(ctx, Context::awaitDone); // asking takes a while
                }
                go(ctx, c -> {
                    thread.set(Thread.currentThread());
                    while (!c.isDone()) {
                        try {
                            Context.background().sleep(ofSeconds(10));
                        } catch (InterruptedWaitException e) {
                            Thread.interrupted();
                            at.set(b.now());
                        }
                    }
                });
                b.await();
                var random = new SplittableRandom(1);
                for (int round = 0; round < 20_000; round++) {
                    Instant now = b.now();
                    thread.get().interrupt();
                    for (int spins = random.nextInt(400); spins > 0; spins--) {
                        Thread.onSpinWait();
                    }
                    Context.background().sleep(ofNanos(1));
                    assertEquals(now, at.get());
                }
                ctx.cancel();
                b.sleep(ofSeconds(10));
            }
        });
    }

    @Test
    void interruptOfAContext_isSeenBeforeTheClockMoves() {
        for (int round = 0; round < 500; round++) {
            Bubble.run(b -> {
                var at = new AtomicReference<Instant>();
                var ctx = Context.background().withTimeout(ofSeconds(1));
                go(() -> {
                    assertThrows(Exception.class,
                            () -> Interruptible.run(ctx, () -> Context.background().sleep(ofSeconds(10))));
                    at.set(b.now());
                });
                Context.background().sleep(ofSeconds(5));
                assertEquals(Instant.parse("2000-01-01T00:00:01Z"), at.get());
            });
        }
    }

    @Test
    void interrupt_ofAPlainLock_leavesItWaiting() {
        Bubble.run(b -> {
            var mu = new Mutex();
            mu.lock();
            var thread = new AtomicReference<Thread>();
            var locked = new AtomicBoolean();
            go(() -> {
                thread.set(Thread.currentThread());
                mu.lock();
                locked.set(Thread.interrupted());
                mu.unlock();
            });
            b.await();
            thread.get().interrupt();
            b.sleep(ofSeconds(1));
            b.sleep(ofSeconds(1));
            mu.unlock();
            b.await();
            assertTrue(locked.get());
        });
    }

    @Test
    @Hazard(43)
    void interrupts_fromOutsideAtRandom_neverBreakTheCount() throws Exception {
        var threads = new ConcurrentLinkedQueue<Thread>();
        var stop = new AtomicBoolean();
        var interrupts = new AtomicInteger();
        var interrupter = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                for (Thread thread : threads) {
                    thread.interrupt();
                    interrupts.incrementAndGet();
                }
                Thread.onSpinWait();
            }
        });
        try {
            long end = System.nanoTime() + ofSeconds(1).toNanos();
            while (System.nanoTime() - end < 0) {
                threads.clear();
                Bubble.run(b -> {
                    var ch = Chan.<Integer>unbuffered();
                    for (int i = 0; i < 4; i++) {
                        go(() -> {
                            threads.add(Thread.currentThread());
                            for (int k = 0; k < 50; k++) {
                                try {
                                    if (k % 2 == 0) {
                                        Context.background().sleep(ofSeconds(1));
                                    } else {
                                        ch.receive();
                                    }
                                } catch (InterruptedWaitException e) {
                                    Thread.interrupted();
                                }
                            }
                        });
                    }
                    for (int k = 0; k < 100; k++) {
                        b.sleep(ofSeconds(1));
                        ch.trySend(k);
                    }
                    ch.close();
                });
            }
        } finally {
            stop.set(true);
            interrupter.join();
        }
        assertTrue(interrupts.get() > 0);
    }
}
