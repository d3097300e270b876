package dev.millrace.exec;

import java.io.IOException;

/// A command could not be started, for a reason that can be named; nothing was started. Its cause is what the JDK said, if it was
/// asked. Go's `exec.Error`. Other failures of starting are thrown as the JDK's [IOException].
///
/// ```
/// exec: "convrt": executable file not found in PATH (/usr/bin:/bin)
/// exec: "./run.sh": permission denied: ./run.sh is not executable (chmod +x makes it so)
/// ```
public final class CommandException extends IOException {
    private static final long serialVersionUID = 1;

    /// Why.
    public enum Reason {
        /// There is no such program: what a shell answers with 127.
        NOT_FOUND,

        /// There is a file, but it cannot be executed: what a shell answers with 126.
        NOT_EXECUTABLE,

        /// The directory in which it was to run is not there.
        NO_DIRECTORY
    }

    /// @serial
    private final Reason reason;

    /// @serial
    private final String program;

    CommandException(Reason reason, String program, String message) {
        super("exec: \"" + program + "\": " + message);
        this.reason = reason;
        this.program = program;
    }

    /// Why it could not be started.
    public Reason reason() {
        return reason;
    }

    /// The program's name as it was given.
    public String program() {
        return program;
    }
}
