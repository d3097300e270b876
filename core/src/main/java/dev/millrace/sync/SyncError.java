package dev.millrace.sync;

/// A misuse that Go calls fatal: the unlock of what is not locked. Its message begins with Go's words. The object is as it was.
public final class SyncError extends Error {
    private static final long serialVersionUID = 1;

    SyncError(String message) {
        super(message);
    }
}
