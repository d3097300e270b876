package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.go.Go;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Runs a program in a JVM of its own: with the options that it needs, and without harm to others when it hangs.
final class Jvm {
    static final boolean FULL = "full".equals(System.getProperty("reliability.tier"));

    /// Where figures go; the full tier's are committed.
    private static final Path FIGURES = Path.of("target", "reliability-figures.txt");

    /// How it ended.
    record Outcome(int status, String out) {
        List<String> figures() {
            return out.lines().filter(l -> l.startsWith("figure: ")).map(l -> l.substring("figure: ".length()))
                    .toList();
        }
    }

    private Jvm() {}

    static Run.Size size() {
        return FULL ? Run.Size.FULL : Run.Size.QUICK;
    }

    /// Runs `program` in the size of this tier; it must pass.
    static Outcome passes(Program program, String... options) throws Exception {
        return passes(program, size(), options);
    }

    static Outcome passes(Program program, Run.Size size, String... options) throws Exception {
        long start = System.nanoTime();
        Outcome ended = finish(start(program, size, "", options));
        assertEquals(0, ended.status, () -> program + " " + String.join(" ", options) + "\n" + ended.out);
        note(program, size, System.nanoTime() - start, ended, options);
        return ended;
    }

    /// {@return what the twin of `program` with this fault says}
    static Outcome broken(Program program, String fault) throws Exception {
        return finish(start(program, Run.Size.TINY, fault));
    }

    /// A started child and its output.
    private record Started(Process process, Path out) {}

    private static Started start(Program program, Run.Size size, String fault, String... options) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(program.options());
        command.addAll(List.of(options));
        command.add("-Dreliability.soak=" + System.getProperty("reliability.soak", ""));
        command.add("-cp");
        command.add(String.join(File.pathSeparator, root(Go.class), root(Main.class)));
        command.add(Main.class.getName());
        command.add(program.name());
        command.add(size.name());
        command.add(size == Run.Size.FULL ? "7200" : "100");
        if (!fault.isEmpty()) {
            command.add(fault);
        }
        Path out = Files.createTempFile("reliability", ".out");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        return new Started(process, out);
    }

    private static Outcome finish(Started child) throws Exception {
        try {
            int status = child.process.waitFor();
            return new Outcome(status, Files.readString(child.out));
        } finally {
            child.process.destroyForcibly();
            Files.delete(child.out);
        }
    }

    static String root(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    private static void note(Program program, Run.Size size, long nanos, Outcome ended, String... options)
            throws IOException {
        String head = String.format("%s %s %s%.1f s%n", program, size,
                options.length == 0 ? "" : String.join(" ", options) + " ", nanos / 1e9);
        String lines = ended.figures().stream().map(l -> "    " + l + "\n").collect(Collectors.joining());
        note(head + lines);
    }

    /// Adds to the figures.
    static void note(String lines) throws IOException {
        Files.createDirectories(FIGURES.toAbsolutePath().getParent());
        Files.writeString(FIGURES, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
