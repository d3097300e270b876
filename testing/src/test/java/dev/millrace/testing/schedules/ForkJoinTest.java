package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Pools for tasks that fork.
class ForkJoinTest {
    static final class Sum extends RecursiveTask<Integer> {
        private final int from;
        private final int to;

        Sum(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        protected Integer compute() {
            if (to - from == 1) {
                return from;
            }
            int middle = (from + to) / 2;
            var left = new Sum(from, middle);
            left.fork();
            return new Sum(middle, to).compute() + left.join();
        }
    }

    @Test
    void recursiveTask_inAPool_comesToItsSum() {
        var explored = Explore.options().preemptions(1).all(() -> {
            try (var pool = new ForkJoinPool(2)) {
                Programs.check(pool.invoke(new Sum(0, 4)) == 6, "not 6");
            }
        });
        System.out.println("a sum of four in a ForkJoinPool of two: " + explored);
    }

    /// Both halves add to one field.
    static final class Adds extends RecursiveAction {
        private final Programs.Torn n;
        private final int depth;

        Adds(Programs.Torn n, int depth) {
            this.n = n;
            this.depth = depth;
        }

        @Override
        protected void compute() {
            if (depth == 0) {
                n.add();
            } else {
                invokeAll(new Adds(n, depth - 1), new Adds(n, depth - 1));
            }
        }
    }

    static void torn(ForkJoinPool pool) {
        var n = new Programs.Torn();
        pool.invoke(new Adds(n, 1));
        Programs.check(n.n == 2, "n is " + n.n);
    }

    static void tornInAPool() {
        try (var pool = new ForkJoinPool()) {
            torn(pool);
        }
    }

    static void tornInTheCommonPool() {
        torn(ForkJoinPool.commonPool());
    }

