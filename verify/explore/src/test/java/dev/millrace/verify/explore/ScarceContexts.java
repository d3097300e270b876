package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.listen;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Scarcity.reported;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.ContextSource;
import dev.millrace.context.Detach;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import dev.millrace.go.Labels;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Operations of contexts and goroutines for which there is no memory.
final class ScarceContexts {
    private static final Context.Key<String> KEY = Context.Key.named("key");

    private ScarceContexts() {}

    static void derive() throws Exception {
        CancellableContext root = made(() -> Context.background().withCancel());
        Context named = made(() -> root.withName("n").withValue(KEY, "v").withLabel("a", "b"));
        CancellableContext timed = made(() -> named.withTimeout(Duration.ofHours(1)));
        CancellableContext dated = made(() -> timed.withDeadline(Instant.EPOCH));
        check("v".equals(made(() -> timed.value(KEY))) && made(timed::labels).get("a").equals("b"), "values");
        check(made(() -> timed.without(KEY)).value(KEY) == null, "a hidden value");
        check(made(timed::remaining).isPresent() && made(timed::deadline).isPresent(), "no deadline");
        check(made(dated::isDone) && made(dated::cancelRecord) != null && made(dated::err) != null, "alive");
        check(made(timed::view).equals(timed), "another view");
        done(root::cancel);
        check(made(timed::isDone) && made(timed::cause) != null, "alive");
        check(made(timed::cancelPath).size() > 1 && !made(root::dump).isEmpty(), "no path");
        check(made(root::snapshot).end().isPresent() && made(root::stopReport).leftOut() == 0, "no end");
        try {
            done(timed::check);
            throw new AssertionError("passed");
        } catch (ContextException e) {
            check(!e.isTimeout(), "timed out");
        }
    }

    static void detach() throws Exception {
        CancellableContext root = made(() -> Context.background().withTimeout(Duration.ofHours(1)));
        CancellableContext dated = made(() -> root.detach(Detach.keepingDeadline()));
        Context free = made(() -> root.detach());
        done(root::cancel);
        check(!made(dated::isDone) && !made(free::isDone), "ended");
        done(dated::cancel);
        check(dated.isDone(), "alive");
    }

    /// A wait below two parents.
    static void merged() throws Exception {
        CancellableContext one = made(() -> Context.background().withCancel());
        CancellableContext two = made(() -> Context.background().withCancel());
        CancellableContext both = made(() -> Context.anyOf(one, two));
        var waiter = go("waiter", () -> done(both::awaitDone));
        done(two::cancel);
        Suite.join(waiter);
        check(made(both::isDone) && !made(one::isDone), "who has ended?");
        done(one::cancel);
    }

    private static final class Source implements ContextSource {
        private final AtomicReference<Runnable> heard = new AtomicReference<>();
        private volatile boolean over;

        @Override
        public Throwable err() {
            return over ? new IllegalStateException("over") : null;
        }

        @Override
        public Runnable onDone(Runnable action) {
            heard.set(action);
            if (over) {
                tell();
            }
            return () -> heard.set(null);
        }

        void end() {
            over = true;
            tell();
        }

        private void tell() {
            Runnable action = heard.getAndSet(null);
            if (action != null) {
                action.run();
            }
        }
    }

    static void foreign() throws Exception {
        Source source = made(Source::new);
        CancellableContext below = made(() -> Context.from(source).withCancel());
        var waiter = go("waiter", () -> done(below::awaitDone));
        var ender = go("ender", () -> done(source::end));
        Suite.join(waiter);
        Suite.join(ender);
        check(below.isDone(), "alive");
    }

    static void waits() throws Exception {
        CancellableContext ctx = made(() -> Context.background().withCancel());
        check(!made(() -> ctx.awaitDone(Duration.ZERO)), "done");
        var sleeper = go("sleeper", () -> {
            try {
                done(() -> ctx.sleep(Duration.ofHours(1)));
                throw new AssertionError("slept");
            } catch (ContextException e) {
                check(ctx.isDone(), "not done");
            }
        });
        var waiter = go("waiter", () -> check(made(() -> ctx.awaitDone(Duration.ofHours(1))), "timed out"));
        var event = go("event", () -> done(() -> ctx.done().await()));
        done(() -> ctx.cancel("over"));
        Suite.join(sleeper);
        Suite.join(waiter);
        Suite.join(event);
    }

    static void bound() throws Exception {
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var seen = made(AtomicInteger::new);
        done(() -> ctx.run(() -> seen.addAndGet(Context.current().isDone() ? 10 : 1)));
        check(made(() -> ctx.call(() -> seen.incrementAndGet())) == 2, "seen " + seen.get());
        done(() -> Labels.of("a", "b").run(ctx, c -> seen.addAndGet(c.labels().size())));
        check(seen.get() == 3, "seen " + seen.get());
    }

    /// A goroutine that has no memory to begin is reported, and counts as ended.
    static void goroutines() throws Exception {
        listen();
        CancellableContext ctx = made(() -> Context.background().withCancel());
        WaitGroup wg = made(WaitGroup::new);
        var ran = made(AtomicInteger::new);
        done(() -> wg.go(ran::incrementAndGet));
        done(() -> wg.go(ctx, c -> ran.incrementAndGet()));
        done(() -> wg.await(ctx));
        check(ran.get() + reported() == 2, "ran " + ran.get() + ", reported " + reported());
        var over = made(() -> new WaitGroup());
        done(() -> over.add(1));
        int before = reported();
        done(() -> Go.go(ctx, "g", c -> done(over::done)));
        while (reported() == before && over.count() > 0) {
            Thread.yield();
        }
    }

    /// What a region throws when there is no memory for the context's exception is the lack of memory; the interrupt is taken back all the same.
    static void interruptible() throws Exception {
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var canceller = go("canceller", () -> done(ctx::cancel));
        var forEver = made(Object::new);
        try {
            done(() -> Interruptible.run(ctx, () -> {
                synchronized (forEver) {
                    forEver.wait();
                }
            }));
            throw new AssertionError("the wait has ended by itself");
        } catch (ContextException e) {
            check(ctx.isDone(), "not done");
        }
        Suite.join(canceller);
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
    }
}
