package dev.millrace.sync;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A lock at one instant.
///
/// @param name its name; empty when it has none
/// @param locked whether a writer has it; of a [Mutex], whether it is locked
/// @param readers how many read; of a [Mutex] 0
/// @param waitingWriters how many wait to lock, cases of selects included
/// @param waitingReaders how many wait to lock for reading, the same
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
/// @param holders who has it, and since which line; empty when it was made outside debug mode. Noted right after the lock was taken, so
///     perhaps a moment late
/// @param site where it was made; null outside debug mode
public record LockSnapshot(
        String name,
        boolean locked,
        int readers,
        int waitingWriters,
        int waitingReaders,
        Duration longestWait,
        List<Holder> holders,
        @Nullable StackTraceElement site) {
    /// Takes a copy of the list.
    public LockSnapshot {
        holders = List.copyOf(holders);
    }

    /// One who has a lock.
    ///
    /// @param goroutine its name, else its number
    /// @param reads whether it has locked for reading
    /// @param site where it has locked
    public record Holder(String goroutine, boolean reads, @Nullable StackTraceElement site) {}
}
