package dev.millrace.testing.explore.twins;

import java.io.Serial;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Objects;

/// What `execute` was given: of its failure nobody asks. So it goes to the pool's handler; without one it leaves the thread, which fails the schedule.
final class TwinExecuted extends TwinForkJoinTask<Void> {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Runnable task;
    private final transient TwinForkJoinPool pool;

    TwinExecuted(Runnable task, TwinForkJoinPool pool) {
        this.task = Objects.requireNonNull(task);
        this.pool = pool;
    }

    @Override
    protected boolean exec() {
        task.run();
        return true;
    }

    @Override
    public void onAuxExceptionSet(Throwable failure) {
        UncaughtExceptionHandler handler = pool.getUncaughtExceptionHandler();
        if (handler == null) {
            throw TwinForkJoinTask.<RuntimeException>asItIs(failure);
        }
        handler.uncaughtException(Thread.currentThread(), failure);
    }

    @Override
    @SuppressWarnings("NullAway") // the only value of that type
    public Void getRawResult() {
        return null;
    }

    @Override
    protected void setRawResult(Void value) {}
}
