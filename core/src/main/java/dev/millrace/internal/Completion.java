package dev.millrace.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The completion of a foreign stage as a node that ends.
///
/// What was arranged with a stage cannot be taken back. So there is one node for each stage as long as that lives, and
/// many selects on one quiet future leave one callback there.
public final class Completion {
    private static final Map<Key, Arranged> NODES = new HashMap<>(); // guarded by itself
    private static final ReferenceQueue<CompletionStage<?>> GONE = new ReferenceQueue<>();

    private Completion() {}

    /// The node that ends when `stage` completes, in whatever way.
    public static Node of(CompletionStage<?> stage) {
        var key = new Key(stage);
        var made = new Arranged();
        synchronized (NODES) {
            for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
                NODES.remove(gone);
            }
            Arranged known = NODES.putIfAbsent(key, made);
            made = known == null ? made : known;
        }
        if (!made.done) {
            // Also when another is about to: its call may come late, or fail. That the node ends twice does no harm.
            Node node = made.node;
            stage.whenComplete((value, failure) -> node.cancel(failure, true));
            made.done = true;
        }
        return made.node;
    }

    /// A node, and whether its end has been arranged.
    private static final class Arranged {
        final Node node = new PlainNode(null, Scheduler.real(), ""); // nobody knows who will complete it
        volatile boolean done;
    }

    /// By identity.
    private static final class Key extends WeakReference<CompletionStage<?>> {
        private final int hash;

        Key(CompletionStage<?> stage) {
            super(stage, GONE);
            this.hash = System.identityHashCode(stage);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (other instanceof Key key && get() != null && refersTo(key.get()));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
