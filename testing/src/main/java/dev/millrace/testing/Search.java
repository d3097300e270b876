package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Origin;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Scope;
import dev.millrace.internal.Timer;
import dev.millrace.internal.Tracked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Looks for what is left, again and again until nothing is or the patience has ended.
///
/// Between two looks it keeps numbers and no goroutines, so that the collector may take them: that proves them lost.
final class Search {
    private static final Duration FIRST_PAUSE = Duration.ofNanos(10_000);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private final Leaks.Options options;
    private final Predicate<Goroutine> belongs;
    private final @Nullable Scope scope;
    private final Map<Long, Wait> waits = new HashMap<>();

    /// A leak, and where it comes from, which takes the blame.
    record Found(Leak leak, @Nullable Origin origin) {}

    /// Since when a goroutine has been seen to wait for one thing.
    private record Wait(int blocker, long since) {}

    Search(Leaks.Options options, Scope scope) {
        this.options = options;
        this.scope = scope;
        this.belongs = scope::holds;
    }

    Search(Leaks.Options options, Predicate<Goroutine> belongs) {
        this.options = options;
        this.scope = null;
        this.belongs = belongs;
    }

    /// The time is that of the goroutine that calls: within a bubble its pauses are virtual, and whoever can run does so first.
    synchronized List<Found> await() {
        Scheduler time = Scheduler.current();
        long begin = time.nanoTime();
        Duration pause = FIRST_PAUSE;
        for (;;) {
            List<Found> left = find();
            Duration more = options.patience.minusNanos(time.nanoTime() - begin);
            if (left.isEmpty() || !more.isPositive() || !sleep(pause.compareTo(more) < 0 ? pause : more)) {
                return left.isEmpty() || !Registry.isWeak() ? left : proven();
            }
            Duration next = pause.multipliedBy(2);
            pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
        }
    }

    private static boolean sleep(Duration pause) {
        try {
            Context.background().sleep(pause);
            return true;
        } catch (InterruptedWaitException e) {
            return false;
        }
    }

    /// The same once more, after a collection has shown who can be woken.
    private List<Found> proven() {
        Reachability.prove(origin -> false);
        return find();
    }

    synchronized List<Found> find() {
        var left = new ArrayList<Found>();
        Goroutine self = Goroutine.running();
        for (Goroutine g : Registry.all()) {
            if (g != self && isMine(g)) {
                left.add(new Found(running(g), g.origin()));
            }
        }
        if (scope != null) {
            addToCome(left);
            for (Tracked t : Tracked.lost()) {
                if (scope.holds(t.origin()) && !isBlamed(t.origin())) {
                    left.add(new Found(Reachability.lost(t), t.origin()));
                }
            }
        }
        left.removeIf(found -> options.ignored.stream().anyMatch(rule -> rule.matches(found.leak)));
        return left;
    }

    private boolean isMine(Goroutine g) {
        return belongs.test(g) && !isBlamed(g.origin());
    }

    private static boolean isBlamed(@Nullable Origin origin) {
        return origin != null && origin.isBlamed();
    }

    /// Throws when there is anything in `left`; the scopes around will not name it again.
    static void refuse(String where, List<Found> left) {
        if (!left.isEmpty()) {
            for (Found found : left) {
                if (found.origin != null) {
                    found.origin.blame();
                }
            }
            throw new LeakError(where, leaks(left));
        }
    }

    static List<Leak> leaks(List<Found> found) {
        return found.stream().map(Found::leak).toList();
    }

    private Leak.Running running(Goroutine g) {
        Thread thread = g.thread();
        List<StackTraceElement> stack = List.of(thread.getStackTrace());
        Node node = g.node();
        return new Leak.Running(
                g.id(),
                g.name(),
                creator(g.creator(), g.origin()),
                g.site(),
                node == null ? "" : node.name(),
                thread.getState(),
                Waits.what(thread, stack),
                waited(g.id(), LockSupport.getBlocker(thread)),
                stack);
    }

    static String creator(long number, @Nullable Origin origin) {
        return origin == null ? "thread " + number : origin.creator();
    }

    /// Only what it was seen to wait for at each look counts.
    private Duration waited(long id, @Nullable Object blocker) {
        long now = System.nanoTime();
        if (blocker == null) {
            waits.remove(id);
            return Duration.ZERO;
        }
        int hash = System.identityHashCode(blocker);
        Wait before = waits.get(id);
        if (before == null || before.blocker != hash) {
            waits.put(id, new Wait(hash, now));
            return Duration.ZERO;
        }
        return Duration.ofNanos(now - before.since);
    }

    private void addToCome(List<Found> left) {
        Scheduler real = Scheduler.real();
        for (Timer timer : real.timersSet()) {
            Goroutine g = timer.starts();
            if (g != null && isMine(g)) {
                Node node = g.node();
                var call = new Leak.ToCome(
                        g.name(),
                        creator(g.creator(), g.origin()),
                        g.site(),
                        node == null ? "" : node.name(),
                        Duration.ofNanos(Math.max(0, timer.when() - real.nanoTime())));
                left.add(new Found(call, g.origin()));
            }
        }
    }
}
