package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Places that are taken and given back.
class SlotsTest {
    private final Slots slots = new Slots("test", Scheduler.real());

    private static void join(Thread thread) throws InterruptedException {
        assertTrue(thread.join(Duration.ofSeconds(30)), "still waits");
    }

    private static Thread parked(Runnable body) {
        Thread t = Thread.startVirtualThread(body);
        WaiterTest.until(() -> t.getState() == Thread.State.WAITING);
        return t;
    }

    @Test
    void withoutLimit_everybodyGetsOne() {
        for (int i = 0; i < 100; i++) {
            assertTrue(slots.tryAcquire());
            assertTrue(slots.acquire());
        }
        assertEquals(200, slots.taken());
    }

    @Test
    void limit_whileTaken_changesNothing() {
        assertEquals(0, slots.limit(1));
        assertTrue(slots.tryAcquire());
        assertEquals(1, slots.limit(5));
        assertFalse(slots.tryAcquire());
        slots.release();
        assertEquals(0, slots.taken());
        assertEquals(0, slots.limit(0));
        assertFalse(slots.tryAcquire());
    }

    @Test
    void waiters_getPlacesInTheOrderTheyCame() throws InterruptedException {
        slots.limit(1);
        assertTrue(slots.acquire());
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 5; i++) {
            int mine = i;
            threads.add(parked(() -> {
                assertTrue(slots.acquire());
                order.add(mine);
                slots.release();
            }));
        }
        assertFalse(slots.tryAcquire());
        slots.release();
        for (Thread t : threads) {
            join(t);
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        assertEquals(0, slots.taken());
    }

    @Test
    void interrupted_waiterHasNoneAndBlocksNobody() throws InterruptedException {
        slots.limit(1);
        assertTrue(slots.acquire());
        var got = new AtomicBoolean(true);
        Thread t = parked(() -> got.set(slots.acquire()));
        Thread behind = parked(() -> {
            assertTrue(slots.acquire());
            slots.release();
        });
        t.interrupt();
        join(t);
        assertFalse(got.get());
        slots.release();
        join(behind);
        assertEquals(0, slots.taken());
        assertTrue(slots.tryAcquire());
    }

    @Test
    void limit_raisedFromZero_letsInThoseWhoWait() throws InterruptedException {
        slots.limit(0);
        Thread a = parked(slots::acquire);
        Thread b = parked(slots::acquire);
        slots.limit(2);
        join(a);
        join(b);
        assertEquals(2, slots.taken());
        assertFalse(slots.tryAcquire());
        slots.release();
        assertTrue(slots.tryAcquire());
    }

    @Test
    void storm_neverExceedsTheLimit() throws InterruptedException {
        slots.limit(3);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 8; t++) {
            int mine = t;
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    if (mine % 2 == 0 ? slots.acquire() : slots.tryAcquire()) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        if (i % 50 == 0) {
                            Thread.yield();
                        }
                        inside.decrementAndGet();
                        slots.release();
                    }
                }
            }));
        }
        for (Thread t : threads) {
            join(t);
        }
        assertEquals(0, slots.taken());
        assertTrue(most.get() >= 1 && most.get() <= 3, "at most " + most.get());
    }
}
