package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.Context;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.PlainNode;
import dev.millrace.internal.Scheduler;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// The tree of contexts, node by node: who hears of an end, who is known to whom, and what is left of those that have gone.
final class ContextTreeProtocols {
    private static final long LATER = 1_000_000;

    private ContextTreeProtocols() {}

    /// Counts how often it was told.
    static final class Heard extends Listener {
        private final AtomicInteger times = new AtomicInteger();

        @Override
        protected void tell(Ending ending) {
            times.incrementAndGet();
        }

        int times() {
            return times.get();
        }
    }

    static Node plain(Node up) {
        return made(new PlainNode(up, Scheduler.real(), ""));
    }

    static Node root() {
        return made(new PlainNode(null, Scheduler.real(), ""));
    }

    private static <T extends Node> T made(T node) {
        node.made();
        return node;
    }

    /// What the collector does when nobody else refers to what a link stands for: it does not run within a schedule.
    ///
    /// @param field of the link, its weak reference
    static void collect(Node parent, String field) throws ReflectiveOperationException {
        Field first = Node.class.getSuperclass().getDeclaredField("first");
        first.setAccessible(true);
        Object link = first.get(parent);
        Field weak = link.getClass().getDeclaredField(field);
        weak.setAccessible(true);
        ((Reference<?>) weak.get(link)).clear();
    }

    // Ends.

    /// A cancel that finds the node ended by another one returns only when that one has told everybody.
    static void secondCancelWaits() throws Exception {
        var parent = root();
        var child = plain(parent);
        var heard = new Heard();
        check(child.add(heard), "not ended, and nobody is let in");
        Suite.Body cancel = () -> {
            parent.cancel(null, false);
            check(heard.times() == 1,
                    "a cancel has returned, and somebody below has heard " + heard.times() + " times");
        };
        var a = go("a", cancel);
        cancel.run();
        Suite.join(a);
    }

    /// Who cancels from within a walk does not wait for it, and takes nothing from who does.
    static void cancelledFromWithin() throws Exception {
        var parent = root();
        var child = plain(parent);
        var heard = new Heard();
        var cancels = new Listener() {
            @Override
            protected void tell(Ending ending) {
                parent.cancel(null, true);
            }
        };
        check(child.add(heard) && parent.add(cancels), "not ended, and nobody is let in");
        var a = go("a", () -> child.cancel(null, false));
        parent.cancel(null, false);
        check(heard.times() == 1, "a cancel has returned, and somebody below has heard " + heard.times() + " times");
        Suite.join(a);
    }

    /// Of two who end it one does, and what it says then never changes.
    static void endedOnce() throws Exception {
        var node = root();
        var seen = new AtomicReference<Ending>();
        var a = go("a", () -> {
            node.cancel(new IllegalStateException("one"), false);
            seen.set(node.ending());
        });
        node.cancel(new IllegalStateException("two"), false);
        var mine = node.ending();
        Suite.join(a);
        check(mine == seen.get() && mine == node.ending(), "it has ended twice");
    }

    /// Two make the same child known to its parent at once: it stands there once, and leaves nobody else out when it goes.
    static void childKnownOnce() throws Exception {
        var parent = root();
        var child = plain(parent);
        var other = new Heard();
        check(parent.add(other), "not ended, and nobody is let in");
        var a = go("a", () -> child.add(new Heard()));
        child.add(new Heard());
        Suite.join(a);
        check(parent.listeners() == 2, "known to the parent: " + parent.listeners());
        child.cancel(null, false);
        check(parent.listeners() == 1, "left: " + parent.listeners());
        parent.cancel(null, false);
        check(other.times() == 1, "heard " + other.times() + " times");
    }

    /// Of two who take the same one off, one does; the other one in the list stays.
    static void takenOffOnce() throws Exception {
        var node = root();
        var stays = new Heard();
        var goes = new Heard();
        node.add(stays);
        node.add(goes);
        var taken = new AtomicInteger();
        Suite.Body remove = () -> taken.addAndGet(node.remove(goes) ? 1 : 0);
        var a = go("a", remove);
        remove.run();
        Suite.join(a);
        check(taken.get() == 1 && node.listeners() == 1, "taken off " + taken + " times, left " + node.listeners());
        node.cancel(null, false);
        check(stays.times() == 1 && goes.times() == 0, "heard " + stays.times() + " and " + goes.times());
    }

