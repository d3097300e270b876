package dev.millrace.group;

import org.jspecify.annotations.Nullable;

/// What came of a task.
///
/// @param <T> its result
public sealed interface Outcome<T extends @Nullable Object> {
    /// It returned `value`.
    record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /// It threw `failure`, which may be an error too.
    record Failure<T extends @Nullable Object>(Throwable failure) implements Outcome<T> {}

    /// It was not ready when the context ended, or left by `Go.exit()`.
    record Missing<T extends @Nullable Object>() implements Outcome<T> {}
}
