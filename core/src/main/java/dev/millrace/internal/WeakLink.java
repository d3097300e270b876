package dev.millrace.internal;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Stands in a parent's list for a child that has nothing to wake: the child may go when nobody else refers to it.
final class WeakLink extends Link {
    private final WeakReference<Node> node;

    WeakLink(Node node) {
        this.node = new WeakReference<>(node);
    }

    @Nullable Node node() {
        return node.get();
    }

    @Override
    void hear(Walk walk) {
        Node there = node.get();
        if (there != null) {
            walk.end(there);
        }
    }

    boolean isGone() {
        return node.refersTo(null);
    }
}
