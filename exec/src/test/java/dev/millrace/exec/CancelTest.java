package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import dev.millrace.verify.Holdings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
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

    /// Some programs end by themselves while they are cancelled: each run has one of the two outcomes, and none takes the next with it, which
    /// runs beside it under the same parent.
    @Test
    void cancels_that_race_with_the_end_never_hit_the_next_run() throws Exception {
        int n = Integer.getInteger("millrace.exec.races", 200);
        int ended = 0;
        int cancelled = 0;
        long head = 0; // nanoseconds that the program is given: towards the outcome that comes too seldom
        try (var parent = CTX.withCancel()) {
            for (int i = 0; i < n || (Math.min(ended, cancelled) < n / 20 && i < 20 * n); i++) {
                try (var ctx = parent.withCancel()) {
                    var ready = new CountDownLatch(1);
                    long late = head;
                    Go.go(parent, _ -> {
                        ready.await();
                        LockSupport.parkNanos(late); // how the race stands, not an order
                        ctx.cancel();
                    });
                    Running running = Exec.command(ctx, "true").start();
                    ready.countDown();
                    try {
                        running.await();
                        ended++;
                        head -= 50_000;
                    } catch (CancelledException e) {
                        cancelled++;
                        head += 50_000;
                    }
                    head = Math.clamp(head, 0, 20_000_000);
                    Exec.command(parent, "true").run(); // the cancel may still be under way
                }
            }
            assertFalse(parent.isDone());
        }
        System.out.println("races of a cancel and the end: " + ended + " ended, " + cancelled + " cancelled");
        assertTrue(ended > 0, "no program was faster than its cancel");
        assertTrue(cancelled > 0, "no program was slower than its cancel");
    }

    @Test
    void starts_and_cancels_leave_no_descriptor_no_process_and_no_thread() throws Exception {
        int n = Integer.getInteger("millrace.exec.cycles", 100);
        String mark = "MILLRACE_CYCLE=" + ProcessHandle.current().pid() + "." + System.nanoTime();
        cycle(6, mark);
        Processes.await("the first ones' collection", () -> Processes.children() == 0);
        Processes.await("the first goroutines' end", () -> Go.numGoroutine() == 0);
        Holdings before = Holdings.now();
        cycle(n, mark);
        Processes.await("the end of the goroutines", () -> Go.numGoroutine() == 0);
        before.awaitBack();
        System.out.println(n + " starts and cancels, before: " + before + "; after: " + Holdings.now());
        assertEquals(List.of(), Processes.marked(mark), "processes that belong to nobody any more");
    }

    private static void cycle(int n, String mark) throws IOException {
        String name = mark.substring(0, mark.indexOf('='));
        String value = mark.substring(name.length() + 1);
        for (int i = 0; i < n; i++) {
            try (var ctx = CTX.withCancel()) {
                Command c = Exec.command(ctx, "sh", "-c", "sleep 60 & echo up; sleep 60").stdin("in").env(name, value)
                        .grace(Duration.ofSeconds(1));
                switch (i % 3) {
                    case 0 -> cancelled(ctx, c.start());
                    case 1 -> cancelled(ctx, c.stdout(OutputStream.nullOutputStream())
                            .stderr(OutputStream.nullOutputStream()).start());
                    default -> { // the tree stands
                        var lines = Chan.<String>buffered(1);
                        Running running = c.stdout(lines).start();
                        assertEquals("up", lines.receive());
                        cancelled(ctx, running);
                    }
                }
            }
        }
    }

    private static void cancelled(CancellableContext ctx, Running running) {
        ctx.cancel();
        assertThrows(CancelledException.class, running::await);
    }

    /// The look at the end sees one that is left.
    @Test
    void starts_and_cancels_with_one_that_is_left_are_found() throws Exception {
        String mark = "MILLRACE_CYCLE=" + ProcessHandle.current().pid() + "." + System.nanoTime();
        Processes.await("the others' collection", () -> Processes.children() == 0);
        Holdings before = Holdings.now();
        try (var ctx = CTX.withCancel()) {
            Running left =
                    Exec.command(ctx, "sleep", "300").env("MILLRACE_CYCLE", mark.substring(mark.indexOf('=') + 1))
                            .stdin(Redirect.PIPE).start();
            String more = before.more().toString();
            assertTrue(more.contains("descriptor "), more);
            assertTrue(more.contains("child processes: 1, were 0"), more);
            Processes.await("the JDK's thread for it",
                    () -> before.more().contains("thread process reaper (pid #): 1, were 0"));
            Processes.await("its mark", () -> Processes.marked(mark).equals(List.of(left.pid())));
            cancelled(ctx, left);
        }
        before.awaitBack();
        assertEquals(List.of(), Processes.marked(mark));
    }
}
