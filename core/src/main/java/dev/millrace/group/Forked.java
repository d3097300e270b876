package dev.millrace.group;

import dev.millrace.context.Done;
import org.jspecify.annotations.Nullable;

/// A task of a [TaskGroup] that has a result.
///
/// @param <T> the result
public sealed interface Forked<T extends @Nullable Object> permits Member.Valued {
    /// Whether the task has ended, in whatever way.
    boolean isDone();

    /// The event that the task has ended, in whatever way: to wait for one of several, and for a select.
    Done done();

    /// The result. Read it after the group's join.
    ///
    /// @throws IllegalStateException when the task has not ended, has failed (with the failure as its cause), or left by
    ///     `Go.exit()`
    T get();

    /// What the task threw, null when it has not failed.
    @Nullable Throwable failure();
}
