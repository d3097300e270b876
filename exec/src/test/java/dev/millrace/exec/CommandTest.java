package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What runs, with which streams, and how it ends by itself.
class CommandTest {
    private static final Context CTX = Context.background();

    @TempDir
    private Path dir;

    private static Command sh(String script) {
        return Exec.command(CTX, "sh", "-c", script);
    }

    // Starting.

    @Test
    void program_that_is_nowhere_is_named_with_where_was_looked() {
        var e = assertThrows(CommandException.class, () -> Exec.command(CTX, "convrt-x").run());
        assertEquals(CommandException.Reason.NOT_FOUND, e.reason());
        assertEquals("convrt-x", e.program());
        assertEquals("exec: \"convrt-x\": executable file not found in PATH (" + System.getenv("PATH") + ")",
                e.getMessage());
        assertNotNull(e.getCause());
    }

    @Test
    void file_that_is_not_executable_is_told_from_a_missing_one() throws Exception {
        Path file = Files.writeString(dir.resolve("script"), "#!/bin/sh\n");
        var e = assertThrows(CommandException.class, () -> Exec.command(CTX, file.toString()).run());
        assertEquals(CommandException.Reason.NOT_EXECUTABLE, e.reason());
        assertTrue(e.getMessage().endsWith("is not executable (chmod +x makes it so)"), e.getMessage());
        var d = assertThrows(CommandException.class, () -> Exec.command(CTX, dir.toString()).run());
        assertEquals(CommandException.Reason.NOT_EXECUTABLE, d.reason());
        assertTrue(d.getMessage().contains("is a directory"), d.getMessage());
        var n = assertThrows(CommandException.class, () -> Exec.command(CTX, dir + "/none").run());
        assertEquals(CommandException.Reason.NOT_FOUND, n.reason());
    }

    @Test
    void directory_that_is_not_there_is_named() {
        var e = assertThrows(CommandException.class, () -> sh("true").dir(dir.resolve("none")).run());
        assertEquals(CommandException.Reason.NO_DIRECTORY, e.reason());
        assertTrue(e.getMessage().endsWith(": " + dir.resolve("none")), e.getMessage());
    }

    @Test
    void path_is_looked_up() throws Exception {
        assertTrue(Files.isExecutable(Exec.lookPath("sh")));
        assertThrows(CommandException.class, () -> Exec.lookPath("convrt-x"));
    }

    @Test
    void context_that_has_ended_starts_nothing() {
        var ctx = CTX.withCancel();
        ctx.cancel("no more");
        Path file = dir.resolve("made");
        var command = Exec.command(ctx, "touch", file.toString());
        assertThrows(CancelledException.class, command::run);
        assertThrows(CancelledException.class, command::start);
        assertThrows(CancelledException.class, command::lines);
        assertFalse(Files.exists(file));
    }

    @Test
    void wrong_argument_is_refused_by_name() {
        assertEquals("context is nil: use Context.todo()",
                assertThrows(NullPointerException.class, () -> Exec.command(nothing(), "a")).getMessage());
        assertEquals("args[1]",
                assertThrows(NullPointerException.class, () -> Exec.command(CTX, "a", "b", nothing())).getMessage());
        assertEquals("expected the name or the path of a program, was \"\"", refused(() -> Exec.command(CTX, "")));
        assertEquals("args[0] must not contain NUL, has it at index 1",
                refused(() -> Exec.command(CTX, "a", "b\0c")));
        Command c = sh("true");
        assertEquals("grace must be >= 0, was PT-1S", refused(() -> c.grace(Duration.ofSeconds(-1))));
        assertEquals("wait delay must be >= 0, was PT-1S", refused(() -> c.waitDelay(Duration.ofSeconds(-1))));
        assertEquals("expected the name of a variable, without '=' and NUL, was \"A=B\"",
                refused(() -> c.env("A=B", "")));
        assertEquals("the value of A must not contain NUL", refused(() -> c.env("A", "\0")));
        assertTrue(refused(() -> c.stdout(Redirect.PIPE)).startsWith("expected a file, INHERIT or DISCARD, was PIPE"));
        assertThrows(NullPointerException.class, () -> c.cancel(nothing()));
    }

    @SuppressWarnings("NullAway")
    private static <T> T nothing() {
        return (T) null;
    }

    private static String refused(org.junit.jupiter.api.function.Executable call) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    // Ending.

