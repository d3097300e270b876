package dev.millrace.verify;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// What this JVM holds at one moment: platform threads by name, descriptors by what they are of, child processes, and what else is counted.
/// For tests that nothing is left, be it one.
///
/// ```java
/// Holdings before = Holdings.now().counting("goroutines", Go::numGoroutine);
/// …
/// before.awaitBack();
/// ```
///
/// Take it when all that is made once is there: after a first run of the same. Names are told apart without their numbers. Less than before is no
/// fault.
public final class Holdings {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Threads that come and go as the JDK, the library's timers, or who runs the tests, like: for instance a process reaper that waits for no process.
    private static final Pattern NOT_OURS = Pattern.compile(
            "ForkJoinPool.*|.*-(Read|Write)-Poller|(Read|Write|Master)-?Poller.*|VirtualThread-unblocker|Common-Cleaner"
                    + "|CompletableFutureDelayScheduler|process reaper|surefire.*|junit.*|watchdog.*|millrace-timer.*"
                    + "|Keep-Alive-Timer|Attach Listener|DestroyJavaVM|.* idle timer");

    private final Map<String, Long> all = new TreeMap<>();
    private final Map<String, LongSupplier> counted = new LinkedHashMap<>();

    private Holdings() {
        threads().forEach((name, n) -> all.put("thread " + name, n));
        descriptors().forEach((of, n) -> all.put("descriptor " + of, n));
        all.put("child processes", ProcessHandle.current().descendants().count());
    }

    /// As it is now.
    public static Holdings now() {
        return new Holdings();
    }

    /// Besides, what `counter` says.
    public Holdings counting(String what, LongSupplier counter) {
        counted.put(what, counter);
        all.put(what, counter.getAsLong());
        return this;
    }

    /// What is more now, a text for each, such as `thread left #: 1, were 0`; empty when nothing is.
    public List<String> more() {
        Holdings now = now();
        counted.forEach(now::counting);
        var more = new ArrayList<String>();
        now.all.forEach((what, n) -> {
            long were = all.getOrDefault(what, 0L);
            if (n > were) {
                more.add(what + ": " + n + ", were " + were);
            }
        });
        return more;
    }

    /// What is more now of threads.
    public List<String> moreThreads() {
        return more().stream().filter(s -> s.startsWith("thread ")).toList();
    }

    /// Waits until nothing is more than here.
    ///
    /// @throws AssertionError with what is, after 20 seconds
    public void awaitBack() {
        awaitBack(PATIENCE);
    }

    /// The same, for `most`.
    public void awaitBack(Duration most) {
        long giveUp = System.nanoTime() + most.toNanos();
        for (List<String> more = more(); !more.isEmpty(); more = more()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("more than at the start: " + more);
            }
            LockSupport.parkNanos(2_000_000); // between two looks
        }
    }

    /// The warden comes and goes; two of it would count.
    private static Map<String, Long> threads() {
        var all = new TreeMap<String, Long>();
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (!NOT_OURS.matcher(t.getName()).matches()) {
                all.merge(unnumbered(t.getName()), 1L, Long::sum);
            }
        }
        all.computeIfPresent("millrace-fairness", (_, n) -> n > 1 ? n : null);
        return all;
    }

    /// Empty where there is no such folder. Jars are opened as their classes are needed.
    private static Map<String, Long> descriptors() {
        var all = new TreeMap<String, Long>();
        String[] numbers = new File("/proc/self/fd").list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                String of = Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (!of.endsWith(".jar") && !of.endsWith("/modules") && !of.endsWith("/fd")) {
                    all.merge(unnumbered(of), 1L, Long::sum);
                }
            } catch (IOException e) {
                // closed since: that of the folder itself, for one
            }
        }
        return all;
    }

    private static String unnumbered(String text) {
        return text.replaceAll("\\d+", "#");
    }

    /// What is more than none.
    @Override
    public String toString() {
        var some = new TreeMap<>(all);
        some.values().removeIf(n -> n == 0);
        return some.toString();
    }
}
