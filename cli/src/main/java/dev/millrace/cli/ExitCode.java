package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.jvm.SignalException;

/// What the process tells its caller.
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int TIMED_OUT = 124; // as timeout(1)
    static final int NOT_EXECUTABLE = 126; // these two as a shell
    static final int NOT_FOUND = 127;

    private ExitCode() {}

    /// The code for a context that has ended: 128 and the signal's number, as a shell has it; 124 for a timeout.
    static int of(Context ended) {
        if (ended.cause() instanceof SignalException signal) {
            return 128 + signal.number();
        }
        return ended.err() instanceof DeadlineExceededException ? TIMED_OUT : FAILED;
    }
}
