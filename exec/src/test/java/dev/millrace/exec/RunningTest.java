package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.SpawnHook;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What no real process does when a test wants it.
class RunningTest {
    private static final Context CTX = Context.background();

    /// Lets the spawn of the calling thread fail that comes after `left` others.
    private record Refuses(Thread whose, AtomicInteger left, RuntimeException failure) implements SpawnHook<Object> {
        @Override
        public @Nullable Object capture() {
            if (Thread.currentThread() == whose && left.getAndDecrement() == 0) {
                throw failure;
            }
            return null;
        }

        @Override
        public Runnable install(Object captured) {
            return () -> {};
        }
    }

    @Test
    void start_whenAGoroutineCannotBeStarted_leavesNoProcessAndNothingBelowTheContext() throws Exception {
        var failure = new IllegalStateException("no goroutine");
        var left = new AtomicInteger();
        long before = Processes.children();
        Runnable remove = Go.addSpawnHook(new Refuses(Thread.currentThread(), left, failure));
        int refused = 0;
        try (var ctx = CTX.withCancel()) {
            Command c = Exec.command(ctx, "sleep", "300").stdin(InputStream.nullInputStream())
                    .stdout(OutputStream.nullOutputStream()).stderr(OutputStream.nullOutputStream());
            for (Running running = null; running == null;) {
                left.set(refused);
                try {
                    running = c.start();
                } catch (IllegalStateException e) {
                    assertSame(failure, e);
                    refused++;
                    Processes.await("no process", () -> Processes.children() == before);
                    Processes.await("nothing below the context", () -> ctx.snapshot().children().isEmpty());
                    continue;
                }
                running.stop("it starts at last");
            }
        } finally {
            remove.run();
        }
        assertTrue(refused >= 3, "input and two outputs have a goroutine each, refused: " + refused);
    }

    @Test
    void await_ofAProcessThatDoesNotHeedKill_givesItUpAndNamesIt() {
        var process = new FakeProcess();
        process.child();
        try (var ctx = CTX.withCancel()) {
            Running running = Running.of(Exec.command(ctx, "stone").grace(Duration.ZERO), process, null);
            ctx.cancel("enough");
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals(1, e.getSuppressed().length);
            assertEquals("still there after KILL: processes [1099511627776, 1099511627777]",
                    e.getSuppressed()[0].getMessage());
            assertTrue(running.isAlive());
            assertEquals(OptionalInt.empty(), running.exitCode());
            assertEquals(0, process.root.asked.get(), "no grace, so nobody is asked");
        }
    }

    @Test
    void stop_ofAProcessThatGoesWhenAsked_killsNobody() {
        var process = new FakeProcess();
        process.root.onAsked = () -> process.root.end(143);
        Running running = Running.of(Exec.command(CTX, "polite").grace(Duration.ofHours(1)), process, null);
        running.stop("enough");
        var e = assertThrows(CancelledException.class, running::await);
        assertEquals("signal: TERM: polite", e.getSuppressed()[0].getMessage());
        assertEquals(0, process.root.killed.get());
    }

    /// It was faster than who would have stopped it.
    @Test
    void await_ofAProcessThatEndsWhileItsTreeIsNoted_answersItsOwnStatus() throws Exception {
        var process = new FakeProcess();
        process.onListed = () -> process.root.end(0);
        try (var ctx = CTX.withCancel()) {
            Running running = Running.of(Exec.command(ctx, "fast"), process, null);
            ctx.cancel("enough");
            running.await();
            assertEquals(0, process.root.asked.get() + process.root.killed.get());
        }
    }
}
