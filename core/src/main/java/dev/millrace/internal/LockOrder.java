package dev.millrace.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What debug mode knows of one lock: who has it and since which line, where it was unlocked last, and which locks were locked
/// while it was held. With that it warns, once each, of what may become a deadlock:
///
///  - two locks that are locked in one order here and in the other order there, or several in a ring;
///  - a lock that is locked again by the goroutine that has it; for reading too: a writer that comes between makes them
///    wait for each other.
///
/// Try forms and selects do not warn, since they need not wait; what they lock counts as held. Locks made outside debug mode are
/// not followed. An unlock by another goroutine takes the lock off the record of who has it; when it comes between a lock and its
/// note here, the record may name a wrong goroutine. Nothing but messages depends on it.
/// A ring of more than two is looked for among the first thousand locks that the search meets.
public final class LockOrder {
    private static final int MOST_MET = 1_000; // in the search for a ring, so that a lock never takes long

    /// By thread, who holds what. Its monitor guards all that is not final in the records of all locks.
    private static final Map<Thread, List<Hold>> HELD = new HashMap<>();

    /// Where warnings go, outside all locks. Tests take its place.
    static volatile Consumer<String> sink =
            text -> System.getLogger("dev.millrace.sync").log(System.Logger.Level.WARNING, text);

    private final LockCore lock;
    private final @Nullable StackTraceElement site = Sites.caller();
    private final List<Hold> holds = new ArrayList<>(1);
    private final Map<LockCore, Seen> inside = new WeakHashMap<>(); // those that were locked while this one was held
    private @Nullable StackTraceElement lastRelease;
    private int earlyWrites; // releases of holds that are not noted yet
    private int earlyReads;
    private boolean warnedOfItself;
    private boolean warnedOfReads;

    LockOrder(LockCore lock) {
        this.lock = lock;
    }

    /// One goroutine's hold of a lock. Compared by identity.
    public static final class Hold {
        final LockCore lock;
        private final Thread thread = Thread.currentThread();
        private final String who = who();
        private final boolean reads;
        private final @Nullable StackTraceElement site = Sites.caller();

        Hold(LockCore lock, boolean reads) {
            this.lock = lock;
            this.reads = reads;
        }

        /// The thread that locked.
        Thread thread() {
            return thread;
        }

        /// Who locked.
        public String owner() {
            return who;
        }

        public boolean reads() {
            return reads;
        }

        /// Where it was locked.
        public @Nullable StackTraceElement site() {
            return site;
        }
    }

    /// That one lock was locked, at `inner`, while another was held since `outer`.
    private static final class Seen {
        final @Nullable StackTraceElement outer;
        final @Nullable StackTraceElement inner;

        Seen(@Nullable StackTraceElement outer, @Nullable StackTraceElement inner) {
            this.outer = outer;
            this.inner = inner;
        }
    }

    @Nullable StackTraceElement site() {
        return site;
    }

    @Nullable StackTraceElement lastRelease() {
        synchronized (HELD) {
            return lastRelease;
        }
    }

    List<Hold> holds() {
        synchronized (HELD) {
            return List.copyOf(holds);
        }
    }

    /// The calling thread is about to lock, and will wait if it must.
    void waits(boolean reads) {
        StackTraceElement here = Sites.caller();
        List<String> warnings = new ArrayList<>(0);
        synchronized (HELD) {
            for (Hold hold : HELD.getOrDefault(Thread.currentThread(), List.of())) {
                String warning = hold.lock == lock ? again(hold, reads, here) : after(hold, here);
                if (warning != null) {
                    warnings.add(warning);
                }
            }
        }
        warnings.forEach(sink);
    }

    private @Nullable String again(Hold hold, boolean reads, @Nullable StackTraceElement here) {
        if (reads && hold.reads) {
            if (warnedOfReads) {
                return null;
            }
            warnedOfReads = true;
            return "recursive read lock: " + who() + " locks " + lock.label() + " for reading at " + Sites.text(here)
                    + ", and reads already since " + Sites.text(hold.site)
                    + ": a writer that comes between waits for the first, and keeps the second waiting";
        }
        if (warnedOfItself) {
            return null;
        }
        warnedOfItself = true;
        return "self-deadlock: " + who() + " locks " + lock.label() + " at " + Sites.text(here)
                + ", and has it already since "
                + Sites.text(hold.site)
                + ": it waits for ever unless another goroutine unlocks";
    }

