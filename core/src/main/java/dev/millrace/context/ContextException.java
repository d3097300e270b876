package dev.millrace.context;

import dev.millrace.internal.EndNotice;
import dev.millrace.internal.Ending;
import org.jspecify.annotations.Nullable;

/// A context has ended: somebody cancelled ([CancelledException]) or a deadline passed ([DeadlineExceededException]).
///
/// Its message begins with Go's words and goes on with who ended what, where and when. [#getCause()] is the cause that the user
/// gave. A wait that is ended throws a fresh one, with the stack of the thread that waited; [Context#err()] is shared and has
/// none.
public abstract sealed class ContextException extends RuntimeException implements EndNotice
        permits CancelledException, DeadlineExceededException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable CancelRecord cancelRecord;

    /// One that is shared has no stack and takes no suppressed exceptions, from whoever throws it all the same.
    ContextException(String message, @Nullable Throwable cause, boolean shared, @Nullable CancelRecord cancelRecord) {
        super(message, cause, !shared, !shared && cancelRecord != null);
        this.cancelRecord = cancelRecord;
    }

    /// The exception for a thread that meets the end now.
    static ContextException fresh(Ending ending) {
        return make(ending, Face.of(ending).cancelRecord(), true);
    }

    static ContextException make(Ending ending, CancelRecord record, boolean fresh) {
        String message = Texts.message(ending, fresh);
        return ending.isDeadline()
                ? new DeadlineExceededException(message, ending.cause(), !fresh, record)
                : new CancelledException(message, ending.cause(), !fresh, record);
    }

    /// Who ended the context, when, where and why. Null for an exception that was made by hand.
    public final @Nullable CancelRecord cancelRecord() {
        return cancelRecord;
    }

    /// Whether time ran out: what Go's `Timeout()` answers.
    public abstract boolean isTimeout();
}
