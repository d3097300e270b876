package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.Context;
import dev.millrace.context.ContextSource;
import dev.millrace.context.Detach;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.LingerNode;
import dev.millrace.internal.Node;
import dev.millrace.internal.PlainNode;
import dev.millrace.internal.Uncaught;
import dev.millrace.verify.explore.ContextTreeProtocols.Heard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Contexts whose end comes from elsewhere: from a context that is not ours, or from one that they outlive.
final class ContextForeignProtocols {
    private ContextForeignProtocols() {}

    private static Node node(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    private static int hearers(Context ctx) {
        return node(ctx).listeners();
    }

    // Foreign.

    /// A context that is not ours: it ends once, and counts the callbacks that it has.
    static final class Source implements ContextSource {
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
        isLeft(source, node);
    }

    /// Whoever hands the callback to the source finds that all have left meanwhile.
    static void foreignIsLeftMeanwhile() throws Exception {
        var source = new Source();
        var node = node(Context.from(source));
        var heard = new Heard();
        var a = go("a", () -> {
            while (!node.remove(heard)) {
                Thread.yield(); // not there yet
            }
        });
        check(node.add(heard), "not ended, and nobody is let in");
        Suite.join(a);
        isLeft(source, node);
    }

    /// The source has no callback, and is asked.
    private static void isLeft(Source source, Node node) {
        while (source.callbacks() > 0) {
            Thread.yield(); // it is given back by a goroutine
        }
        check(node.listeners() == 0 && node.ending() == null, "it hears of nobody, and has ended");
        source.end(new IllegalStateException("so"));
        check(node.ending() != null, "the source has ended, and it lives");
    }

    /// Who asks meanwhile is answered by the source or by what its callback has said.
    static void foreignIsAsked() throws Exception {
        var source = new Source();
        var ctx = Context.from(source);
        var a = go("a", () -> {
            if (ctx.isDone()) {
                var err = ctx.err();
                check(err == ctx.err(), "it has ended twice");
            }
        });
        var heard = new Heard();
        boolean added = node(ctx).add(heard);
        source.end(new IllegalStateException("so"));
        check(ctx.isDone() && heard.times() == (added ? 1 : 0), "heard " + heard.times() + " times");
        Suite.join(a);
    }

    /// Nobody waits for the end of a source that takes no callback.
    static void foreignFails() throws Exception {
        var failure = new IllegalStateException("so");
        var ctx = Context.from(new ContextSource() {
            @Override
            public @Nullable Throwable err() {
                return null;
            }

            @Override
            public Runnable onDone(Runnable callback) {
                throw failure;
            }
        });
        var a = go("a", ctx::awaitDone);
        ctx.awaitDone();
        Suite.join(a);
        check(ctx.isDone(), "waited for nothing, and it lives");
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

    /// What was over when it was made is outlived by the span from its end on.
    static void lingersAfterEnded() throws Exception {
        var ctx = Context.background().withCancel();
        ctx.cancel(new IllegalStateException("so"));
        check(ctx.detach(Detach.lingering(Duration.ZERO)).isDone(), "the span is over, and it lives");
        var lingering = ctx.detach(Detach.lingering(Duration.ofMillis(1)));
        check(!lingering.isDone(), "ended before its span");
        var other = go("other", lingering::awaitDone);
        lingering.awaitDone();
        Suite.join(other);
        check(lingering.cause() == ctx.cause(), "its cause is " + lingering.cause());
    }

    /// Closed while the span begins: no timer is left, and nobody is known.
    static void lingeringLeavesNoTimer() throws Exception {
        var scheduler = OwnScheduler.counting();
        var watched = new PlainNode(null, scheduler, "");
        var lingering = new LingerNode(watched, 1_000_000, scheduler, "");
        var a = go("a", () -> {
            lingering.made();
            lingering.cancel(null, false);
        });
        watched.cancel(null, false);
        Suite.join(a);
        check(scheduler.timers() == 0 && watched.listeners() == 0, "timers " + scheduler.timers());
    }

    static void lingeringIsEndedWhileItBegins() throws Exception {
        var scheduler = OwnScheduler.counting();
        var watched = new PlainNode(null, scheduler, "");
        var lingering = new LingerNode(watched, 1_000_000, scheduler, "");
        lingering.made();
        var a = go("a", () -> watched.cancel(null, false));
        lingering.cancel(null, false);
        Suite.join(a);
        check(scheduler.timers() == 0 && watched.listeners() == 0, "timers " + scheduler.timers());
    }

    /// There is no room for the timer that its span needs: it ends at once, since nobody would end it later. Whoever tells it hears of that.
    static void lingeringWithoutTimer() throws Exception {
        Uncaught.set((_, failure) -> check(failure instanceof OutOfMemoryError, "another failure: " + failure));
        var scheduler = OwnScheduler.withoutRoom();
        var watched = new PlainNode(null, scheduler, "");
        var lingering = new LingerNode(watched, 1_000_000, scheduler, "");
        var canceller = go("canceller", () -> {
            try {
                watched.cancel(null, false);
            } catch (OutOfMemoryError e) {
                // for whoever cancels to know
            }
        });
        try {
            lingering.made();
        } catch (OutOfMemoryError e) {
            // the same, for whoever makes it
        }
        Suite.join(canceller);
        check(lingering.ending() != null, "nobody will end it");
    }
}
