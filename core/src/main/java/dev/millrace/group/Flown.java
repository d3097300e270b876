package dev.millrace.group;

import org.jspecify.annotations.Nullable;

/// What a [SingleFlight] brought.
///
/// @param value what the body returned; the same object for all who waited
/// @param shared whether more than one caller waited for it: always true for one who joined, and for the one who
///     started it exactly when somebody joined
/// @param <V> the value
public record Flown<V extends @Nullable Object>(V value, boolean shared) {}
