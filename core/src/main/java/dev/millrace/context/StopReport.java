package dev.millrace.context;

import java.time.Duration;
import java.util.List;

/// How the tasks under a context came to their end after it had: the time each took, and where those stand that have not
/// ended. Empty while the context lives, and for tasks that ended before.
///
/// @param stopped those that have ended, in that order
/// @param leftOut how many more have ended and were not kept: a cancellation remembers some thousand
/// @param running those that still run
public record StopReport(List<Stopped> stopped, int leftOut, List<Running> running) {
    /// Copies the lists.
    public StopReport {
        stopped = List.copyOf(stopped);
        running = List.copyOf(running);
    }

    /// A task that has ended.
    ///
    /// @param task its name, or its goroutine's number
    /// @param context the name of its context; empty when that has none, or has gone
    /// @param after how long after the context
    public record Stopped(String task, String context, Duration after) {}

    /// A task that still runs.
    ///
    /// @param task its name, or its goroutine's number
    /// @param goroutine the number of its goroutine
    /// @param context the name of its context; empty when that has none
    /// @param since how long ago the context ended
    /// @param stack where it stands
    public record Running(
            String task, long goroutine, String context, Duration since, List<StackTraceElement> stack) {
        /// Copies the list.
        public Running {
            stack = List.copyOf(stack);
        }
    }
}
