package dev.millrace.http;

import dev.millrace.context.Context;
import org.jspecify.annotations.Nullable;

/// What is thrown because a context has ended.
final class Contexts {
    private Contexts() {}

    /// The exception of `ctx`, which has ended, with this thread's stack, and with `failure` suppressed.
    static RuntimeException ended(Context ctx, @Nullable Throwable failure) {
        try {
            ctx.check();
        } catch (RuntimeException e) {
            if (failure != null && failure != e) {
                e.addSuppressed(failure);
            }
            return e;
        }
        return new IllegalStateException("ended by a context that has not ended: " + ctx, failure);
    }
}
