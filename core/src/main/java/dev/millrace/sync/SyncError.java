package dev.millrace.sync;

/// A misuse that Go calls fatal, such as the unlock of what is not locked. The object is as it was.
public final class SyncError extends Error {
    private static final long serialVersionUID = 1;

    SyncError(String message) {
        super(message);
    }
}
