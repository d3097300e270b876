package dev.millrace.go;

import java.util.Objects;

/// What happens when an exception leaves a goroutine that nobody waits for. One policy holds for the process:
/// [Go#failurePolicy(FailurePolicy)], or `-Ddev.millrace.failure=crash`.
///
/// Compared with Go: there a panic ends the process; here that is a choice, since a JVM is shared by more than one program's
/// worth of code. To recover is to catch.
public sealed interface FailurePolicy {
    /// Logs the failure (`System.Logger` named `dev.millrace.go`, level ERROR) and gives it to
    /// [Thread#getDefaultUncaughtExceptionHandler()] when there is one. The default.
    static FailurePolicy report() {
        return Known.REPORT;
    }

    /// Ends the process as Go does: the message and the goroutine's stack on standard error, exit status 2, no clean-up of
    /// others.
    static FailurePolicy crash() {
        return Known.CRASH;
    }

    /// Calls `handler`. What that throws itself is reported, with the failure.
    static FailurePolicy handler(Handler handler) {
        return new Custom(Objects.requireNonNull(handler, "handler"));
    }

    /// Receives a failure, on the goroutine that it ended.
    @FunctionalInterface
    interface Handler {
        /// @param goroutine the goroutine's number and name, as in `goroutine 17 "reader"`
        void failed(String goroutine, Throwable failure);
    }

    /// The policies without parameters.
    enum Known implements FailurePolicy {
        REPORT,
        CRASH
    }

    /// See [#handler].
    record Custom(Handler handler) implements FailurePolicy {}
}
