package dev.millrace.testing.explore.twins;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs tasks on up to so many threads: each task on a new one, or on threads that stay until the shutdown.
final class TwinPool extends AbstractExecutorService {
    private final int most;
    private final ThreadFactory factory;
    private final boolean stays;
    private final Object lock = new Object();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>(); // guarded by lock, as all below
    private final List<Thread> threads = new ArrayList<>();
    private int idle;
    private boolean shutdown;

    TwinPool(int most, ThreadFactory factory, boolean stays) {
        if (most < 1) {
            throw new IllegalArgumentException("a pool must have > 0 threads, was " + most);
        }
        this.most = most;
        this.factory = Objects.requireNonNull(factory);
        this.stays = stays;
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task);
        Thread started = null;
        synchronized (lock) {
            if (shutdown) {
                throw new RejectedExecutionException("the pool is shut down");
            }
            if (stays && (idle > queue.size() || threads.size() >= most)) {
                queue.add(task);
                lock.notify();
            } else {
                started = factory.newThread(() -> work(task));
                if (started == null) {
                    throw new RejectedExecutionException("the factory makes no thread");
                }
                threads.add(started);
            }
        }
        if (started != null) {
            started.start();
        }
    }

    private void work(Runnable first) {
        Runnable task = first;
        try {
            while (task != null) {
                task.run();
                task = stays ? next() : null;
            }
        } finally {
            synchronized (lock) {
                threads.remove(Thread.currentThread());
                lock.notifyAll();
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (lock) {
            idle++;
            while (queue.isEmpty() && !shutdown) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // of a task that has ended, or of a shutdown, which is looked for
                }
            }
            idle--;
            return queue.poll();
        }
    }

    @Override
    public void shutdown() {
        synchronized (lock) {
            shutdown = true;
            lock.notifyAll();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left;
        List<Thread> running;
        synchronized (lock) {
            shutdown = true;
            left = new ArrayList<>(queue);
            queue.clear();
            running = new ArrayList<>(threads);
            lock.notifyAll();
        }
        running.forEach(Thread::interrupt);
        return left;
    }

    @Override
    public boolean isShutdown() {
        synchronized (lock) {
            return shutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        synchronized (lock) {
            return shutdown && threads.isEmpty();
        }
    }

    @Override
    public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(time);
        synchronized (lock) {
            while (!(shutdown && threads.isEmpty())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                lock.wait(left / 1_000_000 + 1);
            }
            return true;
        }
    }
}
