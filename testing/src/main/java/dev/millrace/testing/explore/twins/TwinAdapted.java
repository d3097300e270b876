package dev.millrace.testing.explore.twins;

import java.io.Serial;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RunnableFuture;
import org.jspecify.annotations.Nullable;

/// A runnable or a callable as a task of a pool.
final class TwinAdapted<V> extends TwinForkJoinTask<V> implements RunnableFuture<V> {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient @Nullable Runnable runnable;
    private final transient @Nullable Callable<? extends V> callable;
    private transient @Nullable V result;
    private final boolean interruptible;
    private transient volatile @Nullable Thread runner;

    TwinAdapted(
            @Nullable Runnable runnable, @Nullable Callable<? extends V> callable, @Nullable V result,
            boolean interruptible) {
        if (runnable == null) {
            Objects.requireNonNull(callable);
        }
        this.runnable = runnable;
        this.callable = callable;
        this.result = result;
        this.interruptible = interruptible;
    }

    @Override
    protected boolean exec() {
        if (interruptible) {
            runner = Thread.currentThread();
        }
        try {
            if (runnable != null) {
                runnable.run();
            } else if (callable != null) {
                result = callable.call();
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw interruptible ? TwinForkJoinTask.<RuntimeException>asItIs(e) : new RuntimeException(e);
        } finally {
            if (interruptible) {
                runner = null;
            }
        }
        return true;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        Thread running = runner;
        if (cancelled && mayInterruptIfRunning && running != null) {
            running.interrupt();
        }
        return cancelled;
    }

    @Override
    public void run() {
        quietlyInvoke();
    }

    @Override
    @SuppressWarnings("NullAway") // null is what a task without result answers
    public V getRawResult() {
        return result;
    }

    @Override
    protected void setRawResult(V value) {
        result = value;
    }
}
