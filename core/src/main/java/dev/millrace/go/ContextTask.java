package dev.millrace.go;

import dev.millrace.context.Context;

/// What a goroutine does under a context. May throw anything.
@FunctionalInterface
public interface ContextTask {
    /// @param ctx the context that the goroutine was started with, without the right to cancel it
    void run(Context ctx) throws Exception;
}
