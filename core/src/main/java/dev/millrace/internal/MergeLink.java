package dev.millrace.internal;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Stands for a merged context in the list of one of its further parents. Weak, as [WeakLink] is, until something below the
/// merged context can be woken.
final class MergeLink extends Link {
    final Node parent;
    private final WeakReference<MergeNode> target;
    private volatile @Nullable MergeNode held;

    MergeLink(MergeNode target, Node parent) {
        this.target = new WeakReference<>(target);
        this.parent = parent;
    }

    void hold(MergeNode target) {
        held = target;
    }

    @Nullable MergeNode target() {
        MergeNode strong = held;
        return strong == null ? target.get() : strong;
    }

    @Override
    void hear(Walk walk) {
        MergeNode node = target();
        if (node != null) {
            walk.end(node); // it leaves its other parents, which may live on, when the walk is over
        }
    }

    boolean isGone() {
        return held == null && target.refersTo(null);
    }
}
