package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.verify.Item;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process of the command says of its goroutines: by itself when all are asleep, and on a signal.
class AsleepTest {
    @TempDir
    private Path dir;

    @Test
    @Item("GO-16")
    void unbuffered_alone_ends_as_in_go() throws Exception {
        Ran ran = Ran.process(Ran.child("run", "unbuffered-alone"));
        List<String> err = ran.err().lines().toList();
        assertAll(
                () -> assertEquals(2, ran.code(), ran.err()),
                () -> assertEquals("", ran.out()),
                () -> assertEquals("fatal error: all goroutines are asleep - deadlock!", err.getFirst()),
                () -> assertEquals("", err.get(1)),
                () -> assertTrue(err.get(2).startsWith("goroutine 1 [chan send on channel \"ch\" (unbuffered)"),
                        ran.err()),
                () -> assertTrue(
                        err.get(4).startsWith("\tat dev.millrace.examples.UnbufferedAlone.alone(UnbufferedAlone.java:"),
                        ran.err()),
                () -> assertEquals(
                        "channel \"ch\" (unbuffered): goroutine 1 would send; nobody who waits would receive",
                        err.getLast()));
    }

    @Test
    @Item("GO-17")
    void program_that_sleeps_is_left_alone() throws Exception {
        Ran ran = Ran.process(Ran.child("run", "coordinate-waitgroup", "--pause", "700ms")); // seven looks
        assertEquals(0, ran.code(), ran.err());
        assertEquals("", ran.err());
        assertTrue(ran.out().endsWith("\nEnd.\n"), ran.out());
    }

    @Test
    void usr1_writes_every_goroutine_and_the_program_goes_on() throws Exception {
        assumeTrue(Ran.has("bash"), "no bash on the PATH: not tested here");
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        Process process = Ran.child("run", "coordinate-waitgroup", "--pause", "1h").redirectOutput(out.toFile())
                .redirectError(err.toFile()).start();
        try {
            Ran.await("the program's first line", () -> !process.isAlive() || out.toFile().length() > 0);
            for (int i = 0; i < 2 || !text(err).contains("[sync.WaitGroup.Wait (counter "); i++) { // main may not wait yet
                int parts = i + 1;
                Ran.bash("kill -USR1 $1", process.pid());
                Ran.await("a dump", () -> !process.isAlive() || text(err).split("goroutine 1 \\[", -1).length > parts);
            }
            assertTrue(process.isAlive());
            Ran.bash("kill -TERM $1", process.pid()); // INT is ignored by a build in the background
            Ran ran = Ran.ended(process, out, err);
            assertEquals(143, ran.code(), ran.err());
            assertTrue(ran.err().startsWith("goroutine 1 ["), ran.err());
            assertTrue(ran.err().contains("goroutine 1 [sync.WaitGroup.Wait (counter "), ran.err());
            assertTrue(ran.err().contains(" [sleep 1 h under "), ran.err());
            assertFalse(ran.err().contains("fatal error"), ran.err());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void help_names_the_signal() {
        assertTrue(Ran.here("--help").out().contains("SIGUSR1 writes every goroutine"));
    }
}
