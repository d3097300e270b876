package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What only a process of its own shows: signals, exit codes, a reader that leaves.
class ProcessTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @MethodSource("dev.millrace.cli.Ran#signals")
    void signal_in_the_middle_of_a_file_ends_with_its_code(String signal, int code) throws Exception {
        Path huge = huge();
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        Process process =
                Ran.child("md5", huge.toString()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            Ran.await("the command to read", () -> !process.isAlive() || hasOpen(process, huge));
            Ran.bash("kill -" + signal + " $1", process.pid());
            Ran ran = Ran.ended(process, out, err);
            assertEquals(code, ran.code(), ran.err());
            assertEquals("", ran.out());
            assertTrue(ran.err().startsWith("millrace: context canceled: received signal " + signal + "; cancelled "),
                    ran.err());
            assertEquals(1, ran.err().lines().count(), ran.err());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void timeout_in_the_middle_of_a_file_ends_with_124() throws Exception {
        Ran ran = Ran.process(Ran.child("md5", "--timeout", "300ms", huge().toString()));
        assertEquals(124, ran.code(), ran.err());
        assertEquals("", ran.out());
        assertTrue(ran.err().startsWith("millrace: context deadline exceeded: \"md5\" had 300 ms"), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
    }

    @Test
    void signal_in_a_program_ends_it() throws Exception {
        assumeTrue(Ran.has("bash"), "no bash on the PATH: not tested here");
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        Process process =
                Ran.child("run", "coordinate-waitgroup", "--pause", "1h").redirectOutput(out.toFile())
                        .redirectError(err.toFile()).start();
        try {
            Ran.await("the program's first line", () -> !process.isAlive() || out.toFile().length() > 0);
            Ran.bash("kill -TERM $1", process.pid()); // INT is ignored by a build in the background
            Ran ran = Ran.ended(process, out, err);
            assertEquals(143, ran.code(), ran.err());
            assertTrue(ran.err().startsWith("millrace: context canceled: received signal TERM"), ran.err());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void reader_that_has_left_is_no_reason_for_words() throws Exception {
        assumeTrue(Ran.has("bash"), "no bash on the PATH: not tested here");
        for (int i = 0; i < 3_000; i++) { // more than a pipe holds
            Files.writeString(dir.resolve("file with a long name so that a pipe is full soon " + i), "");
        }
        var command = Ran.child("md5", dir.toString()).command();
        String said = Ran.bash("set +o pipefail; { { \"$@\" 2>&4 || printf %s $? >&4; } | head -n 1 >/dev/null; } 4>&1",
                command.toArray());
        assertEquals("1", said);
    }

    @Test
    void unknown_command_has_exit_code_2() throws Exception {
        assertEquals(2, Ran.process(Ran.child("nonsense")).code());
    }

    private Path huge() throws IOException {
        Path huge = dir.resolve("huge");
        try (var file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1L << 36); // a hole: minutes to read, nothing on the disk
        }
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc: not tested here");
        return huge;
    }

    private static boolean hasOpen(Process process, Path file) {
        try (var open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.anyMatch(link -> {
                try {
                    return Files.readSymbolicLink(link).equals(file);
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            });
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
