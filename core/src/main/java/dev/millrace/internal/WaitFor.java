package dev.millrace.internal;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who waits for whom, as far as the library knows, at one look.
///
/// Each wait is asked what could end it. Where that is known to be certain goroutines only, it is *closed*: the holders of a lock that was
/// made in debug mode, the tasks of a group, those a wait group has started itself when its counter says no more, whoever runs a `Once` or
/// a flight. Where a timer or a context would end it, or anybody who has the channel, the condition or the semaphore could, it is *open*: who
/// has a reference to something is not known on a JVM. By convention a lock is unlocked by its holder and a wait group is counted down by
/// those it counts; nobody is kept from doing otherwise.
///
/// *Stuck* are the closed waits that only stuck ones could end: the greatest set in which every wait needs another of the set, or
/// nobody can end it. A wait that was found before its object was asked may have ended meanwhile; so a knot counts only when all its
/// waits are still the same afterwards. Then all of them lasted the whole time, and what was read of them was so at one instant.
public final class WaitFor {
    /// What ends a wait.
    public enum End {
        /// Anybody could: `why` says who that may be.
        ANYBODY,

        /// Each of the known ones has to act.
        ALL_OF,

        /// One of the known ones has to act.
        ONE_OF,

        /// A timer will.
        TIME,

        /// Nothing can.
        NOBODY
    }

    /// Somebody who could help to end a wait.
    ///
    /// @param who his label
    /// @param why what he has to do with it
    public record Releaser(Thread thread, String who, String why) {}

    /// A wait, and what could end it.
    public static final class Awaiting {
        private final Sight sight;
        private final Object awaited;
        private End end = End.ANYBODY;
        private String why = "";
        private List<Releaser> by = List.of();
        private boolean stuck;

        Awaiting(Sight sight, Waiter waiter) {
            this.sight = sight;
            this.awaited = Reason.awaited(waiter.reason());
        }

        public Sight sight() {
            return sight;
        }

        /// The object that is waited for.
        public Object awaited() {
            return awaited;
        }

        public End end() {
            return end;
        }

        /// In words, who could end it.
        public String why() {
            return why;
        }

        /// Those who are known.
        public List<Releaser> by() {
            return by;
        }

        private Awaiting set(End how, String words, List<Releaser> known) {
            end = how;
            why = words;
            by = known;
            return this;
        }
    }

    private final List<Awaiting> waits = new ArrayList<>();
    private final IdentityHashMap<Thread, Awaiting> byThread = new IdentityHashMap<>();
    private final IdentityHashMap<Object, List<Releaser>> helpers = new IdentityHashMap<>();
    private final IdentityHashMap<Object, List<Releaser>> holders = new IdentityHashMap<>();

    private WaitFor(List<Sight> sights) {
        for (Sight sight : sights) {
            Goroutine g = sight.goroutine();
            if (g != null && !sight.isGone()) {
                var releaser = new Releaser(g.thread(), g.toString(), "goes on until its body ends");
                g.helps(object -> helpers.computeIfAbsent(object, _ -> new ArrayList<>()).add(releaser));
                helpers.computeIfAbsent(g, _ -> new ArrayList<>()).add(releaser);
            }
            Waiter waiter = sight.waiter();
            if (waiter != null) {
                var wait = new Awaiting(sight, waiter);
                waits.add(wait);
                byThread.put(sight.thread(), wait);
            }
        }
        for (Awaiting wait : waits) {
            ask(wait);
        }
        findStuck();
    }

    /// Asks about all of `sights`.
    public static WaitFor look(List<Sight> sights) {
        return new WaitFor(sights);
    }

    /// All waits, in the order of `sights`.
    public List<Awaiting> waits() {
        return waits;
    }

    /// Who of them cannot be released by anybody who is known to be able to.
    public List<Knot> knots() {
        return Knot.of(waits.stream().filter(w -> w.stuck).toList(), byThread);
    }

    // What could end a wait.

    private Awaiting ask(Awaiting wait) {
        Waiter waiter = wait.sight.waiter();
        if (waiter == null) {
            return wait;
        }
        Node node = waiter.observed();
        if (waiter.isTimed()) {
            return wait.set(End.TIME, "a timer ends it", List.of());
        }
        if (node == null) {
            return askObject(wait, waiter.reason());
        }
        if (wait.awaited instanceof ContextBase) {
            return wait.set(End.ANYBODY, contextText(node) + " ends it", helpers.getOrDefault(node, List.of()));
        }
        askObject(wait, waiter.reason());
        return wait.set(End.ANYBODY, wait.why + "; " + contextText(node) + " ends it too", wait.by);
    }

    private Awaiting askObject(Awaiting wait, Object reason) {
        Object what = wait.awaited;
        return switch (what) {
            case LockCore lock -> askLock(wait, lock);
            case Countdown count -> askCount(wait, count);
            case Slots slots -> askPlaces(wait, slots);
            case SelectCore select -> askSelect(wait, select);
            case Goroutine task -> wait.set(End.ONE_OF, task + " has to end", known(what));
            case ChanCore chan -> askChan(wait, chan, reason);
            case SemaphoreCore _ ->
                    wait.set(End.ANYBODY, "whoever has tokens may give them back; who has is not recorded",
                            List.of());
            case ContextBase done when ContextBase.nodeOf(done) == null ->
                    wait.set(End.NOBODY, "that context never ends", List.of());
            default -> wait.set(End.ANYBODY, "anybody may who has it", List.of());
        };
    }

