package dev.millrace.context;

import org.jspecify.annotations.Nullable;

/// A context was cancelled. Go's `context.Canceled`.
public final class CancelledException extends ContextException {
    private static final long serialVersionUID = 1;

    /// For a cause in words, and for the `err()` of a [ContextSource].
    public CancelledException(String reason) {
        super(reason, null, false, null);
    }

    CancelledException(String message, @Nullable Throwable cause, boolean shared, CancelRecord cancelRecord) {
        super(message, cause, shared, cancelRecord);
    }

    @Override
    public boolean isTimeout() {
        return false;
    }
}
