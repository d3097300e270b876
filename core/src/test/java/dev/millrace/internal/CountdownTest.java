package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Counting down to 0, and who waits for it.
class CountdownTest {
    private final Countdown down = new Countdown("test");

    private static void join(Thread thread) throws InterruptedException {
        assertTrue(thread.join(Duration.ofSeconds(30)), "still waits");
    }

    @Test
    void await_atZero_returnsAtOnce() {
        assertSame(Countdown.ZERO, down.await(null));
        down.awaitUninterruptibly();
        assertEquals(0, down.count());
    }

    @Test
    void add_outsideTheRange_changesNothing() {
        down.add(2);
        assertThrows(IllegalStateException.class, () -> down.add(-3));
        assertEquals(2, down.count());
        down.add(Integer.MAX_VALUE - 2);
        assertThrows(IllegalStateException.class, () -> down.add(1));
        assertThrows(IllegalStateException.class, () -> down.add(Integer.MIN_VALUE));
        assertEquals(Integer.MAX_VALUE, down.count());
    }

    @Test
    void zero_releasesAllWaiters() throws InterruptedException {
        down.add(3);
        var outcomes = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            boolean plain = i % 2 == 0;
            threads.add(Thread.startVirtualThread(() -> {
                if (plain) {
                    down.awaitUninterruptibly();
                    outcomes.incrementAndGet();
                } else if (down.await(null) == Countdown.ZERO) {
                    outcomes.incrementAndGet();
                }
            }));
        }
        WaiterTest.until(() -> down.waiting() == 20);
        down.add(-2);
        assertEquals(20, down.waiting());
        down.add(-1);
        for (Thread t : threads) {
            join(t);
        }
        assertEquals(20, outcomes.get());
        assertEquals(0, down.waiting());
    }

    @Test
    void await_endedByItsNodeOrAnInterrupt_leavesNoWaiter() throws InterruptedException {
        down.add(1);
        var node = new PlainNode(null, Scheduler.real(), "");
        node.made();
        var outcome = new AtomicReference<Object>();
        Thread t = Thread.startVirtualThread(() -> outcome.set(down.await(node)));
        WaiterTest.until(() -> down.waiting() == 1 && node.listeners() == 1);
        node.cancel(null, false);
        join(t);
        assertInstanceOf(Ending.class, outcome.get());
        assertEquals(0, down.waiting());
        Thread u = Thread.startVirtualThread(() -> outcome.set(down.await(null)));
        WaiterTest.until(() -> u.getState() == Thread.State.WAITING);
        u.interrupt();
        join(u);
        assertSame(Countdown.INTERRUPTED, outcome.get());
        assertEquals(0, down.waiting());
        down.add(-1);
        assertEquals(0, down.count());
    }

    @Test
    void ascents_oneAfterAnother_eachReleaseItsOwnWaiters() throws InterruptedException {
        int rounds = 3_000;
        var turns = new AtomicInteger();
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < rounds; i++) {
                while (turns.get() <= i) {
                    Thread.onSpinWait();
                }
                down.awaitUninterruptibly();
            }
        });
        for (int i = 0; i < rounds; i++) {
            down.add(1);
            turns.incrementAndGet();
            down.add(-1);
        }
        join(waiter);
        assertEquals(0, down.count());
        assertEquals(0, down.waiting());
    }
}
