package dev.millrace.context;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A context of another system, as Millrace needs to see it: [Context#from(ContextSource)] joins it.
///
/// All methods may be called from any thread, concurrently, and must not block. They are never called under a lock of the
/// library.
public interface ContextSource {
    /// Why it ended, null while it lives. Once not null it stays the same. A [ContextException] becomes the context's own
    /// [Context#err()]; any other throwable becomes the cause of a cancellation.
    @Nullable Throwable err();

    /// Arranges that `callback` runs once when the source ends, on any thread, and at once (also within this call) when it has
    /// ended; `err()` answers by then. Answers what takes the callback back; that is run when nobody waits any more, on any
    /// thread.
    ///
    /// When this throws, or answers null, the context ends with that as its cause: nobody is left waiting for an end that
    /// cannot come.
    Runnable onDone(Runnable callback);

    /// When it ends at the latest, empty when there is no deadline. Asked once.
    default Optional<Instant> deadline() {
        return Optional.empty();
    }

    /// Its value for `key`, null when it has none.
    default <T> @Nullable T value(Context.Key<T> key) {
        return null;
    }
}
