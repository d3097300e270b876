package dev.millrace.go;

import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Shown;
import dev.millrace.internal.Sight;
import dev.millrace.internal.Sites;
import dev.millrace.internal.Spans;
import dev.millrace.internal.Stacks;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Goroutines below their contexts. What is kept until it is drawn is one entry for each context and for each kind of goroutine below it, not
/// one for each goroutine. Without recursion: trees may be deep.
final class TreeDump {
    private final Appendable out;
    private final @Nullable Stacks stacks;
    private final Branch root = new Branch(null);
    private final IdentityHashMap<Node, Branch> branches = new IdentityHashMap<>();

    TreeDump(Appendable out, @Nullable Stacks stacks) {
        this.out = out;
        this.stacks = stacks;
    }

    /// A context, or the root: what has none that could end.
    private static final class Branch {
        final @Nullable Node node;
        final Map<String, Alike> goroutines = new LinkedHashMap<>();
        final List<Branch> children = new ArrayList<>();

        Branch(@Nullable Node node) {
            this.node = node;
        }

        String title() {
            if (node == null) {
                return "background";
            }
            String kind = node instanceof DeadlineNode d ? "timeout " + Spans.text(d.budget()) : "cancel";
            return padded(node.name().isEmpty() ? kind : node.name()) + state(node);
        }

        private static String state(Node node) {
            Ending ending = node.ending();
            if (ending == null) {
                return node instanceof DeadlineNode d
                        ? "alive, " + Spans.text(Math.max(0, d.nanos() - node.scheduler().nanoTime())) + " left"
                        : "alive";
            }
            Node up = node.up();
            String verb = ending.isDeadline() ? "deadline exceeded" : "cancelled";
            return up != null && up.ending() == ending ? verb + " with its parent"
                    : verb + (ending.hasTime() ? " " + Spans.text(ending.age()) + " ago" : "");
        }
    }

    /// Goroutines that differ in nothing that a reader would want to see.
    private static final class Alike {
        final String who;
        final String does;
        int count;
        long longest;

        Alike(String who, String does) {
            this.who = who;
            this.does = does;
        }

        String text() {
            String title = count == 1 ? who : count + " × " + who;
            String span = longest < 1_000_000_000 ? "" : (count == 1 ? ", " : ", the longest ") + Spans.text(longest);
            return padded(title) + does + span;
        }
    }

    private static String padded(String title) {
        return title.length() < 24 ? title + " ".repeat(24 - title.length()) : title + "  ";
    }

    void write(List<Sight> all, int most) throws IOException {
        int shown = 0;
        int left = 0;
        for (Sight sight : all) {
            if (sight.isGone()) {
                continue;
            }
            if (shown == most) {
                left++;
                continue;
            }
            add(sight);
            shown++;
        }
        draw();
        if (left > 0) {
            out.append("… and ").append(String.valueOf(left)).append(" goroutines more\n");
        }
    }

    private void add(Sight seen) {
        StackTraceElement[] stack = stacks == null ? new StackTraceElement[0] : stacks.of(seen.thread());
        Sight sight = seen.again();
        Goroutine g = sight.goroutine();
        String name = g == null ? sight.label() : g.name().isEmpty() ? "goroutine" : g.name();
        Map<String, String> labels = sight.labels();
        String who = labels.isEmpty() ? name : name + " " + Shown.set(labels);
        String place = Sites.userPlace(stack);
        String does = does(sight, stack) + (place.isEmpty() ? "" : " (" + place + ")");
        Branch branch = branch(g == null ? null : g.node());
        Alike alike = branch.goroutines.computeIfAbsent(who + '\n' + does, _ -> new Alike(who, does));
        alike.count++;
        alike.longest = Math.max(alike.longest, sight.waited().toNanos());
    }

    private static String does(Sight sight, StackTraceElement[] stack) {
        if (sight.waiter() != null) {
            return sight.waitsFor();
        }
        String call = Sites.jdkCall(stack);
        boolean runs = sight.thread().getState() == Thread.State.RUNNABLE;
        return call.isEmpty() ? (runs ? "running" : "waits, not by the library") : (runs ? "in " : "waits in ") + call;
    }

    /// The branch of `node`, with those of all above it.
    private Branch branch(@Nullable Node node) {
        Deque<Node> path = new ArrayDeque<>();
        Branch above = root;
        for (Node n = node; n != null; n = n.up()) {
            Branch known = branches.get(n);
            if (known != null) {
                above = known;
                break;
            }
            path.push(n);
        }
        for (Node n : path) {
            var made = new Branch(n);
            branches.put(n, made);
            above.children.add(made);
            above = made;
        }
        return above;
    }

    private record Row(String indent, String branch, String below, String text, @Nullable Branch of) {}

    private void draw() throws IOException {
        Deque<Row> rows = new ArrayDeque<>();
        rows.push(new Row("", "", "", root.title(), root));
        while (!rows.isEmpty()) {
            Row row = rows.pop();
            out.append(row.indent).append(row.branch).append(row.text).append('\n');
            if (row.of != null) {
                below(row, row.of).reversed().forEach(rows::push);
            }
        }
    }

    private static List<Row> below(Row row, Branch branch) {
        String indent = row.indent + row.below;
        Collection<Alike> goroutines = branch.goroutines.values();
        int left = goroutines.size() + branch.children.size();
        var below = new ArrayList<Row>(left);
        for (Alike alike : goroutines) {
            below.add(new Row(indent, --left == 0 ? "└─ " : "├─ ", "", alike.text(), null));
        }
        for (Branch child : branch.children) {
            boolean last = --left == 0;
            below.add(new Row(indent, last ? "└─ " : "├─ ", last ? "   " : "│  ", child.title(), child));
        }
        return below;
    }
}
