package dev.millrace.testing.explore.twins;

import org.jspecify.annotations.Nullable;

/// In place of [java.util.concurrent.ForkJoinWorkerThread]: what a factory of the program makes. Without a factory threads are virtual.
public class TwinForkJoinThread extends Thread {
    public final TwinForkJoinPool pool; // as the JDK's: a copy of its code reads this

    protected TwinForkJoinThread(TwinForkJoinPool pool) {
        this(null, pool, false);
    }

    protected TwinForkJoinThread(@Nullable ThreadGroup group, TwinForkJoinPool pool, boolean preserveThreadLocals) {
        super(group, null, pool.nextName());
        this.pool = pool;
        setDaemon(true);
    }

    /// See `ForkJoinWorkerThread.hasKnownQueuedWork()`.
    public static boolean hasKnownQueuedWork() {
        return false;
    }

    public TwinForkJoinPool getPool() {
        return pool;
    }

    public int getPoolIndex() {
        return pool.workers.indexOf(this);
    }

    public int getQueuedTaskCount() {
        return TwinForkJoinTask.getQueuedTaskCount();
    }

    protected void onStart() {}

    protected void onTermination(@Nullable Throwable failure) {}

    @Override
    public void run() {
        Throwable failure = null;
        try {
            onStart();
            pool.workers.of(this).work();
        } catch (Throwable t) {
            failure = t;
        }
        onTermination(failure);
        if (failure != null) {
            throw TwinForkJoinTask.<RuntimeException>asItIs(failure);
        }
    }
}
