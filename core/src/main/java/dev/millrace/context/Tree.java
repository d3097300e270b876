package dev.millrace.context;

import dev.millrace.internal.Deadline;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Shown;
import dev.millrace.internal.StopLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts together what can be known of the tree below a context: the registered nodes, the contexts of live goroutines, and
/// those of tasks that ended after the context.
final class Tree {
    private final @Nullable Node root;
    private final IdentityHashMap<Node, Part> parts = new IdentityHashMap<>();
    private final Part top = new Part();
    private final Set<Long> over = new HashSet<>(); // goroutines of tasks that have stopped

    private record Running(long id, Node node, ContextSnapshot.Task task) {}

    private static final class Part {
        final List<ContextSnapshot.Task> tasks = new ArrayList<>();
        final Map<Node, Part> children = new LinkedHashMap<>();
        final List<ContextSnapshot> detached = new ArrayList<>();
    }

    private Tree(@Nullable Node root) {
        this.root = root;
    }

    static ContextSnapshot snapshot(BasicContext context, @Nullable Node root) {
        var tree = new Tree(root);
        if (root != null) {
            tree.addRegistered(root);
        }
        List<Running> running = tree.running();
        if (root != null) {
            tree.addDetached(root);
            tree.addStopped(root);
            List.copyOf(tree.parts.keySet()).forEach(tree::addStopped);
        }
        for (Running r : running.reversed()) {
            if (!tree.over.contains(r.id)) { // else it stopped while we looked
                tree.part(r.node).tasks.addFirst(r.task);
            }
        }
        return tree.build(context);
    }

    /// The part of `node`, with those of all ancestors up to the root.
    private Part part(Node node) {
        if (node == root) {
            return top;
        }
        var path = new ArrayDeque<Node>();
        Part above = top;
        for (Node n = node; n != null && n != root; n = n.up()) {
            Part known = parts.get(n);
            if (known != null) {
                above = known;
                break;
            }
            path.push(n);
        }
        for (Node n : path) {
            Part made = new Part();
            parts.put(n, made);
            above.children.put(n, made);
            above = made;
        }
        return above;
    }

    private void addRegistered(Node from) {
        Deque<Node> work = new ArrayDeque<>();
        work.push(from);
        while (!work.isEmpty()) {
            Node n = work.pop();
            n.eachChild(child -> {
                if (!parts.containsKey(child)) {
                    part(child);
                    work.push(child);
                }
            });
        }
    }

    private List<Running> running() {
        var found = new ArrayList<Running>();
        for (Goroutine g : Tasks.runningBelow(root)) {
            Node its = g.node();
            if (its != null) {
                found.add(new Running(g.id(), its, running(g, its)));
                part(its);
                addRegistered(its);
            }
        }
        return found;
    }

    private static ContextSnapshot.Task running(Goroutine g, Node its) {
        Ending ending = its.ending();
        StackTraceElement[] stack = g.thread().getStackTrace();
        return new ContextSnapshot.Task(
                labelled(g),
                true,
                ending == null ? Duration.ZERO : Duration.ofNanos(Math.max(1, ending.age())),
                Tasks.waitsFor(g, stack),
                Tasks.place(stack));
    }

    /// Its name, or number, and the labels of its context.
    private static String labelled(Goroutine g) {
        Map<String, String> labels = Shown.labels(g.id(), g.context());
        return labels.isEmpty() ? g.label() : g.label() + " " + Shown.set(labels);
    }

    /// Tasks that have ended after `node`, where the end began there.
    private void addStopped(Node node) {
        Ending ending = node.ending();
        Node up = node.up();
        if (ending == null || (node != root && up != null && up.ending() == ending)) {
            return;
        }
        for (StopLog.Entry entry : Tasks.stoppedBelow(node, ending)) {
            Node its = entry.get();
            Part part = its == null ? top : part(its);
            part.tasks.add(new ContextSnapshot.Task(entry.label(), false, Duration.ofNanos(entry.nanos()), "", ""));
            over.add(entry.id());
        }
    }

    /// Goroutines whose context was detached from one below the root: they do not belong to the tree and yet come from it.
    private void addDetached(Node from) {
        for (Goroutine g : Registry.all()) {
            Node its = g.node();
            if (g.context() instanceof BasicContext c && (its == null || !its.isBelow(from))) {
                for (BasicContext p = c; p != null; p = p.parent) {
                    Node n = p.node();
                    if (n != null && n.isBelow(from)) {
                        part(n).detached.add(detached(g, c));
                        break;
                    }
                }
            }
        }
    }

    private static ContextSnapshot detached(Goroutine g, BasicContext context) {
        StackTraceElement[] stack = g.thread().getStackTrace();
        var task = new ContextSnapshot.Task(
                labelled(g), true, Duration.ZERO, Tasks.waitsFor(g, stack), Tasks.place(stack));
        return new ContextSnapshot(
                context.name(),
                "detached",
                Optional.ofNullable(context.cancelRecord()),
                false,
                true,
                context.remaining(),
                List.of(task),
                List.of());
    }

    /// Builds the snapshot from the leaves up, without recursion.
    private ContextSnapshot build(BasicContext context) {
        record Frame(@Nullable Node node, Part part, List<ContextSnapshot> done, List<Map.Entry<Node, Part>> todo) {}
        Deque<Frame> frames = new ArrayDeque<>();
        frames.push(new Frame(root, top, new ArrayList<>(), new ArrayList<>(top.children.entrySet())));
        for (;;) {
            Frame f = frames.element();
            if (f.todo.isEmpty()) {
                frames.pop();
                f.done.addAll(f.part.detached);
                if (frames.isEmpty()) {
                    return describe(f.node, f.part, f.done, context);
                }
                frames.element().done.add(describe(f.node, f.part, f.done, null));
            } else {
                var next = f.todo.removeFirst();
                Part p = next.getValue();
                frames.push(new Frame(next.getKey(), p, new ArrayList<>(), new ArrayList<>(p.children.entrySet())));
            }
        }
    }

    private ContextSnapshot describe(
            @Nullable Node node, Part part, List<ContextSnapshot> children, @Nullable BasicContext context) {
        Ending ending = node == null ? null : node.ending();
        Node up = node == null ? null : node.up();
        boolean inherited = ending != null && up != null && up.ending() == ending;
        String name = context != null ? context.name() : node == null ? "" : node.name();
        return new ContextSnapshot(
                name,
                kind(node, context),
                ending == null ? Optional.empty() : Optional.of(Face.of(ending).cancelRecord()),
                inherited,
                false,
                node instanceof DeadlineNode && node instanceof Deadline d && ending == null
                        ? Optional.of(Duration.ofNanos(Math.max(0, d.nanos() - node.scheduler().nanoTime())))
                        : Optional.empty(),
                part.tasks,
                children);
    }

    private static String kind(@Nullable Node node, @Nullable BasicContext context) {
        if (node == null) {
            return context == Derived.Roots.TODO ? "todo" : context == null || context.parent == null ? "background"
                    : "detached";
        }
        return node instanceof DeadlineNode d ? "timeout " + Texts.span(d.budget()) : "cancel";
    }
}
