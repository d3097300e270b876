package dev.millrace.testing.explore.twins;

import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// How a task has ended. Its monitor guards that, and tells all who wait for it.
abstract class TwinEnd<V> implements Future<V>, Serializable {
    @Serial
    private static final long serialVersionUID = 1;

    static final int NORMAL = 1;
    static final int CANCELLED = 2;
    private static final int FAILED = 3;

    private transient volatile int status; // 0: not ended
    private transient @Nullable Throwable thrown; // written before status
    private transient short tag; // guarded by this

    final boolean end(int how) {
        synchronized (this) {
            if (status != 0) {
                return false;
            }
            status = how;
            notifyAll();
            return true;
        }
    }

    /// Whether it has failed by this.
    public final boolean trySetThrown(Throwable failure) {
        synchronized (this) {
            if (status == 0) {
                thrown = failure;
            }
            return end(FAILED);
        }
    }

    /// Waits for the end; false when it did not come in time. `deadline` 0: for ever.
    final boolean awaitEnd(boolean interruptible, long deadline) throws InterruptedException {
        boolean interrupted = false;
        try {
            synchronized (this) {
                while (status == 0) {
                    long left = deadline == 0 ? 0 : deadline - System.nanoTime();
                    if (left < 0) {
                        return false;
                    }
                    try {
                        wait(deadline == 0 ? 0 : left / 1_000_000 + 1);
                    } catch (InterruptedException e) {
                        if (interruptible) {
                            throw e;
                        }
                        interrupted = true;
                    }
                }
                return true;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public void reinitialize() {
        synchronized (this) {
            thrown = null;
            status = 0;
        }
    }

    @Override
    public final boolean isDone() {
        return status != 0;
    }

    @Override
    public final boolean isCancelled() {
        return status == CANCELLED;
    }

    public final boolean isCompletedAbnormally() {
        return status > NORMAL;
    }

    public final boolean isCompletedNormally() {
        return status == NORMAL;
    }

    public final @Nullable Throwable getException() {
        return switch (status) {
            case CANCELLED -> new CancellationException();
            case FAILED -> thrown;
            default -> null;
        };
    }

    public final synchronized short getForkJoinTaskTag() {
        return tag;
    }

    public final synchronized short setForkJoinTaskTag(short next) {
        short was = tag;
        tag = next;
        return was;
    }

    public final synchronized boolean compareAndSetForkJoinTaskTag(short expected, short next) {
        boolean is = tag == expected;
        tag = is ? next : tag;
        return is;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // unchecked at run time: that is the point
    static <X extends Throwable> X asItIs(Throwable failure) throws X {
        throw (X) failure;
    }
}
