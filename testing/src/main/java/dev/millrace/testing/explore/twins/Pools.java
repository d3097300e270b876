package dev.millrace.testing.explore.twins;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;

/// In place of [java.util.concurrent.Executors]. Where that makes platform threads, these are virtual: they cost less.
public final class Pools {
    private Pools() {}

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
        return new TwinPool(Integer.MAX_VALUE, threads(), false);
    }

    /// See [java.util.concurrent.Executors#newCachedThreadPool(ThreadFactory)].
    public static ExecutorService newCachedThreadPool(ThreadFactory factory) {
        return new TwinPool(Integer.MAX_VALUE, factory, false);
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int)].
    public static ExecutorService newFixedThreadPool(int threads) {
        return new TwinPool(threads, threads(), true);
    }

    /// See [java.util.concurrent.Executors#newFixedThreadPool(int, ThreadFactory)].
    public static ExecutorService newFixedThreadPool(int threads, ThreadFactory factory) {
        return new TwinPool(threads, factory, true);
    }

    /// See [java.util.concurrent.Executors#newSingleThreadExecutor()].
    public static ExecutorService newSingleThreadExecutor() {
        return new TwinPool(1, threads(), true);
    }

    /// See [java.util.concurrent.Executors#newSingleThreadExecutor(ThreadFactory)].
    public static ExecutorService newSingleThreadExecutor(ThreadFactory factory) {
        return new TwinPool(1, factory, true);
    }

    private static ThreadFactory threads() {
        return Thread.ofVirtual().name("pool-thread-", 1).factory();
    }
}
