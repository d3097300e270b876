package dev.millrace.testing.explore.twins;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One thread of a pool, with the tasks that it has forked. What can change is guarded by the lock of [TwinWorkers].
final class TwinWorker {
    private static final ThreadLocal<TwinWorker> CURRENT = new ThreadLocal<>();

    final TwinForkJoinPool pool;
    final ArrayDeque<TwinForkJoinTask<?>> own = new ArrayDeque<>();
    final ArrayDeque<TwinForkJoinTask<?>> running = new ArrayDeque<>(); // the last one on top: while it joins it may run others
    @Nullable Thread thread;

    TwinWorker(TwinForkJoinPool pool) {
        this.pool = pool;
    }

    /// The one that this thread is.
    static @Nullable TwinWorker current() {
        return CURRENT.get();
    }

    /// The life of its thread.
    void work() {
        CURRENT.set(this);
        try {
            for (TwinForkJoinTask<?> task = pool.workers.next(this); task != null; task = pool.workers.next(this)) {
                run(task);
            }
        } finally {
            CURRENT.remove();
            pool.workers.left(this);
        }
    }

    /// Runs what was taken, and noted as running.
    void run(TwinForkJoinTask<?> task) {
        try {
            task.perform();
        } finally {
            pool.workers.ran(this);
        }
    }
}
