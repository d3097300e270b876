package dev.millrace.internal;

import dev.millrace.internal.WaitFor.Awaiting;
import dev.millrace.internal.WaitFor.Releaser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Waits that hang together, of which none can be ended by anybody who is known to be able to.
///
/// @param waits all of them
/// @param cycle those of one ring in it, each waiting for the next and the last for the first; empty when there is none: then some wait that
///     nothing can end holds up the others
public record Knot(List<Awaiting> waits, List<Awaiting> cycle) {
    /// The knots of `stuck`. One that waits for something that never comes and holds up nobody is none: it may be meant so.
    static List<Knot> of(List<Awaiting> stuck, IdentityHashMap<Thread, Awaiting> byThread) {
        Set<Awaiting> left = Collections.newSetFromMap(new IdentityHashMap<>());
        left.addAll(stuck);
        IdentityHashMap<Awaiting, List<Awaiting>> beside = neighbours(left, byThread);
        var knots = new ArrayList<Knot>();
        for (Awaiting start : stuck) {
            if (!left.remove(start)) {
                continue;
            }
            var together = new ArrayList<Awaiting>();
            Deque<Awaiting> work = new ArrayDeque<>(List.of(start));
            for (Awaiting w = work.poll(); w != null; w = work.poll()) {
                together.add(w);
                for (Awaiting next : beside.getOrDefault(w, List.of())) {
                    if (left.remove(next)) {
                        work.add(next);
                    }
                }
            }
            boolean alone = together.size() == 1 && start.by().isEmpty();
            if (!alone && together.stream().allMatch(w -> w.sight().isSame())) {
                knots.add(new Knot(List.copyOf(together), cycle(together, byThread)));
            }
        }
        return knots;
    }

    /// Who waits for whom, in both directions.
    private static IdentityHashMap<Awaiting, List<Awaiting>> neighbours(Set<Awaiting> stuck,
            IdentityHashMap<Thread, Awaiting> byThread) {
        IdentityHashMap<Awaiting, List<Awaiting>> beside = new IdentityHashMap<>();
        IdentityHashMap<List<Releaser>, Awaiting> seen = new IdentityHashMap<>(); // those who wait for one thing share its list: a chain is enough
        for (Awaiting w : stuck) {
            Awaiting before = w.by().isEmpty() ? null : seen.putIfAbsent(w.by(), w);
            if (before != null) {
                join(beside, w, before);
                continue;
            }
            for (Releaser each : w.by()) {
                Awaiting his = byThread.get(each.thread());
                if (his != null && stuck.contains(his)) {
                    join(beside, w, his);
                }
            }
        }
        return beside;
    }

    private static void join(IdentityHashMap<Awaiting, List<Awaiting>> beside, Awaiting a, Awaiting b) {
        beside.computeIfAbsent(a, _ -> new ArrayList<>()).add(b);
        beside.computeIfAbsent(b, _ -> new ArrayList<>()).add(a);
    }

    /// Follows the waits from each of `together`, the first stuck one that is needed at a time, until one comes again. Not every ring is found
    /// so where many are needed at once; a knot without one that nothing can end always has one that is.
    private static List<Awaiting> cycle(List<Awaiting> together, IdentityHashMap<Thread, Awaiting> byThread) {
        Set<Awaiting> inside = Collections.newSetFromMap(new IdentityHashMap<>());
        inside.addAll(together);
        Set<Awaiting> dead = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Awaiting start : together) {
            var path = new ArrayList<Awaiting>();
            IdentityHashMap<Awaiting, Integer> place = new IdentityHashMap<>();
            for (Awaiting w = start; w != null && !dead.contains(w); w = next(w, inside, byThread)) {
                Integer again = place.putIfAbsent(w, path.size());
                if (again != null) {
                    return List.copyOf(path.subList(again, path.size()));
                }
                path.add(w);
            }
            dead.addAll(path);
        }
        return List.of();
    }

    private static @Nullable Awaiting next(Awaiting w, Set<Awaiting> inside,
            IdentityHashMap<Thread, Awaiting> byThread) {
        for (Releaser each : w.by()) {
            Awaiting his = byThread.get(each.thread());
            if (his != null && inside.contains(his)) {
                return his;
            }
        }
        return null;
    }

    /// What kind it is.
    public String title() {
        return cycle.isEmpty() ? "wait only for each other and for what never comes (" + waits.size() + ")"
                : cycle.size() == waits.size() ? "wait for each other in a ring (" + cycle.size() + ")"
                : "wait for each other in a ring (" + cycle.size() + "), and hold up "
                        + (waits.size() - cycle.size()) + " more";
    }

    /// In words: `goroutine 7 waits for sync.Mutex.Lock on …; goroutine 9 holds mutex "a" since Bank.java:31`, a line for each wait of the ring,
    /// or of the knot when it has no ring; at most `most`.
    public List<String> lines(int most) {
        List<Awaiting> told = cycle.isEmpty() ? waits : cycle;
        var lines = new ArrayList<String>();
        for (int i = 0; i < Math.min(told.size(), most); i++) {
            Awaiting w = told.get(i);
            var line = new StringBuilder(w.sight().label()).append(" waits: ").append(w.sight().waitsFor());
            Awaiting next = cycle.isEmpty() ? null : told.get((i + 1) % told.size());
            Releaser by = w.by().stream().filter(r -> next == null || r.thread() == next.sight().thread()).findFirst()
                    .orElse(null);
            line.append("; ").append(by == null ? w.why() : by.who() + " " + by.why());
            lines.add(line.toString());
        }
        if (told.size() > most) {
            lines.add("… and " + (told.size() - most) + " more");
        }
        return lines;
    }
}
