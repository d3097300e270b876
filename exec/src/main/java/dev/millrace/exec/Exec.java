package dev.millrace.exec;

import dev.millrace.context.Context;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs programs under a context.
///
/// ```java
/// String text = Exec.command(ctx, "convert", "in.pdf", "out.png").output();
/// ```
///
/// Go's package `os/exec`: [#command] is `CommandContext`, [#lookPath] is `LookPath`. There is no form without a context: use
/// [Context#background()].
public final class Exec {
    private Exec() {}

    /// A command that runs `program` with `args`, without a shell: no argument is split or expanded. A name without a slash is
    /// searched in the `PATH` of this JVM, not in that of the command. Nothing is started yet, and `ctx` is not looked at.
    ///
    /// @throws IllegalArgumentException when the name is empty, or a text contains NUL, which no program can be given
    public static Command command(Context ctx, String program, String... args) {
        Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
        var all = new ArrayList<String>();
        all.add(Objects.requireNonNull(program, "program"));
        for (int i = 0; i < args.length; i++) {
            all.add(Objects.requireNonNull(args[i], "args[" + i + "]"));
        }
        if (program.isEmpty()) {
            throw new IllegalArgumentException("expected the name or the path of a program, was \"\"");
        }
        for (int i = 0; i < all.size(); i++) {
            int nul = all.get(i).indexOf('\0');
            if (nul >= 0) {
                throw new IllegalArgumentException((i == 0 ? "the program's name" : "args[" + (i - 1) + "]")
                        + " must not contain NUL, has it at index " + nul);
            }
        }
        return new Command(ctx, List.copyOf(all));
    }

    /// Where `program` would be found: the first executable file of that name in the `PATH` of this JVM; a name with a slash stands
    /// for itself. Blocks for the file system only.
    ///
    /// @throws CommandException when there is none; it says where was looked, and whether a file was there that is not executable
    public static Path lookPath(String program) throws CommandException {
        return lookPath(program, Path.of(""));
    }

    static Path lookPath(String program, Path directory) throws CommandException {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        if (program.indexOf('/') >= 0) {
            Path file = directory.resolve(program);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file;
            }
            throw missing(program, file, "no such file");
        }
        Path seen = null;
        for (String place : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(place, program);
            if (Files.isRegularFile(file)) {
                if (Files.isExecutable(file)) {
                    return file;
                }
                seen = seen == null ? file : seen;
            }
        }
        throw missing(program, seen, "executable file not found in PATH (" + path + ")");
    }

    private static CommandException missing(String program, @Nullable Path file, String otherwise) {
        if (file != null && Files.isDirectory(file)) {
            return new CommandException(CommandException.Reason.NOT_EXECUTABLE, program,
                    "expected a program, but " + file + " is a directory");
        }
        if (file != null && Files.exists(file)) {
            return new CommandException(CommandException.Reason.NOT_EXECUTABLE, program,
                    "permission denied: " + file + " is not executable (chmod +x makes it so)");
        }
        return new CommandException(CommandException.Reason.NOT_FOUND, program, otherwise);
    }
}
