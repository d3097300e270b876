package dev.millrace.testing.explore.twins;

import dev.millrace.testing.explore.engine.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// The threads of a [TwinForkJoinPool] and what they have to do, under one lock.
///
/// A thread takes of what it has forked itself the last, then what was submitted, then of what others have forked the first. Who joins a task that nobody has taken
/// runs it. If somebody runs it, the joiner runs what that one has forked meanwhile, as the JDK's does, and then waits, and another thread may take its place: so joins alone never
/// leave a pool without a thread that runs.
///
/// Threads are daemons, as the JDK's are: a pool that nobody shuts down is no deadlock.
final class TwinWorkers extends TwinQueues {
    private final TwinForkJoinPool pool;
    private final String prefix;
    private final TwinForkJoinPool.@Nullable ForkJoinWorkerThreadFactory factory; // null: virtual threads
    private final Condition work = lock.newCondition();
    private final Condition rest = lock.newCondition(); // somebody is idle, or has ended
    private int parallelism; // guarded by lock, as all below
    private int idle;
    private int blocked; // those whose place another may take
    private int numbers;
    private boolean shutdown;
    private boolean stopped;

    TwinWorkers(
            TwinForkJoinPool pool, int parallelism, boolean async, String prefix,
            TwinForkJoinPool.@Nullable ForkJoinWorkerThreadFactory factory) {
        super(async);
        this.pool = pool;
        this.parallelism = parallelism;
        this.prefix = prefix;
        this.factory = factory;
    }

    void push(TwinForkJoinTask<?> task) {
        TwinWorker me = TwinWorker.current();
        Thread more;
        lock.lock();
        try {
            if (me != null && me.pool == pool) {
                me.own.addLast(Objects.requireNonNull(task));
            } else if (shutdown) {
                throw new RejectedExecutionException("the pool is shut down");
            } else {
                submitted.addLast(Objects.requireNonNull(task));
            }
            more = signalled();
        } finally {
            lock.unlock();
        }
        start(more);
    }

    /// Wakes somebody for what is queued; a thread to start when there is nobody, and may be one more.
    private @Nullable Thread signalled() {
        int queued = queued();
        if (queued == 0) {
            return null;
        }
        if (idle > 0) {
            work.signal();
        }
        if (idle >= queued || workers.size() - blocked >= parallelism) {
            return null;
        }
        var worker = new TwinWorker(pool);
        workers.add(worker);
        Thread thread;
        if (factory == null) {
            thread = Thread.ofVirtual().name(prefix + ++numbers).unstarted(worker::work);
        } else {
            thread = factory.newThread(pool);
            if (thread == null) {
                workers.remove(worker);
                return null;
            }
        }
        worker.thread = thread;
        return thread;
    }

    private static void start(@Nullable Thread thread) {
        if (thread != null) {
            Background.start(thread);
        }
    }

    /// What `worker` is to run next; null when it is to end.
    @Nullable TwinForkJoinTask<?> next(TwinWorker worker) {
        lock.lock();
        try {
            for (;;) {
                if (stopped || workers.size() - blocked > parallelism) {
                    return null;
                }
                TwinForkJoinTask<?> task = take(worker);
                if (task != null) {
                    worker.running.addLast(task);
                    return task;
                }
                if (shutdown) {
                    return null;
                }
                idle++;
                rest.signalAll();
                try {
                    work.await();
                } catch (InterruptedException e) {
                    // of a task that has ended, or of a shutdown, which is looked for
                }
                idle--;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Its thread ends.
    void left(TwinWorker worker) {
        Thread more;
        lock.lock();
        try {
            workers.remove(worker);
            submitted.addAll(worker.own);
            worker.own.clear();
            more = stopped ? null : signalled();
            rest.signalAll();
        } finally {
            lock.unlock();
        }
        start(more);
    }

    /// Waits for the end of `task`; see above for what a thread does meanwhile.
    boolean await(TwinForkJoinTask<?> task, boolean interruptible, long deadline) throws InterruptedException {
        TwinWorker me = TwinWorker.current();
        if (takeBack(task)) {
            perform(me, task);
        }
        while (me != null && !task.isDone()) {
            TwinForkJoinTask<?> forked = forkedBy(task, me);
            if (forked == null) {
                break;
            }
            me.run(forked);
        }
        if (task.isDone()) {
            return true;
        }
        if (me != null) {
            blocks();
        }
        try {
            return task.awaitEnd(interruptible, deadline);
        } finally {
            if (me != null) {
                goesOn();
            }
        }
    }

    private void perform(@Nullable TwinWorker me, TwinForkJoinTask<?> task) {
        if (me == null) {
            task.perform();
        } else {
            lock.lock();
            try {
                me.running.addLast(task);
            } finally {
                lock.unlock();
            }
            me.run(task);
        }
    }

    /// A thread of the pool is about to wait.
    void blocks() {
        Thread more;
        lock.lock();
        try {
            blocked++;
            more = signalled();
        } finally {
            lock.unlock();
        }
        start(more);
    }

    /// It goes on.
    void goesOn() {
        lock.lock();
        try {
            blocked--;
        } finally {
            lock.unlock();
        }
    }

    // The end, and quiescence.

    void shutdown(boolean now) {
        List<TwinForkJoinTask<?>> dropped = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        lock.lock();
        try {
            shutdown = true;
            if (now) {
                stopped = true;
                dropped.addAll(submitted);
                submitted.clear();
                for (TwinWorker worker : workers) {
                    dropped.addAll(worker.own);
                    worker.own.clear();
                    if (worker.thread != null) {
                        running.add(worker.thread);
                    }
                }
            }
            work.signalAll();
        } finally {
            lock.unlock();
        }
        dropped.forEach(task -> task.cancel(false));
        running.forEach(Thread::interrupt);
    }

    boolean awaitEnd(long nanos) throws InterruptedException {
        long now = System.nanoTime();
        long deadline = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
        lock.lock();
        try {
            while (!(shutdown && workers.isEmpty())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                rest.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nobody has anything to do, but for the caller when that is one of the pool: it helps.
    boolean quiesce(long nanos) {
        TwinWorker me = TwinWorker.current();
        boolean mine = me != null && me.pool == pool;
        long now = System.nanoTime();
        long deadline = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
        for (;;) {
            TwinForkJoinTask<?> task = null;
            lock.lock();
            try {
                if (mine && me != null) {
                    task = take(me);
                }
                if (task == null) {
                    long left = deadline - System.nanoTime();
                    if (idle + (mine ? 1 : 0) >= workers.size() && queued() == 0) {
                        return true;
                    } else if (left <= 0) {
                        return false;
                    }
                    try {
                        rest.awaitNanos(left);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return false;
                    }
                }
            } finally {
                lock.unlock();
            }
            if (task != null) {
                perform(me, task);
            }
        }
    }

    // Numbers.

    int idle() {
        return locked(() -> idle);
    }

    int parallelism() {
        return locked(() -> parallelism);
    }

    int parallelism(int next) {
        return locked(() -> {
            int was = parallelism;
            parallelism = next;
            return was;
        });
    }

    int nextNumber() {
        return locked(() -> ++numbers);
    }

    TwinWorker of(Thread thread) {
        return locked(() -> workers.get(indexOf(thread)));
    }

    boolean isShutdown() {
        return locked(() -> shutdown);
    }

    boolean isTerminated() {
        return locked(() -> shutdown && workers.isEmpty());
    }

    boolean isQuiescent() {
        return locked(() -> idle == workers.size() && queued() == 0);
    }
}
