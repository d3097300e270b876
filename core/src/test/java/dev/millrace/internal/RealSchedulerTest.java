package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The timers of production.
class RealSchedulerTest {
    private static final Scheduler REAL = Scheduler.real();

    private static Timer timer(Runnable action) {
        return new Timer() {
            @Override
            protected void fire() {
                action.run();
            }
        };
    }

    private static long in(Duration span) {
        return Scheduler.after(REAL.nanoTime(), span.toNanos());
    }

    @Test
    void timers_aMillionAddedAndCancelled_noneFires() {
        var fired = new AtomicInteger();
        var all = new ArrayList<Timer>();
        long when = in(Duration.ofHours(1));
        for (int i = 0; i < 1_000_000; i++) {
            Timer t = timer(fired::incrementAndGet);
            REAL.schedule(t, when + (i * 7919L) % 1_000_003);
            all.add(t);
        }
        for (Timer t : all) {
            assertTrue(REAL.cancel(t));
        }
        assertFalse(REAL.cancel(all.getFirst()));
        assertEquals(0, fired.get());
    }

    /// Each wake-up of the timers' thread costs who set the timer some microseconds.
    @Test
    void schedule_oneAfterTheOtherAndWithdrawn_leavesTheThreadAsleep() throws Exception {
        var thread = new AtomicReference<Thread>();
        var known = new CountDownLatch(1);
        REAL.schedule(timer(() -> {
            thread.set(Thread.currentThread());
            known.countDown();
        }), REAL.nanoTime());
        known.await();
        long before = parks(thread.get());
        for (int i = 0; i < 10_000; i++) {
            Timer t = timer(() -> {});
            REAL.schedule(t, in(Duration.ofHours(1)));
            assertTrue(REAL.cancel(t));
            Thread.yield();
        }
        long woken = parks(thread.get()) - before;
        assertTrue(woken < 100, woken + " times");
    }

    /// By reflection: the module of the tests does not require that of the bean.
    private static long parks(Thread thread) throws ReflectiveOperationException {
        Object bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
        Object info = Class.forName("java.lang.management.ThreadMXBean").getMethod("getThreadInfo", long.class)
                .invoke(bean, thread.threadId());
        return (long) Class.forName("java.lang.management.ThreadInfo").getMethod("getWaitedCount").invoke(info);
    }

    @Test
    void timers_manyDueAtOnce_allFireOnce() {
        int count = 100_000;
        var fired = new AtomicInteger();
        var early = new AtomicInteger();
        long when = in(Duration.ofMillis(50));
        for (int i = 0; i < count; i++) {
            REAL.schedule(timer(() -> {
                fired.incrementAndGet();
                if (System.nanoTime() - when < 0) {
                    early.incrementAndGet();
                }
            }), when);
        }
        WaiterTest.until(() -> fired.get() >= count);
        assertEquals(count, fired.get());
        assertEquals(0, early.get());
    }

    @Test
    void timers_dueOrPast_fireInTheirOrder() {
        var order = java.util.Collections.synchronizedList(new ArrayList<Integer>());
        long now = REAL.nanoTime();
        for (int i : List.of(30, 10, 20, 0, 40)) {
            REAL.schedule(timer(() -> order.add(i)), now + Duration.ofMillis(1_000 + i).toNanos());
        }
        var past = new CountDownLatch(1);
        REAL.schedule(timer(past::countDown), now - Duration.ofHours(1).toNanos());
        WaiterTest.until(() -> past.getCount() == 0);
        WaiterTest.until(() -> order.size() == 5);
        assertEquals(List.of(0, 10, 20, 30, 40), order);
    }

