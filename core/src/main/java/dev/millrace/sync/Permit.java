package dev.millrace.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Tokens of a [WeightedSemaphore] that are held until this is closed.
///
/// May be closed by any thread. Only the first close gives the tokens back; another does nothing.
public final class Permit implements AutoCloseable {
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(Permit.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WeightedSemaphore semaphore;
    private final long weight;
    private volatile boolean closed;

    Permit(WeightedSemaphore semaphore, long weight) {
        this.semaphore = semaphore;
        this.weight = weight;
    }

    /// How many tokens it stands for.
    public long weight() {
        return weight;
    }

    /// Gives the tokens back, unless that was done before. Never waits.
    ///
    /// @throws IllegalStateException when others have released so much that fewer are held
    @Override
    public void close() {
        if (CLOSED.compareAndSet(this, false, true)) {
            semaphore.release(weight);
        }
    }

    /// `permit for 3 of semaphore "db" (3 of 10 held, 0 waiting)`.
    @Override
    public String toString() {
        return (closed ? "closed permit for " : "permit for ") + weight + " of " + semaphore;
    }
}
