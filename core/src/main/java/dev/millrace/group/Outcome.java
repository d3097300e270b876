package dev.millrace.group;

import org.jspecify.annotations.Nullable;

/// What came of a task.
///
/// @param <T> its result
public sealed interface Outcome<T extends @Nullable Object> {
    /// It returned `value`.
    record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /// It threw `failure`.
    record Failure<T extends @Nullable Object>(Throwable failure) implements Outcome<T> {}

    /// It was not ready when the context ended.
    record Missing<T extends @Nullable Object>() implements Outcome<T> {}
}
