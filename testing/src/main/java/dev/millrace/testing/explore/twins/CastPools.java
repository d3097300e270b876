package dev.millrace.testing.explore.twins;

import dev.millrace.testing.explore.engine.Background;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// What [Pools] has and the JDK answers as a `ThreadPoolExecutor`, for classes that cast it.
public final class CastPools {
    private CastPools() {}

    /// See [java.util.concurrent.Executors#newCachedThreadPool()].
    public static ExecutorService newCachedThreadPool() {
        return newCachedThreadPool(new TwinThreads());
    }

    /// See [java.util.concurrent.Executors#newCachedThreadPool(ThreadFactory)].
    public static ExecutorService newCachedThreadPool(ThreadFactory factory) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int)].
    public static ExecutorService newFixedThreadPool(int threads) {
        return newFixedThreadPool(threads, new TwinThreads());
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int, ThreadFactory)].
    public static ExecutorService newFixedThreadPool(int threads, ThreadFactory factory) {
        return new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), factory);
    }

    /// Something is about to be cast to a `ThreadPoolExecutor`.
    public static void cast(Object pool) {
        if (pool instanceof TwinPool) {
            throw Background.refuse(
                    "a cast to java.util.concurrent.ThreadPoolExecutor in another class than that which has the pool from"
                            + " Executors",
                    "make the pool by new ThreadPoolExecutor(…)");
        }
    }
}
