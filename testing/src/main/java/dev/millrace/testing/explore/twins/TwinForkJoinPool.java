package dev.millrace.testing.explore.twins;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// In place of [java.util.concurrent.ForkJoinPool]: the same interface; what its threads do is in [TwinWorkers].
public class TwinForkJoinPool extends TwinUnmodelled {
    /// The machine has as many, as programs see it by their pools: the same wherever they are explored.
    static final int PROCESSORS = 2;

    private static int pools;
    private static @Nullable TwinForkJoinPool common;

    /// See [java.util.concurrent.ForkJoinPool.ForkJoinWorkerThreadFactory].
    public interface ForkJoinWorkerThreadFactory {
        @Nullable TwinForkJoinThread newThread(TwinForkJoinPool pool);
    }

    /// See [java.util.concurrent.ForkJoinPool.ManagedBlocker].
    public interface ManagedBlocker {
        boolean block() throws InterruptedException;

        boolean isReleasable();
    }

    /// Makes virtual threads: see [TwinWorkers].
    public static final ForkJoinWorkerThreadFactory defaultForkJoinWorkerThreadFactory = TwinForkJoinThread::new;

    private final ForkJoinWorkerThreadFactory factory;
    private final @Nullable UncaughtExceptionHandler handler;
    private final boolean async;
    private final String prefix;
    final TwinWorkers workers;

    public TwinForkJoinPool() {
        this(PROCESSORS);
    }

    public TwinForkJoinPool(int parallelism) {
        this(parallelism, defaultForkJoinWorkerThreadFactory, null, false);
    }

    public TwinForkJoinPool(
            int parallelism, ForkJoinWorkerThreadFactory factory, @Nullable UncaughtExceptionHandler handler,
            boolean asyncMode) {
        this(parallelism, factory, handler, asyncMode, "ForkJoinPool-" + number() + "-worker-");
    }

    /// How many threads there may be besides, and how long they live, is for tuning: here they live on.
    public TwinForkJoinPool(
            int parallelism, ForkJoinWorkerThreadFactory factory, @Nullable UncaughtExceptionHandler handler,
            boolean asyncMode, int corePoolSize, int maximumPoolSize, int minimumRunnable,
            @Nullable Predicate<? super TwinForkJoinPool> saturate, long keepAliveTime, TimeUnit unit) {
        this(parallelism, factory, handler, asyncMode);
    }

