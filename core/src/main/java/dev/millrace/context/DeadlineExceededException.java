package dev.millrace.context;

import org.jspecify.annotations.Nullable;

/// A context's deadline has passed. Go's `context.DeadlineExceeded`.
public final class DeadlineExceededException extends ContextException {
    private static final long serialVersionUID = 1;

    /// For the cause of a cancel, and for the `err()` of a [ContextSource].
    public DeadlineExceededException(String reason) {
        super(reason, null, false, null);
    }

    DeadlineExceededException(String message, @Nullable Throwable cause, boolean shared, CancelRecord cancelRecord) {
        super(message, cause, shared, cancelRecord);
    }

    @Override
    public boolean isTimeout() {
        return true;
    }
}
