package dev.millrace.bench.shapes;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import kotlinx.coroutines.CompletableDeferredKt;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;

/// A root and 100,000 contexts below it, for one cancellation. After that, [#check()] tells whether it reached them
/// all.
///
/// gRPC's contexts have a listener each, since without one they are not linked to their parents; Kotlin's jobs always
/// are; ours both ways.
final class Tree<C> {
    static final int NODES = 100_000;

    /// What lies below the root.
    enum Form {
        /// 100,000 children.
        FLAT,
        /// One chain.
        DEEP,
        /// 1,000 branches of 100, a head and its 99 children each.
        BRANCHES
    }

    final C root;
    private final Object[] nodes = new Object[NODES];
    private final Predicate<C> cancelled;

    private Tree(Form form, C root, UnaryOperator<C> child, Predicate<C> cancelled) {
        this.root = root;
        this.cancelled = cancelled;
        C parent = root;
        for (int i = 0; i < NODES; i++) {
            boolean head = form == Form.DEEP || form == Form.BRANCHES && i % 100 == 0;
            C node = child.apply(head && form == Form.BRANCHES ? root : parent);
            nodes[i] = node;
            parent = head ? node : parent;
        }
    }

    static Tree<CancellableContext> millrace(Form form) {
        return new Tree<>(form, Context.background().withCancel(), Context::withCancel, Context::isDone);
    }

    static Tree<CancellableContext> millraceRegistered(Form form) {
        return new Tree<>(form, Context.background().withCancel(), parent -> {
            CancellableContext child = parent.withCancel();
            Registered.register(child);
            return child;
        }, Context::isDone);
    }

    static Tree<io.grpc.Context.CancellableContext> grpc(Form form) {
        return new Tree<>(form, io.grpc.Context.ROOT.withCancellation(), parent -> {
            io.grpc.Context.CancellableContext child = parent.withCancellation();
            child.addListener(_ -> {}, Runnable::run);
            return child;
        }, io.grpc.Context::isCancelled);
    }

    /// A new `Job` looks up the tree for one that handles exceptions, to the very root when that is a bare `Job` too: then a
    /// chain grows in quadratic time. With a root that handles them, such as a coroutine's, it asks its parent only.
    static Tree<Job> kotlin(Form form) {
        Job root = CompletableDeferredKt.CompletableDeferred((Job) null);
        return new Tree<>(form, root, JobKt::Job, Job::isCancelled);
    }

    @SuppressWarnings("unchecked")
    void check() {
        for (Object node : nodes) {
            if (!cancelled.test((C) node)) {
                throw new IllegalStateException("a context did not hear of the cancellation");
            }
        }
    }
}
