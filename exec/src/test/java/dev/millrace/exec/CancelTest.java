package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The end of the context ends the tree.
class CancelTest {
    private static final Context CTX = Context.background();

    @TempDir
    private Path dir;

    @Test
    void cancel_ends_the_whole_tree() throws Exception {
        Path file = dir.resolve("pids");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", Processes.tree(file, 3)).start();
            List<Long> pids = Processes.pids(file);
            assertEquals(6, pids.size());
            pids.forEach(pid -> assertTrue(Processes.isAlive(pid)));
            ctx.cancel("client left");
            var e = assertThrows(CancelledException.class, running::await);
            assertTrue(e.getMessage().startsWith("context canceled: client left"), e.getMessage());
            assertEquals(143, assertInstanceOf(ExitException.class, e.getSuppressed()[0]).code());
            pids.forEach(pid -> assertFalse(Processes.isAlive(pid)));
        }
    }

    @Test
    void timeout_ends_the_tree_and_says_which() throws Exception {
        try (var ctx = CTX.withName("page").withTimeout(Duration.ofMillis(100))) {
            var e = assertThrows(DeadlineExceededException.class, () -> Exec.command(ctx, "sleep", "60").run());
            assertTrue(e.getMessage().startsWith("context deadline exceeded: \"page\" had 100 ms"), e.getMessage());
        }
    }

    @Test
    void end_of_the_parent_ends_the_tree() throws Exception {
        Path file = dir.resolve("pids");
        try (var parent = CTX.withName("request").withCancel(); var ctx = parent.withTimeout(Duration.ofHours(1))) {
            Running running = Exec.command(ctx, "sh", "-c", Processes.tree(file, 1)).start();
            List<Long> pids = Processes.pids(file);
            parent.cancel();
            assertThrows(CancelledException.class, running::await);
            pids.forEach(pid -> assertFalse(Processes.isAlive(pid)));
        }
    }

    @Test
    void context_ends_the_tree_though_nobody_waits() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sleep", "60").start();
            ctx.cancel();
            Processes.await("the end", () -> !running.isAlive());
        }
    }

    @Test
    void tree_that_ignores_term_is_killed_after_the_grace() throws Exception {
        Path file = dir.resolve("pids");
        String deaf = "trap '' TERM; (trap '' TERM; echo $$ >" + file + ".p; mv " + file + ".p " + file
                + "; while :; do sleep 0.05; done) & wait; while :; do sleep 0.05; done";
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", deaf).grace(Duration.ofMillis(100)).start();
            Processes.pids(file);
            List<ProcessHandle> tree = ProcessHandle.of(running.pid()).orElseThrow().descendants().toList();
            assertFalse(tree.isEmpty());
            ctx.cancel();
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals(137, assertInstanceOf(ExitException.class, e.getSuppressed()[0]).code());
            tree.forEach(h -> assertFalse(Tree.isAlive(h)));
        }
    }

    @Test
    void grace_that_is_zero_kills_at_once() throws Exception {
        Path up = dir.resolve("up");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", "trap 'exit 0' TERM; >" + up
                    + "; while :; do sleep 0.01; done").grace(Duration.ZERO).start();
            Processes.await("the trap", () -> Files.exists(up));
            ctx.cancel();
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals(137, assertInstanceOf(ExitException.class, e.getSuppressed()[0]).code());
        }
    }

    @Test
    void program_that_tidies_up_within_the_grace_is_let_to() throws Exception {
        Path up = dir.resolve("up");
        Path tidied = dir.resolve("tidied");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", "trap '>" + tidied + "; exit 0' TERM; >" + up
                    + "; while :; do sleep 0.01; done").grace(Duration.ofSeconds(30)).start();
            Processes.await("the trap", () -> Files.exists(up));
            ctx.cancel();
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals(0, e.getSuppressed().length);
            assertTrue(Files.exists(tidied));
        }
    }

    @Test
    void hook_is_called_in_place_of_the_signal() throws Exception {
        Path tidied = dir.resolve("tidied");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", "read word; echo $word >" + tidied)
                    .stdin(Redirect.PIPE).grace(Duration.ofSeconds(30)).cancel(r -> {
                        try (OutputStream in = r.stdin()) {
                            in.write("quit\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                        }
                    }).start();
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertEquals("quit\n", Files.readString(tidied));
        }
    }

    @Test
    void hook_that_fails_is_replaced_by_the_signal_and_told() throws Exception {
        var failure = new IOException("no");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sleep", "60").grace(Duration.ofHours(1)).cancel(_ -> {
                throw failure;
            }).start();
            ctx.cancel();
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals(143, assertInstanceOf(ExitException.class, e.getSuppressed()[0]).code());
            assertSame(failure, e.getSuppressed()[1]);
        }
    }

    @Test
    void hook_that_fails_is_replaced_by_the_signal_for_the_whole_tree() throws Exception {
        Path file = dir.resolve("pids");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", Processes.tree(file, 1)).grace(Duration.ofHours(1))
                    .cancel(_ -> {
                        throw new IOException("no");
                    }).start();
            List<Long> pids = Processes.pids(file);
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            pids.forEach(pid -> assertFalse(Processes.isAlive(pid)));
        }
    }

    /// The program's input is closed after the failure is noted, which the program then tells.
    @Test
    void stream_that_failed_before_the_cancel_is_told_too() throws Exception {
        var failure = new IOException("disk");
        Path closed = dir.resolve("closed");
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sh", "-c", "cat >/dev/null; >" + closed + "; sleep 300")
                    .stdin(new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw failure;
                        }
                    }).start();
            Processes.await("the end of its input", () -> Files.exists(closed));
            ctx.cancel();
            var e = assertThrows(CancelledException.class, running::await);
            assertTrue(List.of(e.getSuppressed()).contains(failure));
        }
    }

    @Test
    void hook_that_hangs_does_not_put_off_the_kill() throws Exception {
        var never = new CountDownLatch(1);
        try (var ctx = CTX.withCancel()) {
            Running running = Exec.command(ctx, "sleep", "60").grace(Duration.ofMillis(50)).cancel(_ -> never.await())
                    .start();
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertFalse(running.isAlive());
        } finally {
            never.countDown();
        }
    }

    @Test
    void stop_ends_the_tree_and_the_wait() throws Exception {
        Running running = Exec.command(CTX, "sleep", "60").start();
        running.stop("enough");
        assertFalse(running.isAlive());
        var e = assertThrows(CancelledException.class, running::await);
        assertTrue(e.getMessage().contains("enough"), e.getMessage());
    }

    @Test
    void output_ends_with_the_tree_when_a_grandchild_holds_the_pipe() throws Exception {
        try (var ctx = CTX.withTimeout(Duration.ofMillis(100))) {
            assertThrows(DeadlineExceededException.class,
                    () -> Exec.command(ctx, "sh", "-c", "sleep 300 & sleep 300").output());
        }
    }

    /// Some programs end by themselves while they are cancelled: each run has one of the two outcomes, and none takes the next with it.
    @Test
    void cancels_that_race_with_the_end_never_hit_the_next_run() throws Exception {
        int n = Integer.getInteger("millrace.exec.races", 60);
        for (int i = 0; i < n; i++) {
            try (var ctx = CTX.withCancel()) {
                var ready = new CountDownLatch(1);
                Go.go(() -> {
                    ready.countDown();
                    ctx.cancel();
                });
                ready.await();
                try {
                    Exec.command(ctx, "true").run();
                } catch (CancelledException e) {
                    // one of the two
                }
            }
            Exec.command(CTX, "true").run();
        }
    }

    @Test
    void starts_and_cancels_leave_no_descriptor_and_no_process() throws Exception {
        int n = Integer.getInteger("millrace.exec.cycles", 60);
        cycle(5);
        Processes.await("the first ones' collection", () -> Processes.children() == 0);
        int before = Processes.descriptors();
        long goroutines = Go.numGoroutine();
        cycle(n);
        Processes.await("no process", () -> Processes.children() == 0);
        Processes.await("the descriptors of before", () -> {
            try {
                return Processes.descriptors() <= before + 2; // jars and the like
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Processes.await("the goroutines of before", () -> Go.numGoroutine() <= goroutines);
    }

    private static void cycle(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            try (var ctx = CTX.withCancel()) {
                Command c = Exec.command(ctx, "sh", "-c", "echo a; sleep 60 & sleep 60").stdin("in")
                        .grace(Duration.ofSeconds(1));
                Running running = i % 2 == 0 ? c.start()
                        : c.stdout(OutputStream.nullOutputStream())
                                .stderr(OutputStream.nullOutputStream()).start();
                ctx.cancel();
                assertThrows(CancelledException.class, running::await);
            }
        }
    }
}