    // Weak links.

    /// A chain that is longer than a poll looks up.
    private static Node[] chain() {
        var chain = new Node[7];
        chain[0] = root();
        for (int i = 1; i < chain.length; i++) {
            chain[i] = plain(chain[i - 1]);
        }
        return chain;
    }

    private static void knownOnce(Node[] chain, String when) {
        for (int i = 0; i < chain.length - 1; i++) {
            int known = chain[i].listeners();
            check(known == 1, when + " " + known + " are known at " + i);
        }
    }

    /// Polls make a long chain known weakly, a wait strongly: in the same places.
    static void weakBecomesStrong() throws Exception {
        var chain = chain();
        var leaf = chain[chain.length - 1];
        check(leaf.ending() == null, "ended by nobody");
        knownOnce(chain, "after a poll");
        var heard = new Heard();
        check(leaf.add(heard), "not ended, and nobody is let in");
        knownOnce(chain, "when somebody waits");
        check(leaf.remove(heard), "it was not there");
        leaf.cancel(null, false);
        check(chain[chain.length - 2].listeners() == 0, "one that has ended is still known");
        chain[0].cancel(null, false);
        check(chain[chain.length - 2].ending() == chain[0].ending(), "not ended with its parent");
    }

    /// What has gone makes room for those who come.
    static void goneMakesRoom() throws Exception {
        var chain = chain();
        check(chain[chain.length - 1].ending() == null, "ended by nobody");
        collect(chain[0], "node");
        var heard = new Heard();
        check(chain[0].add(heard), "not ended, and nobody is let in");
        check(chain[0].listeners() == 1, "known are " + chain[0].listeners());
        chain[0].cancel(null, false);
        check(heard.times() == 1, "heard " + heard.times() + " times");
    }

    // Deadlines.

    private static DeadlineNode later(Node up, Scheduler scheduler) {
        long at = scheduler.nanoTime() + LATER;
        return made(new DeadlineNode(up, scheduler, "", at, LATER, null, null));
    }

    /// However those who wait and who end it meet, no timer is left of a deadline that is over.
    static void timerOfTheEnded() throws Exception {
        var scheduler = OwnScheduler.counting();
        var node = later(made(new PlainNode(null, scheduler, "")), scheduler);
        Suite.Body listen = () -> node.add(new Heard());
        var a = go("a", listen);
        var canceller = go("canceller", () -> node.cancel(null, false));
        listen.run();
        Suite.join(a);
        Suite.join(canceller);
        check(scheduler.timers() == 0, "timers are left: " + scheduler.timers());
    }

    static void timerEndsWithParent() throws Exception {
        var scheduler = OwnScheduler.counting();
        var parent = made(new PlainNode(null, scheduler, ""));
        var node = later(parent, scheduler);
        var heard = new Heard();
        var a = go("a", () -> node.add(heard));
        parent.cancel(null, false);
        Suite.join(a);
        check(node.ending() == parent.ending() && scheduler.timers() == 0, "timers are left: " + scheduler.timers());
    }

    /// A deadline whose timer cannot be set ends with that: who trusts that it is set is told.
    static void noTimer() throws Exception {
        var scheduler = OwnScheduler.withoutRoom();
        var node = later(made(new PlainNode(null, scheduler, "")), scheduler);
        Suite.Body listen = () -> {
            var heard = new Heard();
            boolean added;
            try {
                added = node.add(heard);
            } catch (OutOfMemoryError e) {
                added = false;
            }
            while (added && heard.times() == 0) {
                Thread.yield();
            }
            check(node.ending() != null, "nobody will end it");
        };
        var a = go("a", listen);
        listen.run();
        Suite.join(a);
    }

    /// A deadline that was past when it was made has not passed before its parent was cancelled.
    static void deadlinePastBelowEnded() throws Exception {
        var cause = new IllegalStateException("so");
        var parent = Context.background().withCancel();
        parent.cancel(cause);
        var child = parent.withDeadline(Instant.now().minusSeconds(1));
        check(child.cause() == cause, "its cause is " + child.cause());
    }

    static void deadlineAskedByTwo() throws Exception {
        var node = later(root(), Scheduler.real());
        var seen = new AtomicReference<Instant>();
        var a = go("a", () -> seen.set(node.instant()));
        var mine = node.instant();
        Suite.join(a);
        check(mine.equals(seen.get()), "two instants");
    }
}
