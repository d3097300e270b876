package dev.millrace.chan;

import org.jspecify.annotations.Nullable;

/// What a receive brought: a value, or the news that no more will come.
///
/// ```java
/// switch (ch.next()) {
///     case Received.Value(var job) -> work(job);
///     case Received.Closed(var cause) -> stop(cause);
/// }
/// ```
///
/// Compared with Go: the pair of `v, ok := <-ch`, and in addition the failure with which a channel was closed.
public sealed interface Received<T> {
    /// A value.
    ///
    /// @param value what was sent
    record Value<T>(T value) implements Received<T> {}

    /// The channel is closed, and all its values were received.
    ///
    /// @param cause the failure with which it was closed; null when it was closed in peace
    record Closed<T>(@Nullable Throwable cause) implements Received<T> {
        private static final Closed<?> PLAIN = new Closed<>(null);

        @SuppressWarnings("unchecked") // holds no T
        static <T> Closed<T> of(@Nullable Throwable cause) {
            return cause == null ? (Closed<T>) PLAIN : new Closed<>(cause);
        }
    }
}
