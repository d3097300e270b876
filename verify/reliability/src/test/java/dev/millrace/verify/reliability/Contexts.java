package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.heap;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.Scheduler;
import java.lang.ref.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Large trees, and callbacks that fail.
final class Contexts {
    private static final Duration HOUR = Duration.ofHours(1);

    private Contexts() {}

    /// Hears of an end, and when.
    private static final class Ear extends Listener {
        private static final AtomicLong ALL = new AtomicLong(); // how many have heard
        private volatile long heard;

        static Ear on(Context context) {
            var ear = new Ear();
            Node node = ContextBase.nodeOf(context);
            check(node != null && node.add(ear), "has ended: %s", context);
            return ear;
        }

        @Override
        protected void tell(Ending ending) {
            heard = System.nanoTime();
            ALL.getAndIncrement();
        }
    }

    /// Case 21: a parent of very many children ends, and with it all of them; twice as many cost twice as much.
    static void cancelStorm(Run run) throws Exception {
        int children = run.pick(2_000, 150_000, 1_000_000);
        long one = Long.MAX_VALUE;
        long two = Long.MAX_VALUE;
        for (int i = 0; i < run.pick(1, 3, 4); i++) {
            one = Math.min(one, cancelStorm(run, children));
            two = Math.min(two, cancelStorm(run, 2 * children));
        }
        figure("21: %,d children cancelled in %.0f ms, %,d in %.0f ms: %.2f times", children, millis(one), 2 * children,
                millis(two), (double) two / one);
        if (run.isFull()) {
            check(one < 2_000_000_000L, "%.0f ms", millis(one));
            check(two <= 2.5 * one, "%.2f times", (double) two / one);
        } else {
            check(two < 20_000_000_000L, "%.0f ms: a walk for each child would take as long", millis(two));
        }
    }

    private static long cancelStorm(Run run, int children) {
        var parent = Context.background().withCancel();
        var ears = new ArrayList<Ear>(children);
        for (int i = 0; i < children; i++) {
            var child = run.planted("deaf") && i == 7 ? Context.background().withCancel() : parent.withCancel();
            if (run.planted(Run.LATE) && i == 7) {
                ContextBase.nodeOf(child).add(new Listener() {
                    @Override
                    protected void tell(Ending ending) {
                        run.late();
                    }
                });
            }
            ears.add(Ear.on(child));
        }
        var watch = new Run.Watch();
        long took;
        try (var stall = Stall.of(run, "21: the cancel", Ear.ALL::get)) {
            check(stall.looks(), "nobody looks");
            parent.cancel();
            took = watch.took();
        }
        for (Ear ear : ears) {
            check(ear.heard != 0, "a child is not cancelled when cancel() has returned");
        }
        return took;
    }

    /// Case 22: very many deadlines at one instant.
    static void deadlineStorm(Run run) throws Exception {
        int contexts = run.pick(500, 100_000, 1_000_000);
        int before = Scheduler.real().timersSet().size();
        // Far enough that all are set before it comes: that takes some microseconds each.
        var span = Duration.ofMillis(1_000 + contexts / 50);
        var at = Instant.now().plus(span);
        var kept = new ArrayList<CancellableContext>(contexts);
        var ears = new ArrayList<Ear>(contexts);
        for (int i = 0; i < contexts; i++) {
            var ctx =
                    run.planted("deaf") && i == 3 ? Context.background().withCancel()
                            : Context.background().withDeadline(at);
            kept.add(ctx);
            ears.add(Ear.on(ctx));
        }
        check(ears.getFirst().heard == 0, "the storm came while it was made");
        while (Instant.now().isBefore(at)) {
            LockSupport.parkNanos(1_000_000);
        }
        var watch = new Run.Watch();
        run.until("all have ended", () -> ears.stream().allMatch(e -> e.heard != 0));
        long took = watch.took();
        long first = ears.stream().mapToLong(e -> e.heard).min().orElseThrow();
        long last = ears.stream().mapToLong(e -> e.heard).max().orElseThrow() - first;
        figure("22: %,d deadlines at one instant: the last fired %.1f ms after the first, within %.1f ms of this JVM",
                contexts, millis(last), millis(took));
        if (run.isFull()) {
            check(Math.min(last, took) < 3_000_000_000L, "%.0f ms late", millis(last));
        }
        run.until("no timer is left", () -> Scheduler.real().timersSet().size() <= before);
        Reference.reachabilityFence(kept);
    }