    @Test
    void timer_againstCancel_firesOrIsCancelled() {
        var fired = new AtomicInteger();
        int cancelled = 0;
        int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            Timer t = timer(fired::incrementAndGet);
            REAL.schedule(t, REAL.nanoTime() + i % 40 * 500);
            if (i % 3 == 0) {
                Thread.onSpinWait();
            }
            cancelled += REAL.cancel(t) ? 1 : 0;
        }
        int stopped = cancelled;
        WaiterTest.until(() -> fired.get() + stopped >= rounds);
        assertEquals(rounds, fired.get() + stopped);
    }

    @Test
    void scheduling_byManyThreads_losesNone() throws InterruptedException {
        var fired = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    REAL.schedule(timer(fired::incrementAndGet), REAL.nanoTime() + i % 1_000 * 10_000L);
                }
            }));
        }
        for (Thread t : threads) {
            assertTrue(t.join(Duration.ofSeconds(30)));
        }
        WaiterTest.until(() -> fired.get() >= 80_000);
        assertEquals(80_000, fired.get());
    }

    @Test
    void timer_thatFailsUnderAPolicyThatFails_doesNotStopTheOthers() {
        var heard = new AtomicInteger();
        Uncaught old = Uncaught.set((goroutine, failure) -> {
            heard.incrementAndGet();
            throw new IllegalStateException("a policy that fails, on purpose");
        });
        try {
            REAL.schedule(timer(() -> {
                throw new IllegalStateException("a timer that fails, on purpose");
            }), REAL.nanoTime());
            WaiterTest.until(() -> heard.get() >= 1);
            var next = new CountDownLatch(1);
            REAL.schedule(timer(next::countDown), in(Duration.ofMillis(1)));
            WaiterTest.until(() -> next.getCount() == 0);
        } finally {
            Uncaught.set(old);
        }
    }

    @Test
    void timer_thatFindsNoMemory_isTriedAgain() {
        var tries = new AtomicInteger();
        var next = new CountDownLatch(1);
        Timer poor = timer(() -> {
            if (tries.incrementAndGet() < 3) {
                throw new OutOfMemoryError("none, on purpose");
            }
        });
        REAL.schedule(poor, REAL.nanoTime());
        REAL.schedule(timer(next::countDown), REAL.nanoTime());
        WaiterTest.until(() -> next.getCount() == 0);
        WaiterTest.until(() -> tries.get() == 3);
        assertFalse(REAL.cancel(poor));
    }

    @Test
    void timer_thatFindsNoMemory_canBeWithdrawn() {
        Timer poor = timer(() -> {
            throw new OutOfMemoryError("none, on purpose");
        });
        REAL.schedule(poor, REAL.nanoTime());
        WaiterTest.until(() -> REAL.cancel(poor)); // not while it fires
        assertFalse(REAL.cancel(poor));
    }

    /// It was set again by somebody else while it fired: it is in the heap once.
    @Test
    void timer_thatFindsNoMemory_butWasSetAgain_staysAsItWasSet() {
        var tries = new AtomicInteger();
        var self = new AtomicReference<Timer>();
        self.set(timer(() -> {
            if (tries.incrementAndGet() == 1) {
                REAL.schedule(self.get(), in(Duration.ofMillis(100)));
                throw new OutOfMemoryError("none, on purpose");
            }
        }));
        REAL.schedule(self.get(), REAL.nanoTime());
        WaiterTest.until(() -> tries.get() == 2);
        assertFalse(REAL.cancel(self.get()));
        var next = new CountDownLatch(1);
        REAL.schedule(timer(next::countDown), in(Duration.ofMillis(200)));
        WaiterTest.until(() -> next.getCount() == 0);
        assertEquals(2, tries.get());
    }

    /// The heap has room for those that come back: 64 at first.
    @Test
    void timers_manyFindNoMemory_noneIsLost() {
        var scheduler = new RealScheduler();
        int count = 1_000;
        var poor = new AtomicBoolean(true);
        var fired = new AtomicInteger();
        var failed = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            scheduler.schedule(timer(() -> {
                if (poor.get()) {
                    failed.incrementAndGet();
                    throw new OutOfMemoryError("none, on purpose");
                }
                fired.incrementAndGet();
            }), REAL.nanoTime());
        }
        WaiterTest.until(() -> failed.get() > 2 * count);
        poor.set(false);
        WaiterTest.until(() -> fired.get() == count);
        assertEquals(count, fired.get());
    }

    @Test
    void schedule_noThreadCanBeStarted_failsAndLeavesNothing() {
        var scheduler = new RealScheduler(Unstartable::new);
        var fired = new AtomicInteger();
        Timer t = timer(fired::incrementAndGet);
        assertThrows(OutOfMemoryError.class, () -> scheduler.schedule(t, REAL.nanoTime()));
        assertFalse(scheduler.cancel(t));
        assertFalse(scheduler.isAwaited());
        assertEquals(0, fired.get());
    }

    /// Who came while the thread was being started relies on it: then the one who fails to start it goes on until it runs.
    @Test
    void schedule_noThreadCanBeStarted_othersTimersFireLater() throws Exception {
        var starting = new CountDownLatch(1);
        var othersAreSet = new CountDownLatch(1);
        var threads = new AtomicInteger();
        var scheduler = new RealScheduler(body -> threads.incrementAndGet() > 3
                ? Thread.ofPlatform().daemon().unstarted(body)
                : new Unstartable(body) {
                    @Override
                    public void start() {
                        starting.countDown();
                        awaitUninterruptibly(othersAreSet);
                        super.start();
                    }
                });
        var failure = new AtomicReference<Throwable>();
        var mine = new AtomicInteger();
        Thread first = Thread.ofPlatform().daemon().start(() -> {
            try {
                scheduler.schedule(timer(mine::incrementAndGet), in(Duration.ofMillis(1)));
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        starting.await();
        var fired = new CountDownLatch(1);
        scheduler.schedule(timer(fired::countDown), in(Duration.ofMillis(1)));
        othersAreSet.countDown();
        WaiterTest.until(() -> fired.getCount() == 0);
        assertTrue(first.join(Duration.ofSeconds(30)));
        assertEquals("none, on purpose", failure.get().getMessage());
        assertEquals(0, mine.get());
    }

    private static class Unstartable extends Thread {
        Unstartable(Runnable body) {
            super(body);
        }

        @Override
        public void start() {
            throw new OutOfMemoryError("none, on purpose");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timerThread_holdsNothingOfItsStarter() {
        var thread = new AtomicReference<Thread>();
        REAL.schedule(timer(() -> thread.set(Thread.currentThread())), REAL.nanoTime());
        WaiterTest.until(() -> thread.get() != null);
        assertEquals("millrace-timers", thread.get().getName());
        assertTrue(thread.get().isDaemon());
        assertNull(thread.get().getContextClassLoader());
        thread.get().interrupt(); // a stranger's
        var next = new CountDownLatch(1);
        REAL.schedule(timer(next::countDown), in(Duration.ofMillis(20)));
        WaiterTest.until(() -> next.getCount() == 0);
        assertFalse(thread.get().isInterrupted());
    }

    @Test
    void wallClock_ofAnInstant_isTheCalendars() {
        long now = REAL.nanoTime();
        Instant calendar = Instant.now();
        assertTrue(Duration.between(calendar, REAL.wallClock(now)).abs().toSeconds() < 5);
        Duration hour = Duration.between(REAL.wallClock(now), REAL.wallClock(now + Duration.ofHours(1).toNanos()));
        assertTrue(hour.minusHours(1).abs().toSeconds() < 5, hour.toString());
    }

    @Test
    void after_saturates() {
        assertEquals(5, Scheduler.after(2, 3));
        assertTrue(Scheduler.after(Long.MAX_VALUE, Long.MAX_VALUE) - Long.MAX_VALUE > 0);
        assertTrue(Scheduler.after(Long.MIN_VALUE, Long.MIN_VALUE) - Long.MIN_VALUE < 0);
        assertEquals(Scheduler.FOREVER, Deadlines.nanos(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(-Scheduler.FOREVER, Deadlines.nanos(Duration.ofSeconds(Long.MIN_VALUE)));
        assertEquals(-1, Deadlines.nanos(Duration.ofNanos(-1)));
        assertEquals(1_000_000_001L, Deadlines.nanos(Duration.ofSeconds(1, 1)));
    }
}