    private List<Releaser> known(Object what) {
        return helpers.getOrDefault(what, List.of());
    }

    private static String contextText(Node node) {
        String name = node.name();
        String text = "the end of context" + (name.isEmpty() ? "" : " \"" + name + '"');
        Deadline deadline = node.deadline();
        return deadline == null ? text
                : text + ", due in " + Spans.text(Math.max(0, deadline.nanos() - node.scheduler().nanoTime())) + ',';
    }

    private static Awaiting askChan(Awaiting wait, ChanCore chan, Object reason) {
        if (chan.isNever()) {
            return wait.set(End.NOBODY, "a nil channel is never ready", List.of());
        }
        if (chan.comesByItself()) {
            return wait.set(End.ANYBODY, "its time ends it, unless it was stopped; then anybody may set it again",
                    List.of());
        }
        boolean sends = reason instanceof ChanCore.Blocked blocked && blocked.sends();
        return wait.set(End.ANYBODY,
                "anybody may who has the channel and " + (sends ? "receives from it" : "sends to it")
                        + ", or closes it",
                List.of());
    }

    private Awaiting askLock(Awaiting wait, LockCore lock) {
        List<Releaser> who = holders.computeIfAbsent(lock, _ -> holders(lock));
        if (who.isEmpty()) {
            return wait.set(End.ANYBODY,
                    lock.order() == null ? "whoever has it; who has it is known of locks made in debug mode"
                            : "nobody has it now: its turn is about to come",
                    List.of());
        }
        for (Releaser each : who) {
            if (!each.thread.isAlive()) {
                return wait.set(End.ANYBODY,
                        each.who + " has ended and " + each.why + ": only another's unlock ends it",
                        who);
            }
        }
        return wait.set(End.ALL_OF, "who has it has to unlock it", who);
    }

    private static List<Releaser> holders(LockCore lock) {
        var who = new ArrayList<Releaser>();
        for (LockOrder.Hold hold : lock.holds()) {
            StackTraceElement site = hold.site();
            String since = site == null ? "" : " since " + Sites.place(site);
            who.add(new Releaser(hold.thread(), holderLabel(hold),
                    (hold.reads() ? "reads " : "holds ") + lock.label() + since));
        }
        return who;
    }

    private static String holderLabel(LockOrder.Hold hold) {
        Thread thread = hold.thread();
        Goroutine g = thread.isVirtual() ? Registry.find(thread) : null;
        return g != null ? g.toString() : Sight.label(thread);
    }

    private Awaiting askCount(Awaiting wait, Countdown count) {
        Thread one = count.counter();
        if (one != null) {
            Goroutine g = one.isVirtual() ? Registry.find(one) : null;
            var by = new Releaser(one, g != null ? g.toString() : Sight.label(one), "runs it");
            return wait.set(End.ONE_OF, "who runs it has to come to its end", List.of(by));
        }
        List<Releaser> who = known(count);
        int unknown = count.count() - who.size();
        if (unknown > 0) {
            return wait.set(End.ANYBODY, unknown + " of its counts " + (unknown == 1 ? "belongs" : "belong")
                    + " to nobody who is known: anybody may count down who has it", who);
        }
        return who.isEmpty() ? wait.set(End.ANYBODY, "nothing is left to wait for: its turn is about to come", who)
                : wait.set(End.ALL_OF, "each of its tasks has to end", who);
    }

    private Awaiting askPlaces(Awaiting wait, Slots slots) {
        List<Releaser> who = known(slots);
        return who.isEmpty() ? wait.set(End.ANYBODY, "a place is free: its turn is about to come", who)
                : wait.set(End.ONE_OF, "one of the tasks that have a place has to end", who);
    }

    private static Awaiting askSelect(Awaiting wait, SelectCore select) {
        List<Offer> cases = select.cases();
        if (cases.isEmpty()) {
            return wait.set(End.NOBODY, "a select without cases that could ever be ready", List.of());
        }
        var text = new StringBuilder("anybody may who makes a case ready: ");
        for (int i = 0; i < Math.min(cases.size(), 8); i++) {
            text.append(i == 0 ? "" : ", ").append(cases.get(i).text());
        }
        return wait.set(End.ANYBODY,
                text.append(cases.size() > 8 ? " and " + (cases.size() - 8) + " more" : "").toString(), List.of());
    }

    // Stuck.

    /// Takes out those that may be released, until none is left to take out. Linear rounds, seldom more than a few.
    private void findStuck() {
        for (Awaiting wait : waits) {
            wait.stuck = wait.end == End.NOBODY || wait.end == End.ALL_OF || wait.end == End.ONE_OF;
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            IdentityHashMap<Object, Boolean> asked = new IdentityHashMap<>(); // those who wait for one thing share its list
            for (Awaiting wait : waits) {
                if (wait.stuck && wait.end != End.NOBODY
                        && !asked.computeIfAbsent(wait.by, _ -> cannotAct(wait))) {
                    wait.stuck = false;
                    changed = true;
                }
            }
        }
    }

    private boolean cannotAct(Awaiting wait) {
        boolean some = false;
        boolean all = true;
        for (Releaser each : wait.by) {
            Awaiting his = byThread.get(each.thread);
            boolean stuck = his != null && his.stuck;
            some |= stuck;
            all &= stuck;
        }
        return wait.end == End.ALL_OF ? some : all;
    }
}
