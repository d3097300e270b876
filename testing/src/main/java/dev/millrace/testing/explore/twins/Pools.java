package dev.millrace.testing.explore.twins;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

/// In place of [java.util.concurrent.Executors]. Where that makes platform threads, these are virtual: they cost less.
///
/// They are [TwinPool]s, which take a tenth of the steps of a `ThreadPoolExecutor`. Where the class that asks for one knows that type too, since it casts what it is given, it gets one: see [CastPools].
public final class Pools {
    private Pools() {}

    /// See [java.util.concurrent.Executors#defaultThreadFactory()].
    public static ThreadFactory defaultThreadFactory() {
        return new TwinThreads();
    }

    /// See [java.util.concurrent.Executors#newVirtualThreadPerTaskExecutor()].
    public static ExecutorService newVirtualThreadPerTaskExecutor() {
        return new TwinPool(Integer.MAX_VALUE, Thread.ofVirtual().factory(), false);
    }

    /// See [java.util.concurrent.Executors#newThreadPerTaskExecutor].
    public static ExecutorService newThreadPerTaskExecutor(ThreadFactory factory) {
        return new TwinPool(Integer.MAX_VALUE, factory, false);
    }

    /// See [java.util.concurrent.Executors#newCachedThreadPool()].
    public static ExecutorService newCachedThreadPool() {
        return newCachedThreadPool(new TwinThreads());
    }

    /// See [java.util.concurrent.Executors#newCachedThreadPool(ThreadFactory)].
    public static ExecutorService newCachedThreadPool(ThreadFactory factory) {
        return new TwinPool(Integer.MAX_VALUE, factory, false);
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int)].
    public static ExecutorService newFixedThreadPool(int threads) {
        return newFixedThreadPool(threads, new TwinThreads());
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int, ThreadFactory)].
    public static ExecutorService newFixedThreadPool(int threads, ThreadFactory factory) {
        return new TwinPool(threads, factory, true);
    }

    /// See [java.util.concurrent.Executors#newSingleThreadExecutor()].
    public static ExecutorService newSingleThreadExecutor() {
        return new TwinPool(1, new TwinThreads(), true);
    }

    /// See [java.util.concurrent.Executors#newSingleThreadExecutor(ThreadFactory)].
    public static ExecutorService newSingleThreadExecutor(ThreadFactory factory) {
        return new TwinPool(1, factory, true);
    }

    /// See [java.util.concurrent.Executors#newScheduledThreadPool(int)].
    public static ScheduledExecutorService newScheduledThreadPool(int threads) {
        return new ScheduledThreadPoolExecutor(threads);
    }

    /// See [java.util.concurrent.Executors#newScheduledThreadPool(int, ThreadFactory)].
    public static ScheduledExecutorService newScheduledThreadPool(int threads, ThreadFactory factory) {
        return new ScheduledThreadPoolExecutor(threads, factory);
    }

    /// See [java.util.concurrent.Executors#newSingleThreadScheduledExecutor()].
    public static ScheduledExecutorService newSingleThreadScheduledExecutor() {
        return Executors.unconfigurableScheduledExecutorService(new ScheduledThreadPoolExecutor(1));
    }

    /// See [java.util.concurrent.Executors#newSingleThreadScheduledExecutor(ThreadFactory)].
    public static ScheduledExecutorService newSingleThreadScheduledExecutor(ThreadFactory factory) {
        return Executors.unconfigurableScheduledExecutorService(new ScheduledThreadPoolExecutor(1, factory));
    }

    /// See [java.util.concurrent.Executors#newWorkStealingPool()].
    public static ExecutorService newWorkStealingPool() {
        return newWorkStealingPool(TwinForkJoinPool.PROCESSORS);
    }

    /// See [java.util.concurrent.Executors#newWorkStealingPool(int)].
    public static ExecutorService newWorkStealingPool(int parallelism) {
        return new ForkJoinPool(parallelism, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
    }
}
