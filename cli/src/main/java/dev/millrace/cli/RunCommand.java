package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.examples.Program;
import dev.millrace.examples.Programs;
import dev.millrace.go.Goroutines;
import dev.millrace.go.WatchOptions;
import dev.millrace.jfr.Trace;
import dev.millrace.jfr.TraceRecording;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        header = "Run a program of the course.",
        description = {"",
            "Everything behind NAME goes to the program; `millrace run NAME --help` shows what it takes.",
            "A program that is asleep as a whole, with nobody left who could wake it, ends as in Go: with",
            "\"fatal error: all goroutines are asleep - deadlock!\", its goroutines, and exit code 2.", "",
            "With --jfr, before NAME or right behind it, the run is recorded for the JDK's tools, such as",
            "`jfr summary FILE`. Of a program that dies as Go's do nothing is recorded.", ""},
        footer = {"", "All names: millrace list"})
final class RunCommand implements Callable<Integer> {
    private static final WatchOptions WATCH = WatchOptions.deadlocks().every(Duration.ofMillis(100)).crash();

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--jfr",
            paramLabel = "FILE",
            description = "Record the run to FILE: tasks, regions, waits, cancels, goroutines.")
    private @Nullable String jfr;

    @Parameters(index = "0", paramLabel = "NAME", description = "The program's name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String name;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "What the program takes.")
    private final List<String> arguments = new ArrayList<>();

    RunCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        Program program = Programs.find(name)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), unknown()));
        if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
            String help = program.help();
            return session.write((help.endsWith("\n") ? help : help + "\n").getBytes(StandardCharsets.UTF_8));
        }
        takeJfr();
        return jfr == null ? watched(program) : recorded(program, jfr);
    }

    private int watched(Program program) throws Exception {
        try (var _ = Goroutines.watch(WATCH)) {
            return session.run(name, null, ctx -> run(program, ctx));
        }
    }

    /// What stands right behind the name is ours too; no program has such an option.
    private void takeJfr() {
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (first.startsWith("--jfr=")) {
            jfr = first.substring("--jfr=".length());
            arguments.removeFirst();
        } else if (first.equals("--jfr")) {
            if (arguments.size() < 2) {
                throw new ParameterException(spec.commandLine(), "expected a file behind --jfr");
            }
            jfr = arguments.get(1);
            arguments.subList(0, 2).clear();
        }
    }

    private int recorded(Program program, String file) throws Exception {
        TraceRecording recording;
        try {
            recording = Trace.start(Path.of(file));
        } catch (IOException e) {
            return cannotRecord(file, FileReason.of(e));
        } catch (InvalidPathException | UnsupportedOperationException e) {
            return cannotRecord(file, String.valueOf(e.getMessage()));
        }
        int code;
        try {
            code = watched(program);
        } finally {
            try {
                recording.close();
            } catch (IOException e) {
                session.console().error(String.valueOf(e.getMessage()));
            }
        }
        return code;
    }

    private int cannotRecord(String file, String why) {
        session.console().error("cannot record to \"" + file + "\": " + why);
        return ExitCode.FAILED;
    }

    private int run(Program program, Context ctx) throws Exception {
        PrintStream out = session.console().lines();
        int code = program.run(ctx, out, session.console().err(), List.copyOf(arguments));
        out.flush();
        ctx.check(); // a program that was told to stop has not done what was asked, whatever it answers
        return code;
    }

    private String unknown() {
        List<String> names = Programs.all().stream().map(Program::name).toList();
        List<String> near = Nearest.of(name, names);
        return near.isEmpty()
                ? "no program is called \"" + name + "\"; expected one that `millrace list` shows"
                : "no program is called \"" + name + "\"; did you mean " + String.join(" or ", near) + "?";
    }
}
