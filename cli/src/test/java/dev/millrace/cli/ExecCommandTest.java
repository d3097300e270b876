package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExecCommandTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exit 0       | 0
            exit 3       | 3
            kill -9 $$   | 137
            kill -TERM $$ | 143
            """)
    void exit_code_is_the_commands(String script, int code) {
        Ran ran = Ran.here("exec", "--", "sh", "-c", script);
        assertEquals(code, ran.code());
        assertEquals("", ran.err());
    }

    @Test
    void options_behind_the_command_are_its_own() {
        assertEquals(0, Ran.here("exec", "test", "--timeout", "=", "--timeout").code());
        assertEquals(1, Ran.here("exec", "--", "test", "--grace", "=", "-V").code());
    }

    @Test
    void command_that_is_not_there_is_127_and_says_where_was_looked() {
        Ran ran = Ran.here("exec", "convrt-x");
        assertEquals(127, ran.code());
        assertTrue(ran.err().startsWith(
                "millrace: exec: \"convrt-x\": executable file not found in PATH (" + System.getenv("PATH")),
                ran.err());
        assertEquals(1, ran.err().lines().count());
    }

    @Test
    void command_that_cannot_be_executed_is_126_and_says_what_to_do() throws Exception {
        Path file = Files.writeString(dir.resolve("script"), "");
        Ran ran = Ran.here("exec", file.toString());
        assertEquals(126, ran.code());
        assertTrue(ran.err().endsWith("is not executable (chmod +x makes it so)\n"), ran.err());
        assertEquals(126, Ran.here("exec", dir.toString()).code());
    }

    @Test
    void timeout_ends_the_tree_with_124_and_one_line() throws Exception {
        Path pid = dir.resolve("pid");
        Ran ran = Ran.here("exec", "--timeout", "300ms", "sh", "-c", "sleep 60 & echo $! >" + pid + "; wait");
        assertEquals(124, ran.code());
        assertTrue(ran.err().startsWith("millrace: context deadline exceeded: \"exec\" had 300 ms"), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        if (Files.exists(pid)) { // on a machine that is busy enough it has not come so far
            assertFalse(lives(Files.readString(pid).strip()));
        }
    }

    @Test
    void command_that_ignores_the_end_is_killed_after_the_grace() {
        Ran ran = Ran.here("exec", "--timeout", "100ms", "--grace", "50ms", "sh", "-c",
                "trap '' TERM; while :; do sleep 0.01; done");
        assertEquals(124, ran.code());
        assertEquals(124, Ran.here("exec", "--timeout", "100ms", "--grace", "0", "sleep", "60").code());
    }

    @Test
    void streams_are_those_of_the_process() throws Exception {
        Path in = Files.writeString(dir.resolve("in"), "text");
        Ran ran = Ran.process(Ran.child("exec", "--", "sh", "-c", "cat; echo why >&2").redirectInput(in.toFile()));
        assertEquals(new Ran(0, "text", "why\n"), ran);
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.cli.Ran#signals")
    void signal_ends_the_tree_with_its_code(String signal, int code) throws Exception {
        Path pid = dir.resolve("pid");
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        Process process =
                Ran.child("exec", "sh", "-c", "sleep 60 & echo $! >" + pid + ".p; mv " + pid + ".p " + pid + "; wait")
                        .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            Ran.await("the tree", () -> !process.isAlive() || Files.exists(pid));
            String sleeper = Files.readString(pid).strip();
            assertTrue(lives(sleeper));
            Ran.bash("kill -" + signal + " $1", process.pid());
            Ran ran = Ran.ended(process, out, err);
            assertEquals(code, ran.code(), ran.err());
            assertTrue(ran.err().startsWith("millrace: context canceled: received signal " + signal), ran.err());
            assertFalse(lives(sleeper));
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean lives(String pid) {
        try {
            List<String> stat = Arrays.asList(Files.readString(Path.of("/proc/" + pid + "/stat")).split(" "));
            return !stat.get(2).equals("Z");
        } catch (java.io.IOException e) {
            return new File("/proc").exists() ? false : ProcessHandle.of(Long.parseLong(pid)).isPresent();
        }
    }
}
