package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What every context of ours is for the packages that wait under one: its node. Public contexts extend it, so that no
/// public method shows a node.
public abstract class ContextBase {
    /// The nearest node that can end; null when the context never ends.
    protected final @Nullable Node node;

    protected ContextBase(@Nullable Node node) {
        this.node = node;
    }

    /// The node of `context`, which is a `dev.millrace.context.Context`: those are sealed and all extend this class.
    public static @Nullable Node nodeOf(Object context) {
        return ((ContextBase) context).node;
    }
}
