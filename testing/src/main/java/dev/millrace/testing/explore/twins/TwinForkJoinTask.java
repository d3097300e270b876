package dev.millrace.testing.explore.twins;

import java.io.Serial;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// In place of [java.util.concurrent.ForkJoinTask]: what it promises, without its tricks.
public abstract class TwinForkJoinTask<V> extends TwinEnd<V> {
    @Serial
    private static final long serialVersionUID = 1;

    public TwinForkJoinTask() {}

    public abstract V getRawResult();

    protected abstract void setRawResult(V value);

    protected abstract boolean exec();

    // Running.

    /// Runs it, when it has not ended.
    final void perform() {
        if (isDone()) {
            return;
        }
        boolean ended;
        try {
            ended = exec();
        } catch (Throwable t) {
            trySetException(t);
            return;
        }
        if (ended) {
            end(NORMAL);
        }
    }

    final void trySetException(Throwable failure) {
        if (trySetThrown(failure)) {
            onAuxExceptionSet(failure);
        }
    }

    /// It has failed. As the JDK names it: a copy of its code overrides this.
    public void onAuxExceptionSet(Throwable failure) {}

    public final TwinForkJoinTask<V> fork() {
        TwinForkJoinPool.ofThisThread().push(this);
        return this;
    }

    public final V invoke() {
        perform();
        return join();
    }

    public final void quietlyInvoke() {
        perform();
        quietlyJoin();
    }

    public static void invokeAll(TwinForkJoinTask<?> first, TwinForkJoinTask<?> second) {
        invokeAll(new TwinForkJoinTask<?>[] {first, second});
    }

    /// The first by the caller, the others by whoever takes them: the caller joins in order, and throws the first failure.
    public static void invokeAll(TwinForkJoinTask<?>... tasks) {
        for (int i = tasks.length - 1; i > 0; i--) {
            var _ = tasks[i].fork();
        }
        Throwable failure = null;
        for (int i = 0; i < tasks.length; i++) {
            if (failure != null) {
                tasks[i].cancel(false);
                continue;
            }
            if (i == 0) {
                tasks[i].perform();
            }
            tasks[i].quietlyJoin();
            failure = tasks[i].getException();
        }
        if (failure != null) {
            throw TwinForkJoinTask.<RuntimeException>asItIs(failure);
        }
    }

    public static <T extends TwinForkJoinTask<?>> Collection<T> invokeAll(Collection<T> tasks) {
        invokeAll(tasks.toArray(new TwinForkJoinTask<?>[0]));
        return tasks;
    }

    // Waiting.

    /// Does what a thread of a pool does meanwhile, then waits.
    private boolean await(boolean interruptible, long deadline) throws InterruptedException {
        return isDone() || TwinForkJoinPool.ofThisThread().await(this, interruptible, deadline);
    }

    public final void quietlyJoin() {
        try {
            await(false, 0);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public final boolean quietlyJoin(long time, TimeUnit unit) throws InterruptedException {
        return await(true, System.nanoTime() + unit.toNanos(time));
    }

    public final boolean quietlyJoinUninterruptibly(long time, TimeUnit unit) {
        try {
            return await(false, System.nanoTime() + unit.toNanos(time));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public final V join() {
        quietlyJoin();
        Throwable failure = getException();
        if (failure != null) {
            throw TwinForkJoinTask.<RuntimeException>asItIs(failure);
        }
        return getRawResult();
    }

    @Override
    public final V get() throws InterruptedException, ExecutionException {
        await(true, 0);
        return reported();
    }

    @Override
    public final V get(long time, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!await(true, System.nanoTime() + unit.toNanos(time))) {
            throw new TimeoutException();
        }
        return reported();
    }

    private V reported() throws ExecutionException {
        Throwable failure = getException();
        if (failure instanceof CancellationException e && isCancelled()) {
            throw e;
        } else if (failure != null) {
            throw new ExecutionException(failure);
        }
        return getRawResult();
    }

    // Ends by others, and questions.

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        end(CANCELLED);
        return isCancelled();
    }

    public void completeExceptionally(Throwable failure) {
        trySetException(
                failure instanceof RuntimeException || failure instanceof Error
                        ? failure
                        : new RuntimeException(failure));
    }

    public void complete(V value) {
        try {
            setRawResult(value);
        } catch (Throwable t) {
            trySetException(t);
            return;
        }
        end(NORMAL);
    }

    public final void quietlyComplete() {
        end(NORMAL);
    }

    // The pool of this thread.

    public static @Nullable TwinForkJoinPool getPool() {
        TwinWorker me = TwinWorker.current();
        return me == null ? null : me.pool;
    }

    public static boolean inForkJoinPool() {
        return getPool() != null;
    }

    public boolean tryUnfork() {
        return TwinForkJoinPool.ofThisThread().takeBack(this);
    }

    public static void helpQuiesce() {
        TwinForkJoinPool.ofThisThread().quiesce(Long.MAX_VALUE);
    }

    public static int getQueuedTaskCount() {
        TwinWorker worker = TwinWorker.current();
        return worker == null ? 0 : worker.pool.workers.queued(worker);
    }

    /// How many more are queued than there are threads that could take them: by that programs decide whether to fork.
    public static int getSurplusQueuedTaskCount() {
        TwinWorker worker = TwinWorker.current();
        return worker == null ? 0 : worker.pool.workers.queued(worker) - worker.pool.workers.idle();
    }

    protected static @Nullable TwinForkJoinTask<?> peekNextLocalTask() {
        return TwinUnmodelled.noQueue("peekNextLocalTask");
    }

    protected static @Nullable TwinForkJoinTask<?> pollNextLocalTask() {
        return TwinUnmodelled.noQueue("pollNextLocalTask");
    }

    protected static @Nullable TwinForkJoinTask<?> pollTask() {
        return TwinUnmodelled.noQueue("pollTask");
    }

    protected static @Nullable TwinForkJoinTask<?> pollSubmission() {
        return TwinUnmodelled.noQueue("pollSubmission");
    }

    // Tasks of other kinds.

    public static TwinForkJoinTask<?> adapt(Runnable task) {
        return new TwinAdapted<Void>(task, null, null, false);
    }

    public static <T> TwinForkJoinTask<T> adapt(Runnable task, T result) {
        return new TwinAdapted<>(task, null, result, false);
    }

    public static <T> TwinForkJoinTask<T> adapt(Callable<? extends T> task) {
        return new TwinAdapted<>(null, task, null, false);
    }

    public static TwinForkJoinTask<?> adaptInterruptible(Runnable task) {
        return new TwinAdapted<Void>(task, null, null, true);
    }

    public static <T> TwinForkJoinTask<T> adaptInterruptible(Runnable task, T result) {
        return new TwinAdapted<>(task, null, result, true);
    }

    public static <T> TwinForkJoinTask<T> adaptInterruptible(Callable<? extends T> task) {
        return new TwinAdapted<>(null, task, null, true);
    }

}
