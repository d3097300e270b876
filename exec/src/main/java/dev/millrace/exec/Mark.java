package dev.millrace.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A word in the environment of a command, by which the processes below it are found when their parent has gone.
///
/// A parent that ends while it starts another leaves one that nothing leads to: it belongs to the system's first process from then on. But it has
/// the environment that it was started with, and `/proc` shows that. One look finds at least one when there are any: numbers are looked at from the
/// lowest on, and a child's is higher than its parent's, until the system begins again with low ones.
///
/// What is in a session of its own has left on purpose, as daemons do. Where there is no `/proc`, nothing is found.
final class Mark {
    static final String VARIABLE = "MILLRACE_EXEC";
    private static final boolean LOOKS = Files.isReadable(Path.of("/proc/self/environ"));
    private static final String OF_THIS_JVM =
            "/" + ProcessHandle.current().pid() + "." + Long.toHexString(System.currentTimeMillis()) + ".";
    private static final AtomicLong LAST = new AtomicLong();
    private static final String SESSION = session("self");

    private final String word = OF_THIS_JVM + LAST.incrementAndGet() + ";";

    /// Puts it in, after those of commands that this one is below.
    void into(Map<String, String> environment) {
        environment.merge(VARIABLE, word, String::concat);
    }

    /// Those that carry it, but for those in sessions that are neither this JVM's nor begun by one of `members`.
    Stream<ProcessHandle> carriers(Set<Long> members) {
        return LOOKS ? ProcessHandle.allProcesses().filter(h -> isOn(h.pid()) && belongs(h.pid(), members))
                : Stream.of();
    }

    /// Of one that has ended nothing is there to be read.
    private boolean isOn(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1).contains(word);
        } catch (IOException e) {
            return false; // it has gone, or is another user's
        }
    }

    private static boolean belongs(long pid, Set<Long> members) {
        String session = session(Long.toString(pid));
        return session.equals(SESSION) || (!session.isEmpty() && members.contains(Long.valueOf(session)));
    }

    /// The fourth word behind the name.
    private static String session(String pid) {
        String[] words = Tree.stat(pid).split(" ", 5);
        return words.length < 5 ? "" : words[3];
    }
}
