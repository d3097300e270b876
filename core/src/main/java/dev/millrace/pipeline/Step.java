package dev.millrace.pipeline;

import dev.millrace.context.Context;

/// What a stage does with each value. May throw anything.
///
/// @param <T> what comes in
/// @param <R> what goes out
@FunctionalInterface
public interface Step<T, R> {
    /// @param ctx the stage's context, without the right to cancel it
    /// @return never null
    R apply(Context ctx, T value) throws Exception;
}
