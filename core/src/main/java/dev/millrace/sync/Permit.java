package dev.millrace.sync;

import dev.millrace.internal.SemaphoreBase;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tokens of a [WeightedSemaphore] that are held until this is closed.
///
/// May be closed by any thread. Only the first close gives the tokens back; another does nothing. One that is refused has not closed it.
public final class Permit implements AutoCloseable {
    private final WeightedSemaphore semaphore;
    private final long weight;
    private final AtomicBoolean closed = new AtomicBoolean();

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
    /// @throws IllegalStateException when others have released so much that fewer are held; it is as it was, and can be closed later
    @Override
    public void close() {
        if (!closed.get()) {
            SemaphoreBase.coreOf(semaphore).releaseOnce(weight, closed);
        }
    }

    /// `permit for 3 of semaphore "db" (3 of 10 held, 0 waiting)`.
    @Override
    public String toString() {
        return (closed.get() ? "closed permit for " : "permit for ") + weight + " of " + semaphore;
    }
}