    private TwinForkJoinPool(
            int parallelism, ForkJoinWorkerThreadFactory factory, @Nullable UncaughtExceptionHandler handler,
            boolean async, String prefix) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("a pool must have > 0 threads, was " + parallelism);
        }
        this.factory = Objects.requireNonNull(factory);
        this.handler = handler;
        this.async = async;
        this.prefix = prefix;
        workers = new TwinWorkers(this, parallelism, async, prefix,
                factory == defaultForkJoinWorkerThreadFactory ? null : factory);
    }

    private static synchronized int number() {
        return ++pools;
    }

    public static TwinForkJoinPool commonPool() {
        synchronized (TwinForkJoinPool.class) {
            if (common == null) {
                common = new TwinForkJoinPool(
                        PROCESSORS, defaultForkJoinWorkerThreadFactory, null, true,
                        "ForkJoinPool.commonPool-worker-");
            }
            return common;
        }
    }

    /// Where a `CompletableFuture` runs what is said to be asynchronous: on a thread of its own.
    public static TwinForkJoinPool asyncCommonPool() {
        return new TwinForkJoinPool(1, defaultForkJoinWorkerThreadFactory, null, true, "async-") {
            @Override
            public void execute(Runnable task) {
                Thread.ofVirtual().name("async").start(task);
            }
        };
    }

    /// That of which this thread is one, or the common one.
    static TwinWorkers ofThisThread() {
        TwinWorker me = TwinWorker.current();
        return me == null ? commonPool().workers : me.pool.workers;
    }

    private boolean isCommon() {
        synchronized (TwinForkJoinPool.class) {
            return this == common;
        }
    }

    // Tasks.

    public <T> T invoke(TwinForkJoinTask<T> task) {
        workers.push(task);
        return task.join();
    }

    public void execute(TwinForkJoinTask<?> task) {
        workers.push(task);
    }

    @Override
    public void execute(Runnable task) {
        workers.push(task instanceof TwinForkJoinTask<?> one ? one : new TwinExecuted(task, this));
    }

    public <T> TwinForkJoinTask<T> submit(TwinForkJoinTask<T> task) {
        workers.push(task);
        return task;
    }

    public <T> TwinForkJoinTask<T> externalSubmit(TwinForkJoinTask<T> task) {
        return submit(task);
    }

    public <T> TwinForkJoinTask<T> lazySubmit(TwinForkJoinTask<T> task) {
        return submit(task);
    }

    @Override
    public <T> TwinForkJoinTask<T> submit(Callable<T> task) {
        return submit(TwinForkJoinTask.adaptInterruptible(task));
    }

    @Override
    public <T> TwinForkJoinTask<T> submit(Runnable task, T result) {
        return submit(TwinForkJoinTask.adaptInterruptible(task, result));
    }

    @Override
    @SuppressWarnings("unchecked")
    public TwinForkJoinTask<?> submit(Runnable task) {
        return submit(
                task instanceof TwinForkJoinTask<?> one
                        ? (TwinForkJoinTask<Object>) one
                        : (TwinForkJoinTask<Object>) TwinForkJoinTask.adaptInterruptible(task));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return new TwinAdapted<>(task, null, value, true);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new TwinAdapted<>(null, task, null, true);
    }

    public <T> List<Future<T>> invokeAllUninterruptibly(Collection<? extends Callable<T>> tasks) {
        var futures = new ArrayList<Future<T>>();
        for (Callable<T> task : tasks) {
            futures.add(submit(task));
        }
        for (Future<T> future : futures) {
            ((TwinForkJoinTask<T>) future).quietlyJoin();
        }
        return futures;
    }

    /// Runs `blocker` until it is released; another thread may take this one's place meanwhile.
    public static void managedBlock(ManagedBlocker blocker) throws InterruptedException {
        TwinWorker worker = TwinWorker.current();
        if (worker != null) {
            worker.pool.workers.blocks();
        }
        try {
            while (!blocker.isReleasable() && !blocker.block()) {
                // once more
            }
        } finally {
            if (worker != null) {
                worker.pool.workers.goesOn();
            }
        }
    }

    /// What a copy of JDK code calls to help where it would wait: here it waits.
    public static void helpAsyncBlocker(Executor executor, ManagedBlocker blocker) {}

    // Its end.

    @Override
    public void shutdown() {
        if (!isCommon()) {
            workers.shutdown(false);
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        if (!isCommon()) {
            workers.shutdown(true);
        }
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return workers.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return workers.isTerminated();
    }

    public boolean isTerminating() {
        return isShutdown() && !isTerminated();
    }

    @Override
    public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
        if (isCommon()) {
            workers.quiesce(unit.toNanos(time));
            return false;
        }
        return workers.awaitEnd(unit.toNanos(time));
    }

    public boolean awaitQuiescence(long time, TimeUnit unit) {
        return workers.quiesce(unit.toNanos(time));
    }

    @Override
    public void close() {
        if (!isCommon()) {
            super.close();
        }
    }

    // Questions.

    public ForkJoinWorkerThreadFactory getFactory() {
        return factory;
    }

    public @Nullable UncaughtExceptionHandler getUncaughtExceptionHandler() {
        return handler;
    }

    public boolean getAsyncMode() {
        return async;
    }

    public int getParallelism() {
        return workers.parallelism();
    }

    public int setParallelism(int next) {
        return workers.parallelism(next);
    }

    public static int getCommonPoolParallelism() {
        return PROCESSORS;
    }

    public int getPoolSize() {
        return workers.size();
    }

    public int getRunningThreadCount() {
        return getActiveThreadCount();
    }

    public int getActiveThreadCount() {
        return workers.size() - workers.idle();
    }

    public boolean isQuiescent() {
        return workers.isQuiescent();
    }

    public long getQueuedTaskCount() {
        return (long) workers.queued() - workers.submitted();
    }

    public int getQueuedSubmissionCount() {
        return workers.submitted();
    }

    public boolean hasQueuedSubmissions() {
        return workers.submitted() > 0;
    }

    /// As the JDK names it: a copy of `CompletableFuture` calls this.
    public <T> TwinDelays.ScheduledForkJoinTask<T> scheduleDelayedTask(TwinDelays.ScheduledForkJoinTask<T> task) {
        task.begin();
        return task;
    }

    String nextName() {
        return prefix + workers.nextNumber();
    }
}
