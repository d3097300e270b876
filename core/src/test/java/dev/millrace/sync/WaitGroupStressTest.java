package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WaitGroupStressTest {
    /// Go's own test of this name.
    @Test
    @Item({"WG-02"})
    void barrier_sixteenGoroutines_eightRoundsOnTheSameObjects() throws Exception {
        var first = new WaitGroup();
        var second = new WaitGroup();
        for (int round = 0; round < 8; round++) {
            int n = 16;
            first.add(n);
            second.add(n);
            var exited = new AtomicInteger();
            var passedEarly = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < n; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    first.done();
                    second.await();
                    if (second.count() != 0) {
                        passedEarly.incrementAndGet();
                    }
                    exited.incrementAndGet();
                }));
            }
            first.await();
            for (int i = 0; i < n; i++) {
                assertEquals(0, exited.get(), "nobody passes before the last one arrives");
                second.done();
            }
            for (Thread t : threads) {
                Until.ended(t);
            }
            assertEquals(n, exited.get());
            assertEquals(0, passedEarly.get());
        }
    }

    @Test
    @Item({"WG-07"})
    void await_twoWorkers_neverWakesTooEarly() {
        for (int round = 0; round < 1000; round++) {
            var wg = new WaitGroup();
            wg.add(2);
            var n = new AtomicInteger();
            for (int w = 0; w < 2; w++) {
                Thread.startVirtualThread(() -> {
                    n.incrementAndGet();
                    wg.done();
                });
            }
            wg.await();
            assertEquals(2, n.get());
        }
    }

    @Test
    @Item({"WG-12"})
    void await_manyThreads_allAreReleasedEachRound() throws Exception {
        int waiters = 200;
        var wg = new WaitGroup();
        for (int round = 0; round < 100; round++) {
            wg.add(2);
            var released = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < waiters; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    wg.await();
                    released.incrementAndGet();
                }));
                if (i == waiters / 2) {
                    Thread.startVirtualThread(wg::done);
                }
            }
            assertEquals(0, released.get());
            wg.done();
            for (Thread t : threads) {
                Until.ended(t);
            }
            assertEquals(waiters, released.get());
            assertEquals("sync.WaitGroup.Wait (counter 0, 0 waiting)", wg.toString());
        }
    }

    /// Waiters give up by interrupt or cancel while the counter comes down: each ends in exactly one way, nothing is left.
    @Test
    void await_interruptAndCancelAndZeroAtOnce_decidesOncePerWaiter() throws Exception {
        var wg = new WaitGroup();
        var zero = new AtomicInteger();
        var cancelled = new AtomicInteger();
        var interrupted = new AtomicInteger();
        var wrong = new AtomicReference<Throwable>();
        int rounds = 3000;
        for (int round = 0; round < rounds; round++) {
            wg.add(1);
            try (var ctx = Context.background().withCancel()) {
                var threads = new ArrayList<Thread>();
                for (int i = 0; i < 3; i++) {
                    threads.add(Thread.startVirtualThread(() -> {
                        try {
                            wg.await(ctx);
                            zero.incrementAndGet();
                        } catch (CancelledException e) {
                            cancelled.incrementAndGet();
                        } catch (InterruptedWaitException e) {
                            interrupted.incrementAndGet();
                            if (!Thread.currentThread().isInterrupted()) {
                                wrong.set(new AssertionError("the flag was lost", e));
                            }
                        } catch (Throwable t) {
                            wrong.set(t);
                        }
                    }));
                }
                Thread canceller = Thread.startVirtualThread(() -> {
                    spin();
                    ctx.cancel();
                });
                Thread interrupter = Thread.startVirtualThread(() -> {
                    spin();
                    threads.getFirst().interrupt();
                });
                spin();
                wg.done();
                for (Thread t : threads) {
                    Until.ended(t);
                }
                Until.ended(canceller);
                Until.ended(interrupter);
            }
            assertNull(wrong.get());
        }
        assertEquals(3 * rounds, zero.get() + cancelled.get() + interrupted.get());
        assertTrue(zero.get() > 0 && cancelled.get() > 0, "the race must be one: " + zero + ", " + cancelled);
        assertEquals("sync.WaitGroup.Wait (counter 0, 0 waiting)", wg.toString());
    }

    private static void spin() {
        int kind = ThreadLocalRandom.current().nextInt(3);
        if (kind == 1) {
            Thread.yield();
        } else if (kind == 2) {
            LockSupport.parkNanos(20_000);
        }
    }

    /// One object goes up and down for ever while others come to wait at any time: each returns.
    @Test
    @Hazard(35)
    void group_reusedAtOnceWithoutPause_losesNoWaiter() throws Exception {
        var wg = new WaitGroup();
        var stop = new java.util.concurrent.atomic.AtomicBoolean();
        Thread mover = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                wg.add(2);
                wg.done();
                Thread.yield();
                wg.done();
            }
        });
        var threads = new ArrayList<Thread>();
        var returns = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                for (int n = 0; n < 5000; n++) {
                    wg.await();
                    returns.incrementAndGet();
                    if (n % 64 == 0) {
                        Thread.yield();
                    }
                }
            }));
        }
        for (Thread t : threads) {
            Until.ended(t);
        }
        stop.set(true);
        Until.ended(mover);
        assertEquals(40_000, returns.get());
        wg.await();
        assertEquals(0, wg.count());
    }
}
