package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.examples.Durations;
import dev.millrace.exec.CommandException;
import dev.millrace.exec.Exec;
import dev.millrace.exec.ExitException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "exec",
        header = "Run a command, and end it with all that it has started.",
        description = {
            "",
            "Like timeout(1), but for the whole tree: when the time is over, or on Ctrl-C, the command and all"
                    + " its descendants get SIGTERM, and SIGKILL after the grace. The command has the input, the output and the"
                    + " environment of millrace. There is no shell: for one say sh -c '…'.",
            "",
            "The exit code is the command's own, 128+n when signal n ended it; 124 after a timeout, 126 when it cannot"
                    + " be executed, 127 when it is not there.",
            ""
        },
        footer = {"", "Example: millrace exec --timeout 5s -- make test"})
final class ExecCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "End the command after D, such as 500ms or 1m30s; exit code 124.")
    private @Nullable Duration timeout;

    @Option(
            names = "--grace",
            paramLabel = "D",
            converter = GraceConverter.class,
            description = "The time between SIGTERM and SIGKILL; 2s unless given, 0 kills at once.")
    private Duration grace = Duration.ofSeconds(2);

    @Parameters(paramLabel = "CMD", arity = "1..*", description = "The command and its arguments.")
    private final List<String> line = new ArrayList<>();

    ExecCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        return session.run("exec", timeout, this::run);
    }

    private int run(Context ctx) {
        String[] arguments = line.subList(1, line.size()).toArray(String[]::new);
        try {
            Exec.command(ctx, line.getFirst(), arguments).inheritIO().grace(grace).run();
            return ExitCode.OK;
        } catch (ExitException e) {
            return e.code();
        } catch (CommandException e) {
            session.console().error(String.valueOf(e.getMessage()));
            return e.reason() == CommandException.Reason.NOT_FOUND ? ExitCode.NOT_FOUND : ExitCode.NOT_EXECUTABLE;
        } catch (IllegalArgumentException | IOException e) {
            session.console().error("cannot run \"" + line.getFirst() + "\": " + e.getMessage());
            return ExitCode.NOT_EXECUTABLE;
        }
    }

    /// A span that may be none.
    static final class GraceConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration span;
            try {
                span = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
            if (span.isNegative()) {
                throw new TypeConversionException("expected a duration from 0 such as 0 or 500ms, was \"" + text + '"');
            }
            return span;
        }
    }
}
