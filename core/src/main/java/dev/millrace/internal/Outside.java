package dev.millrace.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The nodes that something ends which is no thread of this JVM, such as a signal: who would hear of such an end is not stuck for good.
public final class Outside {
    private static List<Outside> all = List.of(); // guarded by the class; immutable

    private final Node node;
    private final boolean hears;

    private Outside(Node node, boolean hears) {
        this.node = node;
        this.hears = hears;
    }

    /// Notes `node`, which does not end by itself. Answers the note, for [#forget].
    ///
    /// @param hears whether one listener of the node's list is the caller's own and releases nobody
    public static Outside note(Node node, boolean hears) {
        var outside = new Outside(node, hears);
        change(outside, true);
        return outside;
    }

    /// Nothing from outside ends the node any more.
    public void forget() {
        change(this, false);
    }

    private static synchronized void change(Outside outside, boolean add) {
        var list = new ArrayList<>(all);
        list.remove(outside);
        if (add) {
            list.add(outside);
        }
        all = List.copyOf(list);
    }

    private static synchronized List<Outside> all() {
        return all;
    }

    /// Whether the end of such a node would wake, or start, anybody.
    static boolean mayRelease() {
        for (Outside outside : all()) {
            if (outside.isHeard()) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeard() {
        if (node.ending() != null) {
            return false;
        }
        Deque<Node> work = new ArrayDeque<>();
        work.push(node);
        for (Node n = work.poll(); n != null; n = work.poll()) {
            int hearers = n.hearersThatAreNoNodes();
            if (hearers > (n == node && hears ? 1 : 0)) {
                return true;
            }
            n.eachChild(work::push);
        }
        return false;
    }
}
