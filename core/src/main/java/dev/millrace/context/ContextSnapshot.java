package dev.millrace.context;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A context and what is below it, at one moment.
///
/// @param name its name; empty when it has none
/// @param text what it is, for one that has no name: `background`, `cancel`, `timeout 300 ms`
/// @param end who ended it, empty while it lives
/// @param inherited whether it ended with its parent
/// @param detached whether it is a detached one, which does not end with its parent
/// @param remaining the time to its own deadline, empty when it has none of its own
/// @param tasks its goroutines, those that still run first
/// @param children the contexts below
public record ContextSnapshot(
        String name,
        String text,
        Optional<CancelRecord> end,
        boolean inherited,
        boolean detached,
        Optional<Duration> remaining,
        List<Task> tasks,
        List<ContextSnapshot> children) {
    /// Copies the lists.
    public ContextSnapshot {
        tasks = List.copyOf(tasks);
        children = List.copyOf(children);
    }

    /// A goroutine of a context.
    ///
    /// @param name its name, or its number
    /// @param running whether it still runs
    /// @param sinceEnd how long it has run on, or ran on, after its context had ended; zero while that lives
    /// @param waitsFor what it waits for; empty when it does not wait by the library
    /// @param at the line of the user's code where it stands; empty when it has ended
    public record Task(String name, boolean running, Duration sinceEnd, String waitsFor, String at) {}
}
