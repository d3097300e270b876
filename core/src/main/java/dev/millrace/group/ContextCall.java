package dev.millrace.group;

import dev.millrace.context.Context;
import org.jspecify.annotations.Nullable;

/// A task with a result. May throw anything.
///
/// @param <T> the result
@FunctionalInterface
public interface ContextCall<T extends @Nullable Object> {
    /// @param ctx the group's context, without the right to cancel it
    T call(Context ctx) throws Exception;
}