    @Test
    void twoHalves_inTwoThreads_areInterleaved() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(ForkJoinTest::tornInAPool));
        assertTrue(error.getMessage().contains("n is 1"), error.getMessage());
        assertTrue(error.getMessage().contains("] ForkJoinPool-1-worker-2"), error.getMessage());
        assertThrows(
                ScheduleError.class, () -> Explore.options().replay(error.choices()).run(ForkJoinTest::tornInAPool));
        var common = assertThrows(ScheduleError.class, () -> Explore.all(ForkJoinTest::tornInTheCommonPool));
        assertTrue(common.getMessage().contains("] ForkJoinPool.commonPool-worker-1"), common.getMessage());
        Explore.options().preemptions(1).all(() -> { // one thread: nothing is interleaved
            try (var pool = new ForkJoinPool(1)) {
                torn(pool);
            }
        });
    }

    @Test
    void commonPool_usedAndLeft_isNoDeadlock() {
        Explore.options().preemptions(1).all(() -> {
            Programs.check(new Sum(0, 2).fork().join() == 1, "not 1");
            Programs.check(ForkJoinPool.commonPool().submit(() -> 3).get() == 3, "not 3");
            ForkJoinPool.commonPool().close();
            Programs.check(!ForkJoinPool.commonPool().isShutdown(), "shut down");
            Programs.check(!ForkJoinTask.inForkJoinPool(), "main is none of its threads");
        });
    }

    /// Who joins makes room for another; who waits for something else does not.
    @Test
    void threadsThatWait_forSomethingElse_starveThePool() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var open = new CountDownLatch(1);
            try (var pool = new ForkJoinPool(1)) {
                var waits = pool.submit(() -> {
                    open.await();
                    return 1;
                });
                pool.submit(open::countDown);
                waits.join();
            }
        }));
        assertTrue(error.getMessage().startsWith("deadlock: nobody can run"), error.getMessage());
        assertTrue(error.getMessage().contains("[1] ForkJoinPool-1-worker-1 waits for"), error.getMessage());
        assertTrue(error.getMessage().contains("ForkJoinTest.lambda$"), error.getMessage());
        Explore.options().preemptions(1).all(() -> {
            try (var pool = new ForkJoinPool(1)) {
                var outer = pool.submit(() -> CompletableFuture.supplyAsync(() -> 2, pool).join());
                Programs.check(outer.join() == 2, "not 2");
            }
        });
    }

    /// Where its two halves ran: of the second, which is forked, in which threads it ran when its parent was joined by another thread.
    static final class Where extends RecursiveTask<String> {
        @Override
        protected String compute() {
            var forked = ForkJoinTask.adapt(() -> Thread.currentThread().getName());
            forked.fork();
            return Thread.currentThread().getName() + " " + forked.join();
        }
    }

    static void sameThread() {
        try (var pool = new ForkJoinPool(1)) {
            String where = pool.invoke(new Where());
            Programs.check(where.equals("ForkJoinPool-1-worker-1 ForkJoinPool-1-worker-1"), where);
        }
    }

    static void joinedByAThird() {
        try (var pool = new ForkJoinPool(2)) {
            String seen = pool.invoke(ForkJoinTask.adapt(() -> {
                String me = Thread.currentThread().getName();
                var where = new Where();
                where.fork();
                String[] threads = where.join().split(" ");
                return me.equals(threads[0]) ? "by itself" : threads[1].equals(me) ? "by the joiner" : "by another";
            }));
            Programs.check(!seen.equals("by the joiner"), seen);
        }
    }

    /// As in the JDK, a task may run in the thread that joins its parent, on top of what that one holds.
    @Test
    void joiner_meanwhile_runsWhatTheJoinedHasForked() {
        Explore.all(ForkJoinTest::sameThread);
        var error = assertThrows(ScheduleError.class, () -> Explore.all(ForkJoinTest::joinedByAThird));
        assertTrue(error.getMessage().contains("by the joiner"), error.getMessage());
    }

    @Test
    void failures_ofTasks_reachWhoJoinsAndWhoExecutes() {
        Explore.options().preemptions(1).all(() -> {
            try (var pool = new ForkJoinPool(2)) {
                var failing = pool.submit(() -> {
                    throw new IllegalStateException("so");
                });
                var error = assertThrows(ExecutionException.class, failing::get);
                Programs.check(error.getCause() instanceof IllegalStateException, "" + error.getCause());
                assertThrows(IllegalStateException.class, failing::join);
                Programs.check(failing.isCompletedAbnormally() && !failing.isCancelled(), "" + failing);
            }
        });
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            try (var pool = new ForkJoinPool(1)) {
                pool.execute(() -> Programs.check(false, "executed"));
            }
        }));
        assertTrue(error.getMessage().contains("ForkJoinPool-1-worker-1 threw java.lang.AssertionError: executed"),
                error.getMessage());
        Explore.options().preemptions(1).all(() -> {
            var heard = new AtomicInteger();
            try (var pool = new ForkJoinPool(
                    1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, (t, e) -> heard.incrementAndGet(), false)) {
                pool.execute(() -> Programs.check(false, "executed"));
            }
            Programs.check(heard.get() == 1, "heard " + heard);
        });
    }

    static final class Named extends ForkJoinWorkerThread {
        Named(ForkJoinPool pool) {
            super(pool);
            setName("mine");
        }
    }

    @Test
    void factory_ofTheProgram_makesTheThreads() {
        Explore.options().preemptions(1).all(() -> {
            try (var pool = new ForkJoinPool(1, Named::new, null, true)) {
                var in = pool.submit(() -> Thread.currentThread() instanceof ForkJoinWorkerThread me
                        && me.getName().equals("mine") && me.getPool() == ForkJoinTask.getPool());
                Programs.check(in.join(), "another thread");
            }
        });
    }

    @Test
    void shutdownNow_queuedAndRunning_areCancelledAndInterrupted() {
        Explore.options().punctual().preemptions(1).all(() -> {
            var pool = (ForkJoinPool) Executors.newWorkStealingPool(1);
            var waits = pool.submit(() -> {
                new CountDownLatch(1).await();
                return 1;
            });
            var queued = pool.submit(() -> 2);
            pool.shutdownNow();
            Programs.check(pool.awaitTermination(1, TimeUnit.DAYS), "not terminated");
            Programs.check(waits.isDone() && queued.isDone(), waits + ", " + queued);
        });
    }

    @Test
    void invokeAllAndQuiescence_everything_hasRun() {
        Explore.options().punctual().preemptions(1).all(() -> {
            var n = new AtomicInteger();
            var pool = new ForkJoinPool(2);
            for (var future : pool.invokeAll(List.of(n::incrementAndGet, n::incrementAndGet))) {
                Programs.check(future.isDone(), "not done");
            }
            pool.execute(n::incrementAndGet);
            Programs.check(pool.awaitQuiescence(1, TimeUnit.DAYS) && n.get() == 3, "n is " + n);
            pool.shutdown();
        });
    }

    /// Counts the elements up to a limit; who is last completes the root.
    static final class Counter extends CountedCompleter<Void> {
        private final AtomicInteger n;
        private final int depth;

        Counter(CountedCompleter<?> parent, AtomicInteger n, int depth) {
            super(parent);
            this.n = n;
            this.depth = depth;
        }

        @Override
        public void compute() {
            if (depth > 0) {
                setPendingCount(2);
                new Counter(this, n, depth - 1).fork();
                new Counter(this, n, depth - 1).fork();
            } else {
                n.incrementAndGet();
            }
            tryComplete();
        }
    }

    @Test
    void countedCompleter_last_completesTheRoot() {
        Explore.options().preemptions(1).all(() -> {
            var n = new AtomicInteger();
            try (var pool = new ForkJoinPool(2)) {
                pool.invoke(new Counter(null, n, 1));
                Programs.check(n.get() == 2, "n is " + n);
            }
        });
    }

    @Test
    void schedule_ofAForkJoinPool_isRefusedWithAWayOut() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            try (var pool = new ForkJoinPool(1)) {
                pool.schedule(() -> 1, 1, TimeUnit.SECONDS).get();
            } catch (RuntimeException e) {
                // as programs do
            }
        }));
        assertTrue(error.getMessage().startsWith("not modelled: java.util.concurrent.ForkJoinPool.schedule has no model"
                + " in the explorer: use a ScheduledThreadPoolExecutor"), error.getMessage());
    }
}
