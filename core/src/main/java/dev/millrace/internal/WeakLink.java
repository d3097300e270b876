package dev.millrace.internal;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Stands in a parent's list for a child that has nothing to wake: the child may go when nobody else refers to it.
final class WeakLink extends Link {
    private final WeakReference<Node> node;
    @Nullable Node pinned; // by the walk, while it still needs the node

    WeakLink(Node node) {
        this.node = new WeakReference<>(node);
    }

    @Nullable Node node() {
        return node.get();
    }

    boolean isGone() {
        return node.refersTo(null);
    }
}