    /// Case 23: a chain that is a million deep: its end reaches the leaf, and a value is found from there.
    static void deepChain(Run run) {
        int depth = run.pick(2_000, 1_000_000, 1_000_000);
        Context.Key<String> key = Context.Key.named("depth");
        var root = Context.background().withValue(key, "found").withCancel();
        Context leaf = root;
        Context.Key<Integer> other = Context.Key.named("other");
        for (int i = 0; i < depth; i++) {
            leaf = i % 2 == 0 ? leaf.withCancel() : i % 3 == 0 ? leaf.withValue(other, i) : leaf.withTimeout(HOUR);
        }
        if (run.broken()) {
            leaf = leaf.detach();
        }
        check("found".equals(leaf.value(key)), "the leaf has the value %s", leaf.value(key));
        Ear ear = run.broken() ? new Ear() : Ear.on(leaf);
        long start = System.nanoTime();
        root.cancel();
        long took = since(start);
        check(leaf.isDone() && ear.heard != 0, "the leaf is not cancelled");
        figure("23: a chain of %,d: cancelled in %.0f ms", depth, millis(took));
    }

    /// Case 24: children that nobody closes and nobody keeps cost their living parent nothing; one with a callback is kept.
    static void abandoned(Run run) throws Exception {
        int children = run.pick(20_000, 1_000_000, 10_000_000);
        var parent = Context.background().withCancel();
        var fired = new AtomicInteger();
        long before = heap();
        parent.withCancel().afterFunc(fired::getAndIncrement); // kept by nobody but by what it is to do
        List<Context> kept = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            var child = parent.withTimeout(HOUR).withCancel();
            check(!child.isDone(), "done");
            if (run.broken()) {
                kept.add(child);
            }
        }
        long growth = heap() - before;
        figure("24: %,d abandoned children: heap %+,d kB", children, growth / 1024);
        check(growth < 1_000_000, "heap grew by %,d bytes", growth);
        check(fired.get() == 0, "fired early");
        parent.cancel();
        run.until("the callback of the one that has one", () -> fired.get() == 1);
        Reference.reachabilityFence(kept);
    }

    /// Case 25: callbacks that fail in any way keep neither the others nor children from hearing, and each is reported once.
    static void failingCallbacks(Run run) throws Exception {
        List<Throwable> planted = List.of(new IllegalStateException("planted"), new AssertionError("planted"),
                new StackOverflowError("planted"), new OutOfMemoryError("planted"), new Death());
        var reports = Collections.synchronizedMap(new IdentityHashMap<Throwable, AtomicInteger>());
        var deep = new AtomicInteger();
        FailurePolicy old = Go.failurePolicy(FailurePolicy.handler((_, failure) -> {
            if (planted.contains(failure)) {
                reports.computeIfAbsent(failure, _ -> new AtomicInteger()).getAndIncrement();
            } else if (failure instanceof StackOverflowError) {
                deep.getAndIncrement();
            }
        }));
        try {
            var parent = Context.background().withCancel();
            var child = parent.withCancel();
            var calls = new AtomicInteger();
            int good = 0;
            for (Throwable t : planted) {
                for (Context ctx : List.of(parent, child)) {
                    if (ctx == parent) {
                        ctx.afterFunc(() -> Contexts.<RuntimeException>sneak(t));
                    }
                    ctx.afterFunc(calls::getAndIncrement);
                    good++;
                }
            }
            parent.afterFunc(() -> endless(1)); // a real one
            child.afterFunc(calls::getAndIncrement);
            good++;
            int expected = run.broken() ? good + 1 : good;
            parent.cancel();
            check(child.isDone(), "the child is not done");
            run.until("all callbacks that do not fail", () -> calls.get() == expected);
            run.until("all reports", () -> reports.size() == planted.size() && deep.get() == 1);
            for (Throwable t : planted) {
                check(reports.get(t).get() == 1, "%s was reported %s times", t, reports.get(t));
            }
            check(calls.get() == expected, "%d calls", calls.get());
            figure("25: %d callbacks that fail beside %d that do not", planted.size() + 1, good);
        } finally {
            Go.failurePolicy(old);
        }
    }

    /// Something like the JDK's old death of a thread.
    private static final class Death extends Error {}

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static long endless(long n) {
        return endless(n + 1) + n;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> void sneak(Throwable t) throws X {
        throw (X) t;
    }
}
