package dev.millrace.testing.explore.twins;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the threads of a [TwinForkJoinPool] have to do: who takes which task.
class TwinQueues {
    final ReentrantLock lock = new ReentrantLock();
    final ArrayDeque<TwinForkJoinTask<?>> submitted = new ArrayDeque<>(); // guarded by lock, as all below
    final List<TwinWorker> workers = new ArrayList<>();
    private final boolean async;

    TwinQueues(boolean async) {
        this.async = async;
    }

    @Nullable TwinForkJoinTask<?> take(TwinWorker worker) {
        TwinForkJoinTask<?> task = async ? worker.own.pollFirst() : worker.own.pollLast();
        task = task == null ? submitted.pollFirst() : task;
        for (int i = 0; task == null && i < workers.size(); i++) {
            task = workers.get(i).own.pollFirst();
        }
        return task;
    }

    /// `worker` has run the last one that it took.
    void ran(TwinWorker worker) {
        lock.lock();
        try {
            worker.running.pollLast();
        } finally {
            lock.unlock();
        }
    }

    /// Takes `task` out of the queues. False when it is in none.
    boolean takeBack(TwinForkJoinTask<?> task) {
        lock.lock();
        try {
            boolean found = submitted.removeIf(t -> t == task);
            for (int i = 0; !found && i < workers.size(); i++) {
                found = workers.get(i).own.removeIf(t -> t == task);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    @Nullable TwinForkJoinTask<?> forkedBy(TwinForkJoinTask<?> task, TwinWorker me) {
        lock.lock();
        try {
            for (TwinWorker other : workers) {
                if (other != me && other.running.contains(task)) {
                    TwinForkJoinTask<?> forked = other.own.pollFirst();
                    if (forked != null) {
                        me.running.addLast(forked);
                    }
                    return forked;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    final <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    int queued() {
        return locked(() -> submitted.size() + workers.stream().mapToInt(worker -> worker.own.size()).sum());
    }

    int queued(TwinWorker worker) {
        return locked(worker.own::size);
    }

    int submitted() {
        return locked(submitted::size);
    }

    int size() {
        return locked(workers::size);
    }

    int indexOf(Thread thread) {
        return locked(() -> workers.stream().map(worker -> worker.thread).toList().indexOf(thread));
    }
}
