package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Processes whose parent has gone.
@EnabledOnOs(OS.LINUX)
class MarkTest {
    private static final Context CTX = Context.background();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    private long orphan;

    /// What a test is to leave alive.
    @AfterEach
    void tidyUp() {
        ProcessHandle.of(orphan).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// Starts a program that has put `what` into the background by way of a shell that has ended; nothing leads from one to the other.
    private Running withOrphan(Context ctx, Duration grace, String before, String what) throws Exception {
        Path file = dir.resolve("orphan");
        String tell = "echo $$ >" + file + ".part; mv " + file + ".part " + file + "; ";
        Running running = Exec.command(ctx, "sh", "-c", "(" + before + " sh -c '" + tell + what + "' &); sleep 300")
                .grace(grace).start();
        orphan = Processes.pids(file).getFirst();
        ProcessHandle root = ProcessHandle.of(running.pid()).orElseThrow();
        Processes.await("the end of the shell between", () -> root.descendants().noneMatch(h -> h.pid() == orphan));
        assertTrue(Processes.isAlive(orphan));
        return running;
    }

    @Test
    void cancel_processWhoseParentHasGone_isStoppedToo() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = withOrphan(ctx, Duration.ofHours(1), "", "exec sleep 300");
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertFalse(Processes.isAlive(orphan));
        }
    }

    @Test
    void cancel_processWhoseParentHasGoneAndThatIgnoresTerm_isKilledAfterTheGrace() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running =
                    withOrphan(ctx, Duration.ofMillis(50), "", "trap \"\" TERM; while :; do sleep 0.05; done");
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertFalse(Processes.isAlive(orphan));
        }
    }

    /// Without a grace nobody is asked, and the kill finds it too.
    @Test
    void cancel_processWhoseParentHasGone_isKilledWithoutAGrace() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = withOrphan(ctx, Duration.ZERO, "", "exec sleep 300");
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertFalse(Processes.isAlive(orphan));
        }
    }

    @Test
    void cancel_processThatHasMadeItselfADaemon_getsAway() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = withOrphan(ctx, Duration.ofHours(1), "setsid", "exec sleep 300");
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertTrue(Processes.isAlive(orphan));
        }
    }

    @Test
    void cancel_processWithAnEmptiedEnvironment_getsAwayWhenItsParentHasGone() throws Exception {
        try (var ctx = CTX.withCancel()) {
            Running running = withOrphan(ctx, Duration.ofHours(1), "env -i", "exec sleep 300");
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertTrue(Processes.isAlive(orphan));
        }
    }

    /// The orphan of one command is nothing to another.
    @Test
    void cancel_ofAnotherCommand_leavesItAlone() throws Exception {
        try (var ctx = CTX.withCancel(); var other = CTX.withCancel()) {
            Running running = withOrphan(ctx, Duration.ofHours(1), "", "exec sleep 300");
            Running second = Exec.command(other, "sleep", "300").start();
            other.cancel();
            assertThrows(CancelledException.class, second::await);
            assertTrue(Processes.isAlive(orphan));
            ctx.cancel();
            assertThrows(CancelledException.class, running::await);
            assertFalse(Processes.isAlive(orphan));
        }
    }

    @Test
    void into_commandBelowACommand_keepsBothMarks() {
        Map<String, String> environment = new HashMap<>();
        new Mark().into(environment);
        String outer = environment.get(Mark.VARIABLE);
        new Mark().into(environment);
        String both = environment.get(Mark.VARIABLE);
        assertTrue(both.startsWith(outer) && both.length() > outer.length(), both);
        assertEquals(Set.of(Mark.VARIABLE), environment.keySet());
        assertEquals(List.of(), new Mark().carriers(Set.of()).toList());
    }
}
