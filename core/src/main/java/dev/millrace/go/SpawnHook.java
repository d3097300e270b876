package dev.millrace.go;

import org.jspecify.annotations.Nullable;

/// Carries something from the thread that starts a goroutine to the goroutine: a logging context, a span. A context's values
/// need none of this. Goroutines inherit no thread-locals; what must travel says so here.
///
/// Found by [java.util.ServiceLoader] at the first spawn, or added by [Go#addSpawnHook].
///
/// @param <T> what travels
public interface SpawnHook<T> {
    /// Called on the thread that starts the goroutine. Answers what travels, null for nothing. What it throws, the spawn
    /// throws.
    @Nullable T capture();

    /// Called on the goroutine before its body, with what [#capture()] answered. Answers what is to be run after the body.
    Runnable install(T captured);
}
