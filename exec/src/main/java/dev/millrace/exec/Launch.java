package dev.millrace.exec;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Starts the process of a command, or says why it cannot be.
final class Launch {
    private static final Redirect NULL_DEVICE =
            Redirect.from(new File(System.getProperty("os.name", "").startsWith("Windows") ? "NUL" : "/dev/null"));

    private Launch() {}

    /// @param mark goes into its environment
    static Process process(Command c, @Nullable Mark mark) throws IOException {
        try {
            return builder(c, mark).start();
        } catch (IOException e) {
            throw explained(c, e);
        }
    }

    static ProcessBuilder builder(Command c, @Nullable Mark mark) {
        var builder = new ProcessBuilder(c.line);
        if (c.directory() != null) {
            builder.directory(c.directory().toFile());
        }
        if (c.changesEnvironment()) {
            c.environment(builder.environment());
        }
        if (mark != null) {
            mark.into(builder.environment());
        }
        builder.redirectInput(c.stdin instanceof Redirect r ? r : c.stdin == null ? NULL_DEVICE : Redirect.PIPE);
        builder.redirectOutput(
                c.stdout instanceof Redirect r ? r : c.stdout == null ? Redirect.DISCARD : Redirect.PIPE);
        builder.redirectErrorStream(c.merge);
        if (!c.merge) {
            builder.redirectError(c.stderr instanceof Redirect r ? r
                    : c.stderr == null && !c.keepStderr ? Redirect.DISCARD : Redirect.PIPE);
        }
        return builder;
    }

    /// What the JDK says has an error number and no advice.
    private static IOException explained(Command c, IOException e) {
        try {
            if (c.directory() != null && !Files.isDirectory(c.directory())) {
                throw new CommandException(CommandException.Reason.NO_DIRECTORY, c.program(),
                        "the directory to run in does not exist or is none: " + c.directory());
            }
            Exec.lookPath(c.program(), c.directory() == null ? Path.of("") : c.directory());
            return e;
        } catch (CommandException why) {
            why.initCause(e);
            return why;
        }
    }
}
