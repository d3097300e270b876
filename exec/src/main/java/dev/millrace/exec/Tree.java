package dev.millrace.exec;

import dev.millrace.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The processes below a command: found while their parents live, told to stop, and killed.
///
/// A process whose parent has ended belongs to nobody that we know: so all are noted before the first is told anything. Handles carry
/// the start time of their process, and the JDK sends nothing to another one that has got the same number.
///
/// A signal and a fork race: a process that was noted may start another and end before it is looked at again. So the tree is gone only when all
/// that were noted are, and after that a look for its [Mark] finds nobody; whoever is found is noted and told the same as all.
///
/// For processes that are not our children the system has no event, so their end is polled for: after 1 ms, then after twice as long, up
/// to 16 ms. A process that has ended and was not yet collected by its parent (a zombie) is gone.
final class Tree {
    private static final long FIRST_LOOK = 1_000_000;
    private static final long SLOWEST_LOOK = 16_000_000;
    private static final long KILL_PATIENCE = 2_000_000_000;

    private final Process root;
    private final @Nullable Mark mark;
    private Consumer<ProcessHandle> last = _ -> {}; // what all were told
    private final Map<Long, ProcessHandle> members = new LinkedHashMap<>(); // parents before children

    private Tree(Process root, @Nullable Mark mark) {
        this.root = root;
        this.mark = mark;
    }

    /// The tree as it is now.
    static Tree of(Process root, @Nullable Mark mark) {
        var tree = new Tree(root, mark);
        tree.members.put(root.pid(), root.toHandle());
        tree.grow();
        return tree;
    }

    /// Notes what has come since. True when something has.
    private boolean grow() {
        int before = members.size();
        if (root.isAlive()) {
            root.descendants().forEach(this::note);
        } else {
            for (ProcessHandle h : List.copyOf(members.values())) {
                if (isAlive(h)) {
                    h.descendants().forEach(this::note);
                }
            }
        }
        return members.size() > before;
    }

    /// Notes those that nothing leads to any more, and tells them. True when there are some.
    private boolean growByMark() {
        if (mark == null) {
            return false;
        }
        List<ProcessHandle> found = mark.carriers(members.keySet()).filter(h -> !members.containsKey(h.pid())).toList();
        for (ProcessHandle h : found) {
            note(h);
            last.accept(h);
        }
        return !found.isEmpty();
    }

    private void note(ProcessHandle h) {
        members.putIfAbsent(h.pid(), h);
    }

    /// Asks all of them to stop, also those that are started meanwhile.
    void terminate() {
        last = ProcessHandle::destroy;
        int round = 0;
        do {
            members.values().forEach(last);
        } while (grow() && ++round < 5); // whoever forks that fast is for the kill
    }

    /// Kills all of them, and answers the numbers of those that are there all the same: the system does not let them go.
    List<Long> kill() {
        last = ProcessHandle::destroyForcibly;
        long until = System.nanoTime() + KILL_PATIENCE;
        do {
            grow();
            members.values().forEach(last);
        } while (!awaitGone(Duration.ofMillis(100)) && System.nanoTime() < until);
        return alive();
    }

    /// Waits until all are gone, at most `span`.
    boolean awaitGone(Duration span) {
        long until =
                System.nanoTime() + Math.min(span.toSeconds() > 1_000_000_000 ? Long.MAX_VALUE / 2 : span.toNanos(),
                        Long.MAX_VALUE / 2);
        for (long look = FIRST_LOOK;; look = Math.min(2 * look, SLOWEST_LOOK)) {
            if (alive().isEmpty() && !growByMark()) {
                return true;
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            pause(Math.min(look, left));
        }
    }

    private void pause(long nanos) {
        try {
            if (root.isAlive()) {
                root.waitFor(nanos, TimeUnit.NANOSECONDS);
                return;
            }
        } catch (InterruptedException e) {
            // nobody who means this goroutine; the next look is a little early
        }
        Context.background().sleep(Duration.ofNanos(nanos));
    }

    private List<Long> alive() {
        var alive = new ArrayList<Long>();
        for (ProcessHandle h : members.values()) {
            if (h.pid() == root.pid() ? root.isAlive() : isAlive(h)) {
                alive.add(h.pid());
            }
        }
        return alive;
    }

    static boolean isAlive(ProcessHandle h) {
        return h.isAlive() && !isZombie(h.pid());
    }

    /// The state is the first word behind the name.
    private static boolean isZombie(long pid) {
        String stat = stat(Long.toString(pid));
        return stat.startsWith("Z") || stat.startsWith("X");
    }

    /// What the system says of a process, behind its name, which may contain anything, also parentheses; empty when there is no `/proc`, or the
    /// process has gone.
    static String stat(String pid) {
        try {
            String stat =
                    Files.readString(Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            return stat.substring(Math.min(stat.lastIndexOf(')') + 2, stat.length()));
        } catch (IOException e) {
            return "";
        }
    }
}
