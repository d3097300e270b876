package dev.millrace.jdbc;

import org.jspecify.annotations.Nullable;

/// One call of a driver's method.
@FunctionalInterface
interface Call<T extends @Nullable Object> {
    T call() throws Throwable;
}
