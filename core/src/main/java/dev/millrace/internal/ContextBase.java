package dev.millrace.internal;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What every context of ours, and the event of its end, is for the packages that wait for it: its node. Public contexts and
/// `Done` extend it, so that no public method shows a node.
public abstract class ContextBase {
    /// The nearest node that can end; null when the context never ends.
    protected final @Nullable Node node;

    protected ContextBase(@Nullable Node node) {
        this.node = node;
    }

    /// Ends it. For events, which have a node.
    final void occur() {
        Objects.requireNonNull(node).occur();
    }

    /// Words for people that dumps show with the goroutines of a context, in the order of their names.
    protected Map<String, String> labels() {
        return Map.of();
    }

    /// The node of `context`, which is a `dev.millrace.context.Context` (those are sealed and all extend this class) or a `Done`.
    public static @Nullable Node nodeOf(Object context) {
        return ((ContextBase) context).node;
    }
}
