package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.Context;
import dev.millrace.context.ContextSource;
import dev.millrace.context.Detach;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import dev.millrace.verify.explore.ContextTreeProtocols.Heard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Contexts with several parents, with a parent that is not ours, and with one that they outlive.
final class ContextMergeProtocols {
    private ContextMergeProtocols() {}

    private static Node node(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    private static int hearers(Context ctx) {
        return node(ctx).listeners();
    }

    // Merged.

    /// It ends with either parent, also when nobody waits for it and it is only asked.
    static void mergedIsAsked() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var merged = Context.anyOf(one, two);
        var a = go("a", () -> {
            two.cancel(new IllegalStateException("two"));
            check(merged.isDone(), "a parent has ended, and it lives");
        });
        one.cancel(new IllegalStateException("one"));
        check(merged.isDone(), "a parent has ended, and it lives");
        var cause = merged.cause();
        Suite.join(a);
        check(cause == merged.cause() && (cause == one.cause() || cause == two.cause()), "its cause is " + cause);
    }

    /// Ended by one parent it is no longer known to the other.
    static void mergedLeavesParents() throws Exception {
        for (int i = 0; i < 3; i++) {
            var one = Context.background().withCancel();
            var two = Context.background().withCancel();
            var merged = Context.anyOf(one, two);
            var sleeper = go("sleeper", merged::awaitDone);
            switch (i) {
                case 0 -> one.cancel();
                case 1 -> two.cancel();
                default -> merged.cancel();
            }
            Suite.join(sleeper);
            check((i == 0 || hearers(one) == 0) && (i == 1 || hearers(two) == 0),
                    "still known after " + i + ": " + hearers(one) + ", " + hearers(two));
        }
    }

    /// Two walks that meet each other's contexts wait for each other's end, and not in a ring.
    static void mergedCross() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var merged = Context.anyOf(one, two);
        var crossed = Context.anyOf(two, one);
        var child = merged.withCancel();
        var childToo = crossed.withCancel();
        check(node(child).add(new Heard()) && node(childToo).add(new Heard()), "not ended, and nobody is let in");
        var a = go("a", () -> {
            one.cancel();
            check(child.isDone() && childToo.isDone(), "a cancel has returned, and somebody below lives");
        });
        two.cancel();
        check(child.isDone() && childToo.isDone(), "a cancel has returned, and somebody below lives");
        Suite.join(a);
    }

    /// A cancel waits for what is below a merged context also when another parent has ended that.
    static void mergedDescendants() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var child = Context.anyOf(one, two).withCancel();
        check(node(child).add(new Heard()), "not ended, and nobody is let in");
        var a = go("a", () -> {
            one.cancel();
            check(child.isDone(), "a cancel has returned, and somebody below lives");
        });
        two.cancel();
        check(child.isDone(), "a cancel has returned, and somebody below lives");
        Suite.join(a);
    }

    /// While somebody waits below it, the collector does not take it, also when a further parent is all that refers to it.
    static void mergedIsHeld() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var heard = new Heard();
        check(node(Context.anyOf(one, two)).add(heard), "not ended, and nobody is let in");
        ContextTreeProtocols.collect(node(two), "target");
        two.cancel();
        check(heard.times() == 1, "heard " + heard.times() + " times");
    }

    // Foreign.

    /// A context that is not ours: it ends once, and counts the callbacks that it has.
    private static final class Source implements ContextSource {
        private final List<Runnable> callbacks = new ArrayList<>();
        private @Nullable Throwable err;

        @Override
        public synchronized @Nullable Throwable err() {
            return err;
        }

        @Override
        public Runnable onDone(Runnable callback) {
            boolean ended;
            synchronized (this) {
                callbacks.add(callback);
                ended = err != null;
            }
            if (ended) {
                callback.run();
            }
            return () -> {
                synchronized (this) {
                    check(callbacks.remove(callback), "given back what it has not");
                }
            };
        }

        void end(Throwable why) {
            List<Runnable> all;
            synchronized (this) {
                err = why;
                all = List.copyOf(callbacks);
            }
            all.forEach(Runnable::run);
        }

        synchronized int callbacks() {
            return callbacks.size();
        }
    }

    static void foreignEnds() throws Exception {
        var source = new Source();
        var ctx = Context.from(source);
        var child = ctx.withCancel();
        var a = go("a", child::awaitDone);
        var why = new IllegalStateException("so");
        source.end(why);
        Suite.join(a);
        check(child.isDone() && ctx.isDone(), "the source has ended, and it lives");
    }

    /// Two come and go: then the source has no callback of ours.
    static void foreignIsLeft() throws Exception {
        var source = new Source();
        var node = node(Context.from(source));
        Suite.Body visit = () -> {
            var heard = new Heard();
            check(node.add(heard), "not ended, and nobody is let in");
            check(node.remove(heard), "it was not there");
        };
        var a = go("a", visit);
        visit.run();
        Suite.join(a);
        while (source.callbacks() > 0) {
            Thread.yield(); // it is given back by a goroutine
        }
        check(node.listeners() == 0 && node.ending() == null, "it hears of nobody, and has ended");
    }

    /// Who asks meanwhile is answered by the source or by what its callback has said.
    static void foreignIsAsked() throws Exception {
        var source = new Source();
        var ctx = Context.from(source);
        var a = go("a", () -> {
            if (ctx.isDone()) {
                check(ctx.err() == ctx.err(), "it has ended twice");
            }
        });
        var heard = new Heard();
        boolean added = node(ctx).add(heard);
        source.end(new IllegalStateException("so"));
        check(ctx.isDone() && heard.times() == (added ? 1 : 0), "heard " + heard.times() + " times");
        Suite.join(a);
    }

    // Lingering.

    static void lingers() throws Exception {
        var ctx = Context.background().withCancel();
        var lingering = ctx.detach(Detach.lingering(Duration.ofMillis(1)));
        var seen = new AtomicReference<Throwable>();
        var sleeper = go("sleeper", () -> {
            lingering.awaitDone();
            seen.set(ctx.err());
        });
        ctx.cancel();
        Suite.join(sleeper);
        check(seen.get() != null, "ended before what it outlives");
    }

    static void lingeringIsClosed() throws Exception {
        var ctx = Context.background().withCancel();
        var lingering = ctx.detach(Detach.lingering(Duration.ofMillis(1)));
        var a = go("a", lingering::awaitDone);
        lingering.cancel();
        Suite.join(a);
        check(hearers(ctx) == 0, "still known");
    }
}
