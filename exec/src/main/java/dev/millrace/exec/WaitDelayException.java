package dev.millrace.exec;

import java.io.IOException;

/// A command has ended with success, but somebody else held its output open for longer than [Command#waitDelay]: what came later is
/// lost. Go's `exec.ErrWaitDelay`.
public final class WaitDelayException extends IOException {
    private static final long serialVersionUID = 1;

    WaitDelayException(String program, String delay) {
        super("exec: WaitDelay expired before I/O complete: " + program + " has ended, and after " + delay
                + " another process still holds its output, or a reader is too slow");
    }
}
