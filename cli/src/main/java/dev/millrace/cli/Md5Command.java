package dev.millrace.cli;

import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "md5",
        header = "Print the MD5 digests of all files below each PATH, as md5sum does, sorted by path.",
        description = {
            "",
            "Finds what `find PATH -type f` finds: symbolic links are not followed unless they are a PATH. Nothing is printed"
                    + " before everything is known; `md5sum -c` accepts the output.",
            "",
            "The first file that cannot be read ends all work, unless --keep-going is given.",
            ""
        },
        footer = {"", "Example: millrace md5 --timeout 30s --keep-going src > sums && md5sum -c --quiet sums"})
final class Md5Command implements Callable<Integer> {
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final Limits limits = new Limits();

    @Option(
            names = "--keep-going",
            description = "Name files that cannot be read, print all others, exit with 1.")
    private boolean keepGoing;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "A file or a directory.")
    private final List<String> paths = new ArrayList<>();

    Md5Command(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        if (paths.contains("-")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected a file or a directory, was \"-\": standard input is not read here (a file of that name is \"./-\")");
        }
        return session.run("md5", limits.timeout, this::digest);
    }

    private int digest(Context ctx) throws Exception {
        int limit = Objects.requireNonNullElseGet(
                limits.limit, () -> Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
        allowBlockedReads(limit);
        List<FileName> roots = paths.stream().map(FileName::ofArgument).toList();
        Digests.Result result;
        try (var progress = new Progress(session.console(), "md5")) {
            result = new Digests(limit, keepGoing, progress, Files::newInputStream).run(ctx, roots);
        } catch (Digests.UnreadableException e) {
            session.console().error(String.valueOf(e.getMessage()));
            return ExitCode.FAILED;
        }
        for (var failure : result.failures()) {
            session.console().error(String.valueOf(failure.getMessage()));
        }
        int written = print(result.lines());
        return result.failures().isEmpty() ? written : ExitCode.FAILED;
    }

    private int print(List<Digests.Line> lines) throws Exception {
        var out = new ByteArrayOutputStream(Math.max(32, lines.size() * 64));
        for (var line : lines) {
            line.name().writeLine(line.digest(), out);
        }
        return session.write(out.toByteArray());
    }

    /// A virtual thread that reads a file keeps its carrier, and the JVM has one for each processor: too few when it is the
    /// disk that is waited for. Has an effect only before the first virtual thread runs.
    private static void allowBlockedReads(int limit) {
        String key = "jdk.virtualThreadScheduler.parallelism";
        if (System.getProperty(key) == null && limit > Runtime.getRuntime().availableProcessors()) {
            System.setProperty(key, Integer.toString(Math.min(limit + 1, 256)));
        }
    }
}
