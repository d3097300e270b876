package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What the JDK does after a time, under virtual time.
class DelaysTest {
    @Test
    void scheduled_afterDays_takesNoTime() {
        Explore.options().punctual().all(() -> {
            long start = System.nanoTime();
            try (var pool = Executors.newScheduledThreadPool(1)) {
                var late = pool.schedule(() -> System.nanoTime() - start, 2, TimeUnit.DAYS);
                var early = pool.schedule(() -> System.nanoTime() - start, 1, TimeUnit.DAYS);
                Programs.check(early.get() == Duration.ofDays(1).toNanos(), "early: " + early.get());
                Programs.check(late.get() == Duration.ofDays(2).toNanos(), "late: " + late.get());
            }
        });
    }

    @Test
    void periodic_threeTimes_atItsTimesAndNoMore() {
        Explore.options().punctual().preemptions(1).all(() -> {
            long start = System.nanoTime();
            var times = new StringBuffer();
            var three = new CountDownLatch(3);
            var pool = Executors.newSingleThreadScheduledExecutor();
            var ticks = pool.scheduleAtFixedRate(() -> {
                times.append((System.nanoTime() - start) / 1_000_000).append(' ');
                three.countDown();
            }, 5, 10, TimeUnit.MILLISECONDS);
            three.await();
            ticks.cancel(false);
            assertThrows(CancellationException.class, ticks::get);
            pool.close();
            assertEquals("5 15 25 ", times.toString());
        });
    }

    static final class Refreshed {
        private volatile int loads;

        void refresh() {
            loads = loads + 1;
        }
    }

    static void refreshedByTwo() throws InterruptedException {
        var value = new Refreshed();
        var pool = new ScheduledThreadPoolExecutor(1);
        pool.schedule(value::refresh, 1, TimeUnit.SECONDS);
        Thread.sleep(1_000);
        value.refresh();
        pool.shutdown();
        pool.awaitTermination(1, TimeUnit.DAYS);
        Programs.check(value.loads == 2, "loads: " + value.loads);
    }

    @Test
    void scheduled_atTheSameTimeAsMain_isInterleaved() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(DelaysTest::refreshedByTwo));
        assertTrue(error.getMessage().contains("loads: 1"), error.getMessage());
        assertTrue(error.getMessage().contains("] pool-1-thread-1"), error.getMessage());
        assertThrows(
                ScheduleError.class, () -> Explore.options().replay(error.choices()).run(DelaysTest::refreshedByTwo));
    }

    @Test
    void scheduledPool_notShutDown_isADeadlockThatNamesItsThread() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var pool = Executors.newScheduledThreadPool(1);
            pool.schedule(() -> 1, 1, TimeUnit.SECONDS).get();
        }));
        assertTrue(error.getMessage().startsWith("deadlock: main has ended"), error.getMessage());
        assertTrue(error.getMessage().contains("[1] pool-1-thread-1 waits for"), error.getMessage());
    }

    @Test
    void shutdown_delayedTask_runsUnlessThePolicySaysNo() {
        Explore.options().punctual().preemptions(1).all(() -> {
            var ran = new AtomicInteger();
            var pool = new ScheduledThreadPoolExecutor(1);
            pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(Explore.choose(2) == 0);
            pool.schedule(ran::incrementAndGet, 1, TimeUnit.HOURS);
            pool.shutdown();
            pool.awaitTermination(1, TimeUnit.DAYS);
            int expected = pool.getExecuteExistingDelayedTasksAfterShutdownPolicy() ? 1 : 0;
            Programs.check(ran.get() <= expected && pool.isTerminated(), "ran " + ran);
        });
    }

    @Test
    void orTimeout_nobodyCompletes_failsAtItsTime() {
        Explore.options().preemptions(1).all(() -> {
            long start = System.nanoTime();
            var future = new CompletableFuture<Integer>().orTimeout(1, TimeUnit.HOURS);
            var error = assertThrows(CompletionException.class, future::join);
            Programs.check(error.getCause() instanceof TimeoutException, "" + error.getCause());
            Programs.check(System.nanoTime() - start >= Duration.ofHours(1).toNanos(), "early");
        });
    }

    @Test
    void orTimeout_completedInTime_orNot_bothAreSeen() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var future = CompletableFuture.supplyAsync(() -> 1).orTimeout(1, TimeUnit.SECONDS);
            Programs.check(future.join() == 1, "other");
        }));
        assertTrue(error.getMessage().contains("TimeoutException"), error.getMessage());
        Explore.options().punctual().preemptions(1).all(() -> {
            var future = CompletableFuture.supplyAsync(() -> 1).orTimeout(1, TimeUnit.SECONDS);
            Programs.check(future.join() == 1, "other");
        });
    }

    @Test
    void completeOnTimeout_theFirst_decides() {
        Explore.options().preemptions(1).all(() -> {
            var future = new CompletableFuture<Integer>().completeOnTimeout(7, 1, TimeUnit.SECONDS);
            var other = Programs.go("other", () -> future.complete(1));
            int got = future.join();
            other.join();
            Programs.check(got == 1 || got == 7, "got " + got);
            Programs.check(future.join() == got, "changed its mind");
        });
    }

    @Test
    void delayedExecutor_runs_afterItsTime() {
        Explore.options().preemptions(1).all(() -> {
            long start = System.nanoTime();
            var later = CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES);
            long at = CompletableFuture.supplyAsync(System::nanoTime, later).join();
            Programs.check(at - start >= Duration.ofMinutes(1).toNanos(), "after " + (at - start));
        });
    }
}
