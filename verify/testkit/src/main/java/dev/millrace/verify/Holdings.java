package dev.millrace.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// What this JVM holds of the system at one moment: descriptors, child processes, platform threads by name. For tests that nothing is left.
///
/// ```java
/// Holdings before = Holdings.now();
/// …
/// Holdings.awaitBack(before);
/// ```
///
/// Threads are told apart by their names without numbers. Two kinds are not counted, which the JDK keeps for a while when they have nothing to
/// do: carriers of virtual threads, and the process reapers that wait for no process. And one of the library, the warden, which comes and goes; two of
/// it would count.
///
/// @param descriptors 0 where there is no `/proc`
/// @param threads how many there are of each name
public record Holdings(int descriptors, int children, Map<String, Integer> threads) {
    private static final long PATIENCE = 20_000_000_000L;

    /// As it is now.
    public static Holdings now() {
        var threads = new TreeMap<String, Integer>();
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            String name = t.getName();
            if (!name.equals("process reaper") && !name.startsWith("ForkJoinPool-")) {
                threads.merge(name.replaceAll("\\d+", "N"), 1, Integer::sum);
            }
        }
        threads.computeIfPresent("millrace-fairness", (_, n) -> n > 1 ? n : null);
        return new Holdings(openDescriptors(), (int) ProcessHandle.current().descendants().count(), threads);
    }

    private static int openDescriptors() {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /// What is more here than in `before`, a text for each; empty when nothing is.
    public List<String> beyond(Holdings before) {
        var more = new ArrayList<String>();
        if (descriptors > before.descriptors) {
            more.add("descriptors: " + descriptors + ", were " + before.descriptors);
        }
        if (children > before.children) {
            more.add("child processes: " + children + ", were " + before.children);
        }
        threads.forEach((name, n) -> {
            int were = before.threads.getOrDefault(name, 0);
            if (n > were) {
                more.add("threads \"" + name + "\": " + n + ", were " + were);
            }
        });
        return more;
    }

    /// Waits until nothing is beyond `before`, and answers what there is then.
    ///
    /// @throws AssertionError with what is left after 20 seconds
    public static Holdings awaitBack(Holdings before) {
        for (long end = System.nanoTime() + PATIENCE;;) {
            Holdings now = now();
            List<String> more = now.beyond(before);
            if (more.isEmpty()) {
                return now;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not back at the start after 20 s: " + more);
            }
            LockSupport.parkNanos(2_000_000); // between two looks
        }
    }
}