    @Test
    void exit_and_signal_are_told_apart() {
        var exit = assertThrows(ExitException.class, () -> sh("exit 3").run());
        assertEquals(3, exit.code());
        assertEquals(OptionalInt.empty(), exit.signal());
        assertEquals("exit status 3: sh", exit.getMessage());
        var signal = assertThrows(ExitException.class, () -> sh("kill -9 $$").run());
        assertEquals(137, signal.code());
        assertEquals(OptionalInt.of(9), signal.signal());
        assertEquals("signal: KILL: sh", signal.getMessage());
    }

    @Test
    void output_of_a_failure_has_the_end_of_standard_error() {
        var e = assertThrows(ExitException.class, () -> sh("echo first >&2; echo why >&2; exit 4").output());
        assertEquals("exit status 4: sh: why", e.getMessage());
        assertEquals("first\nwhy\n", e.stderr());
        var long_ = assertThrows(ExitException.class,
                () -> sh("head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1").output());
        assertEquals(32 * 1024, long_.stderr().length());
        assertTrue(long_.stderr().endsWith("xend\n"));
    }

    @Test
    void handle_tells_the_same_to_all_who_wait() throws Exception {
        Running running = sh("exit 5").start();
        assertTrue(running.pid() > 0);
        assertEquals(5, assertThrows(ExitException.class, running::await).code());
        assertEquals(5, assertThrows(ExitException.class, running::await).code());
        assertEquals(OptionalInt.of(5), running.exitCode());
        assertFalse(running.isAlive());
        running.stop("too late");
        assertEquals(5, assertThrows(ExitException.class, running::await).code());
    }