    /// A ring is told of when its last pair is seen, and so once.
    private @Nullable String after(Hold hold, @Nullable StackTraceElement here) {
        LockOrder other = hold.lock.order();
        if (other == null || other.inside.putIfAbsent(lock, new Seen(hold.site, here)) != null) {
            return null;
        }
        Step last = wayTo(hold.lock);
        if (last == null) {
            return null;
        }
        var text = new StringBuilder("lock order: " + who() + " locks " + lock.label() + " at " + Sites.text(here)
                + " while it has " + hold.lock.label() + " since " + Sites.text(hold.site) + "; before, ");
        int pairs = 1;
        for (Step step = last; step != null; step = step.before) {
            text.append(step == last ? "" : ", ").append(step.inner.label()).append(" was locked at ")
                    .append(Sites.text(step.seen.inner)).append(" while ").append(step.outer.label())
                    .append(" was held since ").append(Sites.text(step.seen.outer));
            pairs++;
        }
        return text.append(pairs == 2
                ? ": two goroutines that do both at once may wait for each other"
                : ": " + pairs + " goroutines that do one of these each, at once, may wait for each other").toString();
    }

    /// One pair on the way from a lock to another: `inner` was locked while `outer` was held.
    private record Step(LockCore outer, LockCore inner, Seen seen, @Nullable Step before) {}

    /// The last step of the shortest way from this lock to `goal`, by what was locked while the one before was held; null when there is none.
    private @Nullable Step wayTo(LockCore goal) {
        var met = new HashSet<LockCore>();
        var open = new ArrayDeque<Step>();
        Step way = null;
        LockOrder order = this;
        while (order != null) {
            for (Map.Entry<LockCore, Seen> pair : order.inside.entrySet()) {
                var step = new Step(order.lock, pair.getKey(), pair.getValue(), way);
                if (step.inner == goal) {
                    return step;
                }
                if (met.size() < MOST_MET && met.add(step.inner)) {
                    open.add(step);
                }
            }
            way = open.poll();
            order = way == null ? null : way.inner.order();
        }
        return null;
    }

    /// The calling thread has locked.
    void acquired(boolean reads) {
        var hold = new Hold(lock, reads);
        synchronized (HELD) {
            if (reads && earlyReads > 0) {
                earlyReads--;
            } else if (!reads && earlyWrites > 0) {
                earlyWrites--;
            } else {
                note(hold);
            }
        }
    }

    private static void note(Hold hold) {
        LockOrder order = hold.lock.order();
        if (order != null) {
            order.holds.add(hold);
            HELD.computeIfAbsent(hold.thread, _ -> new ArrayList<>(2)).add(hold);
        }
    }

    /// The calling thread is about to unlock: takes its own hold off the record, else the oldest. Null when none is noted.
    @Nullable Hold releasing(boolean reads) {
        synchronized (HELD) {
            Hold found = null;
            for (Hold hold : holds) {
                if (hold.reads == reads && (found == null || hold.thread == Thread.currentThread())) {
                    found = hold;
                }
            }
            if (found != null) {
                holds.remove(found);
                List<Hold> all = HELD.get(found.thread);
                if (all != null) {
                    all.remove(found);
                    if (all.isEmpty()) {
                        HELD.remove(found.thread);
                    }
                }
            }
            return found;
        }
    }

    /// The unlock is over; it was a mistake when not `done`.
    void released(boolean reads, @Nullable Hold hold, boolean done) {
        StackTraceElement here = done ? Sites.caller() : null;
        synchronized (HELD) {
            if (!done) {
                if (hold != null) {
                    note(hold);
                }
                return;
            }
            lastRelease = here;
            if (hold == null && reads) {
                earlyReads++;
            } else if (hold == null) {
                earlyWrites++;
            }
        }
    }

    private static String who() {
        Goroutine goroutine = Goroutine.running();
        return goroutine != null ? goroutine.label() : Thread.currentThread().toString();
    }
}
