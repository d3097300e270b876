package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Something that happens at an instant. An element of a [TimerHeap].
public abstract class Timer {
    long when; // the scheduler's nanoseconds; guarded by the scheduler's timer lock
    int index = -1; // place in the heap, -1 when in none; same lock
    long order; // breaks ties: the least fires first; same lock

    /// Called once per scheduling, on the timer thread, outside all locks. Runs no code that a user wrote. When it throws an [OutOfMemoryError]
    /// it is called again, a little later, until there is memory; until then it can be withdrawn. So it must allocate before it acts.
    protected abstract void fire();

    /// The goroutine that it is set to start, for reports; null when it does something else.
    public @Nullable Goroutine starts() {
        return null;
    }

    /// Whether it is in a heap. Under the scheduler's lock.
    final boolean isSet() {
        return index >= 0;
    }

    /// When it is due, by its scheduler's clock; a hint while others set it or withdraw it.
    public final long when() {
        return when;
    }
}
