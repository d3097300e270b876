package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.context.Context;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// What a program did.
record Run(int status, List<String> out, List<String> err) {
    /// Runs a program in this process.
    static Run of(Program program, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var ctx = Context.background().withTimeout(Duration.ofSeconds(30))) {
            int status = program.run(ctx, new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8), List.of(args));
            return new Run(status, lines(out), lines(err));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// Runs a program in this process; none of the goroutines that it starts outlives it by long, and none fails uncaught.
    static Run leavingNothing(Program program, String... args) {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var policy = Go.failurePolicy(FailurePolicy.handler((_, failure) -> failures.add(failure)));
        try {
            Set<Long> before = goroutines();
            Run run = of(program, args);
            long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!before.containsAll(goroutines())) {
                if (System.nanoTime() > giveUp) {
                    throw new AssertionError("still there: " + Go.goroutines());
                }
                LockSupport.parkNanos(100_000);
            }
            assertEquals(List.of(), List.copyOf(failures));
            return run;
        } finally {
            Go.failurePolicy(policy);
        }
    }

    private static Set<Long> goroutines() {
        return Go.goroutines().stream().map(GoroutineSnapshot::id).collect(Collectors.toSet());
    }

    /// Runs the program called `args[0]` in a process of its own.
    static Run child(String... args) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Child.class.getName()));
        command.addAll(List.of(args));
        try {
            Path out = Files.createTempFile("millrace-example", ".out");
            Path err = Files.createTempFile("millrace-example", ".err");
            try {
                var process =
                        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("still runs after 30 s: " + command);
                }
                return new Run(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// The main of such a process.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            var program = Programs.find(args[0]).orElseThrow();
            int status =
                    program.run(Context.background(), System.out, System.err, List.of(args).subList(1, args.length));
            System.out.println("main goes on");
            System.exit(status);
        }
    }

    private static List<String> lines(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /// The lines of `out` that begin with `prefix`.
    List<String> outWith(String prefix) {
        return out.stream().filter(line -> line.startsWith(prefix)).toList();
    }
}
