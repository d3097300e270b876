package dev.millrace.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brings the end of one node to everything that is registered below it, breadth first.
///
/// It takes each node's list whole and chains it to the end of what remains to be told; so it needs no memory however
/// deep or wide the tree, near relatives hear before distant ones, and a parent always before its children. It holds no
/// lock while it tells somebody, and it waits for nobody: a node that it finds ended by somebody else it notes.
///
/// Who has promised that everything below has ended waits afterwards ([#awaitSettled()]): for the walks of the nodes that were
/// noted, and for those that these met, and so on. Since no walk waits for another, these waits end. The timer thread has
/// promised nobody anything and does not wait.
@SuppressWarnings("NullAway") // the links of an element that stands in a list are never null
final class Walk {
    /// Of nodes that had nobody to tell.
    static final Walk NOTHING = new Walk();

    private final @Nullable Ending ending;
    private @Nullable Link head; // still to be told, singly linked by next
    private @Nullable Link tail;
    private @Nullable MergeNode leaving; // those that it ended: they leave their other parents when all below has heard
    private volatile @Nullable List<Node> met; // ended by somebody else; written before told, dropped when they are settled
    private volatile boolean told;
    private volatile @Nullable Thread walker; // must not wait for itself

    Walk(Ending ending) {
        this.ending = ending;
        this.walker = Thread.currentThread();
    }

    /// One for a node whose end is visible already, so that this must not fail: somebody came between the look at the empty list and the end,
    /// and waits to be told. Without memory it tries again until there is some.
    static Walk certainly(Ending ending) {
        for (;;) {
            try {
                return new Walk(ending);
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    private Walk() {
        ending = null;
        told = true;
    }

    /// Tells everybody below `origin`, which has just been ended. While a tap is there, counts them: the contexts in the upper half of
    /// the answer, the waits and callbacks in the lower.
    long tellBelow(Node origin) {
        Throwable failure = null;
        boolean counts = Tap.current() != null;
        long reach = 0;
        chain(origin.takeAll());
        origin.tellTap(ending);
        for (Link link = head; link != null; link = head) {
            head = link.next;
            link.next = null;
            link.prev = null;
            if (counts) {
                reach += link instanceof Listener || link instanceof Party ? 1 : 1L << 32;
            }
            try {
                link.hear(this);
            } catch (Throwable t) { // no thread, or no memory: the others are told all the same
                failure = failure == null ? t : failure;
            }
        }
        tail = null;
        told = true;
        letLeave();
        if (failure != null) {
            Uncaught.giveLater(failure);
        }
        walker = null;
        return reach;
    }

    /// Takes the merged contexts that this walk ended out of the lists of their other parents. Not before all below them has heard: whoever ends
    /// another parent meets them there, and waits.
    private void letLeave() {
        MergeNode node = leaving;
        leaving = null;
        while (node != null) {
            MergeNode next = node.leavesNext;
            node.leavesNext = null;
            node.finish();
            node.leaveParent();
            node = next;
        }
    }

    /// Waits until everything below the nodes that this walk ended has ended too, whoever does it.
    void awaitSettled() {
        if (told && met == null) {
            return;
        }
        var seen = Collections.newSetFromMap(new IdentityHashMap<Walk, Boolean>());
        var todo = new ArrayDeque<Walk>();
        todo.add(this);
        for (Walk walk = todo.poll(); walk != null; walk = todo.poll()) {
            for (int attempt = 0; !walk.told && walk.walker != Thread.currentThread(); attempt++) {
                Spin.pause(attempt);
            }
            List<Node> others = walk.told ? walk.met : null;
            if (others != null) {
                for (Node node : others) {
                    Walk theirs = node.walk();
                    if (seen.add(theirs)) {
                        todo.add(theirs);
                    }
                }
            }
        }
        if (told) {
            met = null;
        }
    }

    /// Appends a circular list to what is to be told.
    private void chain(@Nullable Link first) {
        if (first == null) {
            return;
        }
        Link last = first.prev;
        last.next = null;
        if (head == null) {
            head = first;
        } else {
            tail.next = first;
        }
        tail = last;
    }

    Ending ending() {
        return ending;
    }

    /// Ends a node that is further down, and goes on to those who hear of it; or notes that somebody else has ended it.
    void end(Node node) {
        if (node.tryEnd(ending)) {
            node.walk(this);
            chain(node.takeAll());
            node.tellTap(ending);
            if (node instanceof MergeNode merged) {
                merged.leavesNext = leaving;
                leaving = merged;
            } else {
                node.finish();
            }
            return;
        }
        List<Node> others = met;
        if (others == null) {
            others = new ArrayList<>();
            met = others;
        }
        others.add(node);
    }
}
