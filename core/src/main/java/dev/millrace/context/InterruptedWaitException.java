package dev.millrace.context;

/// A wait was ended by an interrupt that is not the library's. The operation was not done, and the thread's interrupt status
/// is set again. Deliberately no [ContextException]: nobody cancelled.
public final class InterruptedWaitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param operation what was waited for
    public InterruptedWaitException(String operation) {
        super(operation + " was interrupted from outside; the interrupt status is set again");
    }
}
