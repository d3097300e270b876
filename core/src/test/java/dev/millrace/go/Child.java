package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A JVM of its own for tests of what happens to a process: the same java, the library on the class path.
public final class Child {
    private final List<String> options = new ArrayList<>();
    private final List<Path> path = new ArrayList<>();

    /// How the process ended.
    public record Outcome(int status, String out, String err) {}

    public Child() throws Exception {
        path.add(root(Go.class));
        path.add(root(Child.class));
    }

    private static Path root(Class<?> type) throws Exception {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = Path.of(type.getClassLoader().getResource(name).toURI());
        for (int i = 0; i <= name.chars().filter(c -> c == '/').count(); i++) {
            file = file.getParent();
        }
        return file;
    }

    public Child option(String option) {
        options.add(option);
        return this;
    }

    public Child onPath(Path directory) {
        path.add(directory);
        return this;
    }

    public Outcome run(Class<?> main, String... args) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(String.join(java.io.File.pathSeparator, path.stream().map(Path::toString).toList()));
        command.add(main.getName());
        command.addAll(List.of(args));
        Path out = Files.createTempFile("child", ".out");
        Path err = Files.createTempFile("child", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(50, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String texts = Files.readString(out) + Files.readString(err);
            assertTrue(ended, () -> "the child process did not end by itself: " + texts);
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
