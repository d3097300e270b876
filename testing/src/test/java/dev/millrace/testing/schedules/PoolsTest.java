package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.junit.jupiter.api.Test;

/// Pools of the JDK that a program makes itself.
class PoolsTest {
    static ThreadPoolExecutor pool(int core, int most, int queued) {
        return new ThreadPoolExecutor(core, most, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued));
    }

    static void tasksAdd(boolean torn) {
        var n = new Programs.Torn();
        var right = new AtomicInteger();
        try (var pool = pool(2, 2, 2)) {
            for (int i = 0; i < 2; i++) {
                pool.execute(torn ? n::add : right::incrementAndGet);
            }
        }
        Programs.check(n.n + right.get() == 2, "n is " + (n.n + right.get()));
    }

    static void tornInAPool() {
        tasksAdd(true);
    }

    static void rightInAPool() {
        tasksAdd(false);
    }

    @Test
    void constructedPool_twoTasks_areInterleaved() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(PoolsTest::tornInAPool));
        assertTrue(error.getMessage().contains("n is 1"), error.getMessage());
        assertTrue(error.getMessage().contains("] pool-1-thread-1"), error.getMessage());
        var again = assertThrows(
                ScheduleError.class,
                () -> Explore.options().replay(error.choices()).run(PoolsTest::tornInAPool));
        assertTrue(again.getMessage().contains("n is 1"), again.getMessage());
        var explored = Explore.options().preemptions(1).all(PoolsTest::rightInAPool);
        System.out.println("two tasks in a ThreadPoolExecutor: " + explored);
    }

    static final class Counting extends ThreadPoolExecutor {
        private int active; // not guarded: that is the fault
        private final boolean guards;

        Counting(boolean guards) {
            super(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            this.guards = guards;
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            count(1);
        }

        @Override
        protected void afterExecute(Runnable task, Throwable thrown) {
            count(-1);
        }

        private void count(int by) {
            if (guards) {
                synchronized (this) {
                    active += by;
                }
            } else {
                active += by;
            }
        }
    }

    @Test
    void subclass_hooksRaceWithEachOther_isFound() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            try (var pool = new Counting(false)) {
                pool.execute(() -> {});
                pool.execute(() -> {});
            }
        }));
        assertTrue(error.getMessage().startsWith("race on "), error.getMessage());
        assertTrue(error.getMessage().contains("Counting.active"), error.getMessage());
        Explore.options().preemptions(1).all(() -> {
            var pool = new Counting(true);
            pool.execute(() -> {});
            pool.execute(() -> {});
            pool.close();
            Programs.check(pool.active == 0 && pool.getCompletedTaskCount() == 2, "active: " + pool.active);
        });
    }

    @Test
    void fullPool_oneMoreTask_goesToTheHandler() {
        Explore.options().preemptions(1).all(() -> {
            var open = new CountDownLatch(1);
            var rejected = new AtomicInteger();
            var pool = new ThreadPoolExecutor(
                    1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), (task, by) -> {
                        Programs.check(by.getMaximumPoolSize() == 1, "another pool");
                        rejected.incrementAndGet();
                    });
            pool.execute(() -> {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            pool.execute(() -> Programs.check(false, "both ran"));
            open.countDown();
            pool.close();
            Programs.check(rejected.get() == 1, "rejected " + rejected.get());
            var closed = pool(1, 1, 1);
            closed.shutdown();
            assertThrows(RejectedExecutionException.class, () -> closed.execute(() -> {}));
        });
    }

    /// Its one thread waits for what it has submitted itself.
    static void waitsForItself() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        pool.submit(() -> pool.submit(() -> 1).get()).get();
        pool.shutdown();
    }

    @Test
    void starvedPool_deadlock_namesItsThread() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(PoolsTest::waitsForItself));
        assertTrue(error.getMessage().startsWith("deadlock: nobody can run"), error.getMessage());
        assertTrue(error.getMessage().contains("[1] pool-1-thread-1 waits for a permit: FutureTask"),
                error.getMessage());
        assertTrue(error.getMessage().contains("PoolsTest.lambda$waitsForItself"), error.getMessage());
    }

    @Test
    void poolNotShutDown_threadsLeft_areNamed() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
            pool.submit(() -> {}).get();
        }));
        assertTrue(error.getMessage().startsWith("deadlock: main has ended"), error.getMessage());
        assertTrue(error.getMessage().contains("] pool-1-thread-1 waits for"), error.getMessage());
        Explore.options().preemptions(1).all(() -> {
            var pool = (ThreadPoolExecutor) Executors.newCachedThreadPool();
            pool.submit(() -> {}).get();
            Programs.check(pool.getKeepAliveTime(TimeUnit.MINUTES) == 1, "does not end by itself");
        });
    }

    static final class Elsewhere { // it does not know the other type
        static ExecutorService pool() {
            return Executors.newFixedThreadPool(1);
        }
    }

    @Test
    void poolOfExecutors_castInAnotherClass_isRefusedWithAWayOut() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            try (var pool = (ThreadPoolExecutor) Elsewhere.pool()) {
                pool.execute(() -> {});
            }
        }));
        assertTrue(error.getMessage().startsWith("not modelled: a cast to java.util.concurrent.ThreadPoolExecutor"),
                error.getMessage());
        assertTrue(error.getMessage().contains("make the pool by new ThreadPoolExecutor"), error.getMessage());
        var left = assertThrows(ScheduleError.class, () -> Explore.all(() -> Elsewhere.pool().submit(() -> 1).get()));
        assertTrue(left.getMessage().contains("] pool-1-thread-1 waits for notify"), left.getMessage());
    }

    @Test
    void poolByPriority_queued_runInItsOrder() {
        Explore.options().preemptions(0).all(() -> {
            var ran = new StringBuffer();
            record Task(int priority, Runnable body) implements Runnable, Comparable<Task> {
                @Override
                public void run() {
                    body.run();
                }

                @Override
                public int compareTo(Task other) {
                    return Integer.compare(priority, other.priority);
                }
            }
            var open = new CountDownLatch(1);
            var pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(1));
            pool.execute(new Task(0, () -> {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
            for (int i = 15; i > 0; i--) { // more than the queue begins with
                int n = i;
                pool.execute(new Task(n, () -> ran.append((char) ('a' + n))));
            }
            open.countDown();
            pool.close();
            assertEquals("bcdefghijklmnop", ran.toString());
        });
    }

    static final class Mutex extends AbstractQueuedSynchronizer {
        private final boolean right;

        Mutex(boolean right) {
            this.right = right;
        }

        @Override
        protected boolean tryAcquire(int n) {
            if (right) {
                return compareAndSetState(0, 1);
            }
            if (getState() == 0) {
                setState(1);
                return true;
            }
            return false;
        }

        @Override
        protected boolean tryRelease(int n) {
            setState(0);
            return true;
        }
    }

    static void two(boolean right) throws InterruptedException {
        var lock = new Mutex(right);
        var n = new int[1];
        Runnable add = () -> {
            lock.acquire(1);
            n[0]++;
            lock.release(1);
        };
        var other = Programs.go("other", add);
        add.run();
        other.join();
        Programs.check(n[0] == 2, "n is " + n[0]);
    }

    @Test
    void ownSynchronizer_acquiresInTwoSteps_isFound() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> two(false)));
        assertTrue(error.getMessage().startsWith("race on "), error.getMessage());
        Explore.all(() -> two(true));
        var kept = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var lock = new Mutex(true);
            Programs.go("other", () -> lock.acquire(1)).join();
            lock.acquireInterruptibly(1);
        }));
        assertTrue(kept.getMessage().startsWith("deadlock"), kept.getMessage());
    }
}