    @Test
    void command_that_has_ended_before_its_context_has_done_its_work() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "true").start();
            Processes.await("the end", () -> !running.isAlive());
            ctx.cancel();
            running.await();
        }
    }

    @Test
    void interrupt_ends_the_tree_and_is_kept() throws Exception {
        Path file = dir.resolve("pids");
        var failure = new Throwable[1];
        var kept = new boolean[1];
        Thread runner = Thread.ofVirtual().start(() -> {
            failure[0] = assertThrows(Throwable.class, () -> sh(Processes.tree(file, 1)).run());
            kept[0] = Thread.currentThread().isInterrupted();
        });
        List<Long> pids = Processes.pids(file);
        runner.interrupt();
        assertTrue(runner.join(Duration.ofSeconds(20)));
        assertEquals(InterruptedWaitException.class, failure[0].getClass());
        assertTrue(kept[0]);
        pids.forEach(pid -> assertFalse(Processes.isAlive(pid)));
    }

    // Surroundings.

    @Test
    void environment_and_directory_are_its_own() throws Exception {
        assertEquals("b\n", sh("echo $A").env("A", "b").output());
        assertEquals("A=b\n", Exec.command(CTX, "env").env("B", "c").clearEnv().env("A", "b").output());
        assertEquals("none\n", sh("echo ${A-none}").env("A", "b").withoutEnv("A").output());
        assertEquals(dir.toRealPath() + "\n", sh("pwd -P").dir(dir).output());
    }

    @Test
    void command_is_a_value() throws Exception {
        Command first = sh("echo ${A-none}");
        Command second = first.env("A", "b");
        assertEquals("none\n", first.output());
        assertEquals("b\n", second.output());
        assertEquals("b\n", second.output());
    }

    @Test
    void standard_input_is_empty_unless_given() throws Exception {
        assertEquals("", Exec.command(CTX, "cat").output());
        assertEquals("grüß", Exec.command(CTX, "cat").stdin("grüß").output());
        Path file = Files.writeString(dir.resolve("in"), "text");
        assertEquals("text", Exec.command(CTX, "cat").stdin(Redirect.from(file.toFile())).output());
    }

    @Test
    void large_input_goes_in_while_output_comes_out() throws Exception {
        byte[] much = new byte[3_000_000];
        new java.util.Random(1).nextBytes(much);
        assertArrayEquals(much, Exec.command(CTX, "cat").stdin(new ByteArrayInputStream(much)).outputBytes());
        assertEquals("", sh("exit 0").stdin("x".repeat(1_000_000)).output()); // nobody reads it
    }

    @Test
    void input_that_fails_is_thrown_as_it_came() {
        var failure = new IOException("disk");
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }
        };
        assertSame(failure, assertThrows(IOException.class, () -> Exec.command(CTX, "cat").stdin(broken).run()));
    }

    @Test
    void input_can_be_written_while_it_runs() throws Exception {
        var out = new ByteArrayOutputStream();
        Running running = Exec.command(CTX, "cat").stdin(Redirect.PIPE).stdout(out).start();
        try (OutputStream in = running.stdin()) {
            in.write("a\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            in.write("b\n".getBytes(StandardCharsets.UTF_8));
        }
        running.await();
        assertEquals("a\nb\n", out.toString(StandardCharsets.UTF_8));
        Running other = Exec.command(CTX, "true").start();
        assertThrows(IllegalStateException.class, other::stdin);
        other.await();
    }

    @Test
    void standard_error_is_apart_or_merged() throws Exception {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        sh("echo a; echo b >&2").stdout(out).stderr(err).run();
        assertEquals("a\n", out.toString(StandardCharsets.UTF_8));
        assertEquals("b\n", err.toString(StandardCharsets.UTF_8));
        assertEquals("a\nb\nc\n", sh("echo a; echo b >&2; echo c").combinedOutput());
        assertEquals("a\n", sh("echo a; echo b >&2").output());
        Path file = dir.resolve("out");
        sh("echo a; echo b >&2").stdout(Redirect.to(file.toFile())).mergeStderr().run();
        assertEquals("a\nb\n", Files.readString(file));
    }

    @Test
    void standard_error_goes_to_a_file() throws Exception {
        Path file = dir.resolve("err");
        sh("echo b >&2").stderr(Redirect.to(file.toFile())).run();
        assertEquals("b\n", Files.readString(file));
    }

    @Test
    void output_that_is_buffered_is_flushed_at_the_end() throws Exception {
        var bytes = new ByteArrayOutputStream();
        sh("echo a").stdout(new BufferedOutputStream(bytes)).run();
        assertEquals("a\n", bytes.toString(StandardCharsets.UTF_8));
        sh("echo b").stdout(new BufferedOutputStream(bytes)).waitDelay(Duration.ofSeconds(30)).run();
        assertEquals("a\nb\n", bytes.toString(StandardCharsets.UTF_8));
    }

    /// Else who answers what the program says would wait for ever.
    @Test
    void input_goes_in_as_it_comes() throws Exception {
        var out = new ByteArrayOutputStream();
        var input = new InputStream() {
            private int next;

            @Override
            public int read() {
                throw new AssertionError("one byte at a time");
            }

            @Override
            public int read(byte[] b, int from, int length) {
                if (next == 2) {
                    return -1;
                }
                int n = next++;
                Processes.await("the answer to all before", () -> out.size() == n);
                b[from] = '.';
                return 1;
            }
        };
        Exec.command(CTX, "cat").stdin(input).stdout(out).run();
        assertEquals("..", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void run_that_is_over_leaves_nothing_below_its_context() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Exec.command(ctx, "true").run();
            assertEquals(List.of(), ctx.snapshot().children(), ctx::dump);
        }
    }

    @Test
    void output_that_goes_elsewhere_cannot_be_asked_for() {
        Command c = sh("true").stdout(new ByteArrayOutputStream());
        assertEquals("exec: Stdout already set: output() needs it, run() does not",
                assertThrows(IllegalStateException.class, c::output).getMessage());
        assertThrows(IllegalStateException.class, c::lines);
        assertThrows(IllegalStateException.class, () -> sh("true").stderr(Redirect.DISCARD).combinedOutput());
    }

    @Test
    void sink_that_fails_is_thrown_as_it_came() {
        var failure = new IllegalStateException("full");
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) {
                throw failure;
            }
        };
        Command yes = Exec.command(CTX, "yes").stdout(broken); // ends with SIGPIPE
        assertSame(failure, assertThrows(IllegalStateException.class, yes::run));
        assertEquals(ExitException.class, failure.getSuppressed()[0].getClass());
    }

    @Test
    void large_output_is_whole_on_both_streams() throws Exception {
        var err = new ByteArrayOutputStream();
        String out =
                sh("head -c 2000000 /dev/zero | tr '\\0' o; head -c 2000000 /dev/zero | tr '\\0' e >&2").stderr(err)
                        .output();
        assertEquals(2_000_000, out.length());
        assertEquals(2_000_000, err.size());
    }

    // Grandchildren that hold the pipe.

    @Test
    void output_does_not_wait_for_a_grandchild_that_holds_the_pipe() throws Exception {
        Path pid = dir.resolve("pid");
        String out = sh("sleep 60 & echo $! >" + pid + "; echo done").output(); // the watchdog would see a hang
        long sleeper = Long.parseLong(Files.readString(pid).strip());
        assertEquals("done\n", out);
        assertTrue(Processes.isAlive(sleeper), "what was left in the background runs on");
        ProcessHandle.of(sleeper).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// A program that says "early", waits for the file `end`, and leaves `background` behind with its output.
    private Command leaving(String background) {
        return sh("(" + background + ") & echo early; while [ ! -e " + dir.resolve("end")
                + " ]; do sleep 0.01; done");
    }

    /// Lets it end after its first output has come.
    private void end(Running running, ByteArrayOutputStream out) throws IOException {
        Processes.await("the first output", () -> out.size() > 0);
        Files.createFile(dir.resolve("end"));
        Processes.await("the end", () -> !running.isAlive());
    }

    @Test
    void wait_delay_takes_what_comes_late() throws Exception {
        Path go = dir.resolve("go");
        var out = new ByteArrayOutputStream();
        Running running = leaving("while [ ! -e " + go + " ]; do sleep 0.01; done; echo late")
                .waitDelay(Duration.ofSeconds(30)).stdout(out).start();
        end(running, out);
        Files.createFile(go);
        running.await();
        assertEquals("early\nlate\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void wait_delay_that_passes_is_said() throws Exception {
        Path pid = dir.resolve("pid");
        var out = new ByteArrayOutputStream();
        Running running = leaving("sleep 60 & echo $! >" + pid + "; wait").waitDelay(Duration.ofMillis(50)).stdout(out)
                .start();
        end(running, out);
        var e = assertThrows(WaitDelayException.class, running::await);
        assertTrue(e.getMessage().startsWith("exec: WaitDelay expired before I/O complete"), e.getMessage());
        assertEquals("early\n", out.toString(StandardCharsets.UTF_8));
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void output_that_comes_after_the_delay_goes_nowhere() throws Exception {
        Path go = dir.resolve("go");
        var out = new ByteArrayOutputStream();
        Running running = leaving("while [ ! -e " + go + " ]; do sleep 0.01; done; echo late")
                .waitDelay(Duration.ofMillis(50)).stdout(out).start();
        end(running, out);
        assertThrows(WaitDelayException.class, running::await);
        Files.createFile(go);
        Processes.await("the reader's end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals("exec stdout of sh")));
        assertEquals("early\n", out.toString(StandardCharsets.UTF_8));
    }

    // Lines.

    @Test
    void lines_come_one_by_one_and_end() throws Exception {
        var all = new ArrayList<String>();
        for (String line : sh("printf 'a\\n\\nb\\r\\ngrüß'").lines()) {
            all.add(line);
        }
        assertEquals(List.of("a", "", "b", "grüß"), all);
    }

    @Test
    void line_is_received_while_the_program_runs() throws Exception {
        Path go = dir.resolve("go");
        var lines = sh("echo first; while [ ! -e " + go + " ]; do sleep 0.01; done; echo second").lines();
        assertEquals("first", lines.receive());
        Files.createFile(go);
        assertEquals("second", lines.receive());
        assertThrows(ChanClosedException.class, lines::receive);
    }

    @Test
    void lines_of_a_failure_come_before_it() throws Exception {
        var lines = sh("echo a; echo why >&2; exit 3").lines();
        assertEquals("a", lines.receive());
        var e = assertThrows(ChanClosedException.class, lines::receive);
        assertEquals("exit status 3: sh: why", e.getCause().getMessage());
    }

    @Test
    void lines_end_with_the_context_and_its_cause() throws Exception {
        try (var ctx = CTX.withCancel()) {
            var lines = Exec.command(ctx, "sh", "-c", "echo a; sleep 60").lines();
            assertEquals("a", lines.receive());
            ctx.cancel("enough");
            var e = assertThrows(ChanClosedException.class, lines::receive);
            assertEquals(CancelledException.class, e.getCause().getClass());
            assertTrue(e.getMessage().contains("enough"), e.getMessage());
        }
    }

    @Test
    void lines_that_are_abandoned_end_the_program() throws Exception {
        Path pid = dir.resolve("pid");
        var lines = sh("echo $$ >" + pid + "; trap '' PIPE; while :; do echo y 2>/dev/null; sleep 0.01; done").lines();
        assertEquals("y", lines.receive());
        lines.abandon("enough");
        long running = Long.parseLong(Files.readString(pid).strip());
        Processes.await("its end", () -> !Processes.isAlive(running));
    }

    @Test
    void line_that_is_too_long_ends_a_program_that_writes_no_more() throws Exception {
        Path pid = dir.resolve("pid");
        var lines = sh("echo $$ >" + pid + "; head -c 2000000 /dev/zero; exec sleep 300").lines();
        assertThrows(ChanClosedException.class, lines::receive);
        assertFalse(Processes.isAlive(Long.parseLong(Files.readString(pid).strip())));
    }

    @Test
    void line_without_end_is_a_failure_and_not_the_memory() throws Exception {
        var lines = Exec.command(CTX, "sh", "-c", "cat /dev/zero").lines();
        var e = assertThrows(ChanClosedException.class, lines::receive);
        assertEquals("exec: line too long: expected at most 1048576 bytes up to a line break",
                e.getCause().getMessage());
    }
}
