package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// What one run of a command did; the output has one character for each byte.
record Ran(int code, String out, String err) {
    /// Runs the command in this process.
    static Ran here(String... args) {
        return under(Context.background(), args);
    }

    /// Runs the command in this process under `root`.
    static Ran under(Context root, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = Main.run(new Session(root, console(out, err)), args);
        return new Ran(code, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.UTF_8));
    }

    static Console console(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Console(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, 0);
    }

    /// A process of its own that runs the command.
    static ProcessBuilder child(String... args) {
        var command = new ArrayList<>(List.of(java().toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectInput(new File("/dev/null"));
    }

    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /// Runs a process to its end.
    static Ran process(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("millrace", ".out");
        Path err = Files.createTempFile("millrace", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            return ended(process, out, err);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    static Ran ended(Process process, Path out, Path err) throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still runs after 30 s: " + process.info());
        }
        return new Ran(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1), Files.readString(err));
    }

    /// Runs a shell script with `args` as `$1` and so on, and answers its output.
    static String bash(String script, Object... args) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("bash", "-c", "set -eu -o pipefail; " + script, "bash"));
        List.of(args).forEach(a -> command.add(a.toString()));
        Ran ran = process(new ProcessBuilder(command));
        assertTrue(ran.code == 0, () -> script + " has exit code " + ran.code + ": " + ran.err);
        return ran.out;
    }

    /// The signals that a command can be ended with, and its exit codes then.
    static Stream<Arguments> signals() throws IOException {
        return isInterruptIgnored()
                ? Stream.of(Arguments.of("TERM", 143))
                : Stream.of(Arguments.of("INT", 130), Arguments.of("TERM", 143));
    }

    /// Whether this process was started with INT ignored, as builds in the background often are: so are all that it starts.
    private static boolean isInterruptIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1 << 2 - 1) != 0);
    }

    static boolean has(String tool) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    /// Waits for a state that has no event.
    static void await(String what, BooleanSupplier state) {
        try (var patience = Context.background().withTimeout(Duration.ofSeconds(20))) {
            while (!state.getAsBoolean()) {
                assertTrue(!patience.awaitDone(Duration.ofMillis(5)), () -> "waited 20 s for: " + what);
            }
        }
    }

    List<String> outLines() {
        return out.lines().toList();
    }
}
