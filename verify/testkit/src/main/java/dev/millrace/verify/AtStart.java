package dev.millrace.verify;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// What a process holds: threads of the platform, descriptors, and something that is counted. [#assertBack] finds what is more than at the start, be it one.
///
/// Take it when everything that is made once is there: after a first run of the same.
public final class AtStart {
    /// Threads that the JDK, or who runs the tests, starts when it likes.
    private static final Pattern NOT_OURS = Pattern.compile(
            "ForkJoinPool.*|.*-(Read|Write)-Poller|(Read|Write|Master)-?Poller.*|VirtualThread-unblocker|Common-Cleaner"
                    + "|CompletableFutureDelayScheduler|process reaper.*|surefire.*|junit.*|watchdog.*|millrace-timer.*"
                    + "|Keep-Alive-Timer|Attach Listener|DestroyJavaVM|.* idle timer");

    private final Set<Thread> threads;
    private final Set<String> descriptors;
    private final LongSupplier counter;
    private final long count;

    private AtStart(LongSupplier counter) {
        this.counter = counter;
        threads = Set.copyOf(Thread.getAllStackTraces().keySet());
        descriptors = new HashSet<>(descriptors());
        count = counter.getAsLong();
    }

    /// Looks at it now, and at what `counter` counts: goroutines, for example.
    public static AtStart now(LongSupplier counter) {
        return new AtStart(counter);
    }

    /// Waits until there is no more than at the start.
    ///
    /// @throws AssertionError when it is not so after `most`, with what is left
    public void assertBack(Duration most) {
        long giveUp = System.nanoTime() + most.toNanos();
        for (List<String> left = left(); !left.isEmpty(); left = left()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("more than at the start: " + left);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// There is no thread now that was not there at the start.
    public void assertNoThread() {
        List<String> more = threads();
        if (!more.isEmpty()) {
            throw new AssertionError("more than at the start: " + more);
        }
    }

    private List<String> threads() {
        var more = new ArrayList<String>();
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (!threads.contains(t) && !NOT_OURS.matcher(t.getName()).matches()) {
                more.add("thread " + t.getName());
            }
        }
        return more;
    }

    private List<String> left() {
        List<String> left = threads();
        for (String d : descriptors()) {
            if (!descriptors.contains(d)) {
                left.add("descriptor " + d);
            }
        }
        long now = counter.getAsLong();
        if (now > count) {
            left.add("count " + now + ", was " + count);
        }
        return left;
    }

    /// What each leads to: a socket has a number that no other has. Empty where there is no such folder. Jars are opened as their classes are needed.
    private static List<String> descriptors() {
        var all = new ArrayList<String>();
        String[] numbers = new File("/proc/self/fd").list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                String to = Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (!to.endsWith(".jar") && !to.endsWith("/modules") && !to.endsWith("/fd")) {
                    all.add(to.startsWith("socket:") || to.startsWith("pipe:") ? to : number + " " + to);
                }
            } catch (IOException e) {
                // closed since: that of the folder itself, for one
            }
        }
        return all;
    }
}
