package dev.millrace.cli;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One run of the command: the context that everything runs under, and where it writes.
record Session(Context root, Console console) {
    /// What a command does.
    interface Body {
        /// Answers the exit code.
        int run(Context ctx) throws Exception;
    }

    /// Runs `body` under a context of its own. When that ends and the body says so, its end becomes a line and an exit code.
    int run(String name, @Nullable Duration timeout, Body body) throws Exception {
        Context named = root.withName(name);
        try (CancellableContext ctx = timeout == null ? named.withCancel() : named.withTimeout(timeout)) {
            try {
                return body.run(ctx.view());
            } catch (ContextException e) {
                console.error(String.valueOf(e.getMessage()));
                return ExitCode.of(ctx);
            }
        }
    }

    /// Writes results, all at once. Answers the exit code: nobody is told that a reader such as `head` has left.
    int write(byte[] results) {
        try (OutputStream out = console.out()) {
            out.write(results);
            return ExitCode.OK;
        } catch (IOException e) {
            if (!"Broken pipe".equals(e.getMessage())) {
                console.error("cannot write the results: " + e.getMessage());
            }
            return ExitCode.FAILED;
        }
    }
}
