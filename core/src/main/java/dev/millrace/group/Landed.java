package dev.millrace.group;

import org.jspecify.annotations.Nullable;

/// What a [SingleFlight] has put into the channel of one of its callers.
///
/// @param outcome a success, or a failure: what [SingleFlight#run] would have thrown. Never missing
/// @param shared whether more than one caller waited for it, as in [Flown]; when the caller has left, whether it was
///     so by then
/// @param <V> the value
public record Landed<V extends @Nullable Object>(Outcome<V> outcome, boolean shared) {
    /// The value; throws the failure, as it is, when it is one.
    ///
    /// @throws Exception the failure
    public V get() throws Exception {
        return switch (outcome) {
            case Outcome.Success<V>(V value) -> value;
            case Outcome.Failure<V>(Throwable failure) -> throw Failures.asItIs(failure);
            case Outcome.Missing<V>() -> throw new IllegalStateException("no flight lands without an outcome");
        };
    }
}
