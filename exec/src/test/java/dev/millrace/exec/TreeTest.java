package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a tree does that grows while it is stopped.
class TreeTest {
    @TempDir
    private Path dir;

    /// By then nothing leads from the root to it: only the process that started it does. That one runs no programs in its loops: a shell that is told to end while
    /// it starts one may do so whatever its trap says.
    @Test
    void kill_processStartedWhenTheRootHadGone_endsItToo() throws Exception {
        Path child = Files.writeString(dir.resolve("child.sh"), """
                late() {
                    trap '' TERM
                    while kill -0 $1 2>/dev/null; do :; done
                    sleep 300 &
                    echo $! >late.part
                    mv late.part late
                }
                trap "late $1" TERM
                >up
                while :; do :; done
                """);
        Process root = new ProcessBuilder("sh", "-c", "sh " + child + " $$ & wait").directory(dir.toFile()).start();
        Processes.await("the child's trap", () -> Files.exists(dir.resolve("up")));
        Tree tree = Tree.of(root, null);
        tree.terminate();
        List<Long> late = Processes.pids(dir.resolve("late"));
        assertTrue(Processes.isAlive(late.getFirst()));
        assertFalse(root.isAlive());
        assertFalse(tree.awaitGone(Duration.ofMillis(20)));
        assertEquals(List.of(), tree.kill());
        assertFalse(Processes.isAlive(late.getFirst()));
    }

    @Test
    void terminate_processStartedMeanwhile_isAskedToo() {
        var process = new FakeProcess();
        process.root.onAsked = () -> {
            if (process.root.children.isEmpty()) {
                process.child();
            }
        };
        Tree tree = Tree.of(process, null);
        tree.terminate();
        assertEquals(1, process.root.children.getFirst().asked.get());
        assertEquals(2, process.root.asked.get(), "it does not go on when nothing has come");
    }

    @Test
    void terminate_processThatForksForEver_isLeftToTheKill() {
        var process = new FakeProcess();
        process.root.onAsked = process::child;
        Tree.of(process, null).terminate();
        assertEquals(5, process.root.asked.get());
    }

    @Test
    void awaitGone_rootEnds_isAnEvent() {
        var process = new FakeProcess();
        process.onWait = () -> process.root.end(0);
        assertTrue(Tree.of(process, null).awaitGone(Duration.ofHours(1))); // the watchdog would see a hang
        assertEquals(1, process.waits.get());
    }

    @Test
    void awaitGone_rootLives_pausesBetweenLooks() {
        var process = new FakeProcess();
        assertFalse(Tree.of(process, null).awaitGone(Duration.ofMillis(200)));
        assertTrue(process.root.looks.get() < 100, "looks: " + process.root.looks);
    }

    /// To wait for a root that has gone would be to wait for nothing.
    @Test
    void awaitGone_onlyOthersLive_pausesBetweenLooks() {
        var process = new FakeProcess();
        var child = process.child();
        Tree tree = Tree.of(process, null);
        process.root.end(0);
        assertFalse(tree.awaitGone(Duration.ofMillis(200)));
        assertEquals(0, process.waits.get());
        assertTrue(child.looks.get() < 100, "looks: " + child.looks);
        child.end(0);
        assertTrue(tree.awaitGone(Duration.ZERO));
    }

    @Test
    void kill_rootHasGone_findsWhatTheOthersHaveStarted() {
        var process = new FakeProcess();
        var child = process.child();
        Tree tree = Tree.of(process, null);
        process.root.end(0);
        var late = child.child();
        child.onKilled = () -> child.end(137);
        late.onKilled = () -> late.end(137);
        assertEquals(List.of(), tree.kill());
        assertEquals(1, late.killed.get());
    }

    @Test
    void kill_processThatStays_isTriedAgainAndAnswered() {
        var process = new FakeProcess();
        var child = process.child();
        process.root.onKilled = () -> process.root.end(137);
        Tree tree = Tree.of(process, null);
        assertEquals(List.of(child.pid()), tree.kill());
        assertTrue(child.killed.get() < 50, "killed " + child.killed + " times in two seconds");
    }

    @Test
    void kill_processThatGoesAtTheSecondTry_isGone() {
        var process = new FakeProcess();
        process.root.onKilled = () -> {
            if (process.root.killed.get() == 2) {
                process.root.end(137);
            }
        };
        assertEquals(List.of(), Tree.of(process, null).kill());
        assertEquals(2, process.root.killed.get());
    }

    /// A shell that has started another and then become a program that collects nobody. The other ends after that: so it stays as a zombie.
    private static Process parentOfAZombie(Path file) throws IOException {
        return new ProcessBuilder("sh", "-c",
                "(until grep -q sleep /proc/$$/comm; do :; done) & echo $! >" + file + ".part; mv " + file + ".part "
                        + file
                        + "; exec sleep 300")
                .start();
    }

    private static boolean isZombie(long pid) {
        return Tree.stat(Long.toString(pid)).startsWith("Z");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void awaitGone_processThatHasEndedAndWasNotCollected_isGone() throws Exception {
        Process root = parentOfAZombie(dir.resolve("zombie"));
        try {
            long zombie = Processes.pids(dir.resolve("zombie")).getFirst();
            Processes.await("the zombie", () -> isZombie(zombie));
            ProcessHandle handle = ProcessHandle.of(zombie).orElseThrow();
            assertTrue(handle.isAlive(), "the JDK counts it as alive, so this looks itself");
            assertFalse(Tree.isAlive(handle));
        } finally {
            root.destroyForcibly().waitFor();
        }
    }

    /// The zombie has a parent that lives, outside of the tree: so it stays.
    @Test
    @EnabledOnOs(OS.LINUX)
    void stop_onlyAZombieIsLeft_doesNotWaitForItAndDoesNotNameIt() throws Exception {
        Process parent = parentOfAZombie(dir.resolve("zombie"));
        try {
            long zombie = Processes.pids(dir.resolve("zombie")).getFirst();
            Processes.await("the zombie", () -> isZombie(zombie));
            ProcessHandle handle = ProcessHandle.of(zombie).orElseThrow();
            var process = new FakeProcess();
            process.root.others.add(handle);
            process.root.onAsked = () -> process.root.end(143);
            Running running =
                    Running.of(Exec.command(Context.background(), "polite").grace(Duration.ofHours(1)), process,
                            null);
            running.stop("enough"); // the watchdog would see a wait for the grace
            var e = assertThrows(CancelledException.class, running::await);
            assertEquals("signal: TERM: polite", e.getSuppressed()[0].getMessage());
            assertEquals(1, e.getSuppressed().length, "nobody is said to be still there");
            assertEquals(0, process.root.killed.get());
            assertTrue(isZombie(zombie), "it was there all the time");
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}
