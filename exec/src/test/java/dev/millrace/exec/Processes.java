package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// What tests ask about processes.
final class Processes {
    private Processes() {}

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(Tree::isAlive).orElse(false);
    }

    /// A shell that starts `n` sleepers, each below a shell of its own, writes their numbers to `file` and waits for them.
    static String tree(Path file, int n) {
        return "for i in $(seq " + n + "); do sh -c 'sleep 300 & echo $! >>" + file + ".part; echo $$ >>" + file
                + ".part; wait' & done; while [ $(wc -l <" + file + ".part 2>/dev/null || echo 0) -lt " + (2 * n)
                + " ]; do sleep 0.01; done; mv " + file + ".part " + file + "; wait";
    }

    static List<Long> pids(Path file) throws IOException {
        await("the tree to stand", () -> Files.exists(file));
        var pids = new ArrayList<Long>();
        for (String line : Files.readAllLines(file)) {
            pids.add(Long.parseLong(line.strip()));
        }
        return pids;
    }

    /// Waits for a state that has no event.
    static void await(String what, BooleanSupplier state) {
        try (var patience = Context.background().withTimeout(Duration.ofSeconds(20))) {
            while (!state.getAsBoolean()) {
                assertTrue(!patience.awaitDone(Duration.ofMillis(2)), () -> "waited 20 s for: " + what);
            }
        }
    }

    static long children() {
        return ProcessHandle.current().descendants().count();
    }

    /// Those of this machine with `mark` in the environment that they began with, also those whose parent has gone.
    static List<Long> marked(String mark) {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(pid -> {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1)
                        .contains(mark);
            } catch (IOException e) {
                return false; // it has gone, or is another user's
            }
        }).toList();
    }
}
