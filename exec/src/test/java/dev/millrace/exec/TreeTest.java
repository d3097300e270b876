package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
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
        Tree tree = Tree.of(root);
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
        Tree tree = Tree.of(process);
        tree.terminate();
        assertEquals(1, process.root.children.getFirst().asked.get());
        assertEquals(2, process.root.asked.get(), "it does not go on when nothing has come");
    }

    @Test
    void terminate_processThatForksForEver_isLeftToTheKill() {
        var process = new FakeProcess();
        process.root.onAsked = process::child;
        Tree.of(process).terminate();
        assertEquals(5, process.root.asked.get());
    }

    @Test
    void awaitGone_rootEnds_isAnEvent() {
        var process = new FakeProcess();
        process.onWait = () -> process.root.end(0);
        assertTrue(Tree.of(process).awaitGone(Duration.ofHours(1))); // the watchdog would see a hang
        assertEquals(1, process.waits.get());
    }

    @Test
    void awaitGone_rootLives_pausesBetweenLooks() {
        var process = new FakeProcess();
        assertFalse(Tree.of(process).awaitGone(Duration.ofMillis(200)));
        assertTrue(process.root.looks.get() < 100, "looks: " + process.root.looks);
    }

    /// To wait for a root that has gone would be to wait for nothing.
    @Test
    void awaitGone_onlyOthersLive_pausesBetweenLooks() {
        var process = new FakeProcess();
        var child = process.child();
        Tree tree = Tree.of(process);
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
        Tree tree = Tree.of(process);
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
        Tree tree = Tree.of(process);
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
        assertEquals(List.of(), Tree.of(process).kill());
        assertEquals(2, process.root.killed.get());
    }
}
