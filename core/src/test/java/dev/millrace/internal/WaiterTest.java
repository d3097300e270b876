package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// One wait, decided once.
class WaiterTest {
    private static final long LIMIT = 30_000_000_000L;

    /// A waiter on a thread of its own, with what came out.
    private static final class Waiting {
        final AtomicReference<Waiter> waiter = new AtomicReference<>();
        final AtomicReference<Object> outcome = new AtomicReference<>();
        volatile boolean interruptedAfterwards;
        final Thread thread;

        Waiting(boolean interruptible, boolean virtual) {
            Runnable body = () -> {
                var w = new Waiter(Scheduler.real());
                waiter.set(w);
                outcome.set(interruptible ? w.await("test") : w.awaitUninterruptibly("test"));
                interruptedAfterwards = Thread.interrupted();
            };
            thread = virtual ? Thread.startVirtualThread(body) : Thread.ofPlatform().daemon().start(body);
        }

        Waiting parked() {
            until(() -> thread.getState() == Thread.State.WAITING);
            return this;
        }

        Object join() throws InterruptedException {
            assertTrue(thread.join(java.time.Duration.ofSeconds(30)), "still waits");
            return outcome.get();
        }
    }

    static void until(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, "not within the limit");
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void claim_beforeAwait_isTheOutcomeWithoutParking() {
        var waiter = new Waiter(Scheduler.real());
        assertNull(waiter.outcome());
        assertTrue(waiter.claim("a"));
        assertFalse(waiter.claim("b"));
        waiter.wake();
        assertEquals("a", waiter.outcome());
        assertEquals("a", waiter.await("test"));
        assertEquals("a", waiter.awaitUninterruptibly("test"));
    }

    @Test
    void claim_afterPark_wakes() throws InterruptedException {
        for (boolean virtual : new boolean[] {true, false}) {
            var w = new Waiting(true, virtual).parked();
            assertNull(w.waiter.get().outcome());
            assertTrue(w.waiter.get().claim("a"));
            w.waiter.get().wake();
            assertEquals("a", w.join());
            assertFalse(w.interruptedAfterwards);
        }
    }

    @Test
    void interrupt_endsAnInterruptibleWait_andSetsTheFlagAgain() throws InterruptedException {
        for (boolean virtual : new boolean[] {true, false}) {
            var w = new Waiting(true, virtual).parked();
            w.thread.interrupt();
            assertSame(Waiter.INTERRUPTED, w.join());
            assertTrue(w.interruptedAfterwards);
            assertFalse(w.waiter.get().claim("late"));
        }
    }

    @Test
    void interrupt_doesNotEndAnUninterruptibleWait() throws InterruptedException {
        var w = new Waiting(false, true).parked();
        for (int i = 0; i < 3; i++) {
            w.thread.interrupt();
            w.parked();
        }
        assertNull(w.outcome.get());
        assertTrue(w.waiter.get().claim("a"));
        w.waiter.get().wake();
        assertEquals("a", w.join());
        assertTrue(w.interruptedAfterwards);
    }

    @Test
    void interrupt_beforeAwait_endsItAtOnce() {
        Thread.currentThread().interrupt();
        assertSame(Waiter.INTERRUPTED, new Waiter(Scheduler.real()).await("test"));
        assertTrue(Thread.interrupted());
        var claimed = new Waiter(Scheduler.real());
        claimed.claim("a");
        Thread.currentThread().interrupt();
        assertEquals("a", claimed.await("test"));
        assertTrue(Thread.interrupted());
    }

    @Test
    void unpark_byAStranger_isNoOutcome() throws InterruptedException {
        var w = new Waiting(true, true).parked();
        for (int i = 0; i < 1_000; i++) {
            LockSupport.unpark(w.thread);
        }
        w.parked();
        assertNull(w.outcome.get());
        assertTrue(w.waiter.get().claim("a"));
        w.waiter.get().wake();
        assertEquals("a", w.join());
    }

    @Test
    void claimers_twoAtOnce_exactlyOneWins() throws Exception {
        var barrier = new CyclicBarrier(3);
        var current = new AtomicReference<Waiter>();
        var wins = new AtomicInteger();
        int rounds = 3_000;
        var claimers = new Thread[2];
        for (int c = 0; c < 2; c++) {
            String mine = "claimer " + c;
            claimers[c] = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        barrier.await();
                        if (current.get().claim(mine)) {
                            wins.incrementAndGet();
                            current.get().wake();
                        }
                        barrier.await();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (int i = 0; i < rounds; i++) {
            var waiter = new Waiter(Scheduler.real());
            current.set(waiter);
            barrier.await();
            Object outcome = waiter.await("test");
            assertNotEquals(Waiter.INTERRUPTED, outcome);
            barrier.await();
            assertSame(outcome, waiter.outcome());
            assertEquals(i + 1, wins.get());
        }
    }

    @Test
    void countOfRunnable_isExactAfterEveryWait() {
        var time = new ManualScheduler();
        for (int i = 0; i < 200; i++) {
            var waiter = new AtomicReference<Waiter>();
            var thread = new AtomicReference<Thread>();
            var counted = new CountDownLatch(1); // who was claimed before it had parked runs on without being woken
            var g = time.go(() -> {
                thread.set(Thread.currentThread());
                waiter.set(new Waiter(time));
                waiter.get().await("test");
                Thread.interrupted();
                counted.await();
            });
            time.awaitIdle();
            if (i % 2 == 0) {
                assertTrue(waiter.get().claim("a"));
                assertEquals(1, time.runnable());
                waiter.get().wake();
            } else {
                thread.get().interrupt();
            }
            counted.countDown();
            until(g::isFinished);
            time.awaitIdle();
            g.check();
        }
        assertEquals(0, time.runnable());
        assertTrue(time.lowest() >= 0);
    }
}
