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
}
