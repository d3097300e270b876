package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The list of those who are to hear of a node's end, and the spin lock that guards it: children, waiters, listeners, links of
/// merged contexts. [Node] decides who comes in and when it is closed.
abstract class Hearers extends Link {
    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Hearers.class, "lock", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int lock;

    @Nullable Link first; // guarded by lock; once the node has ended, no more are added
    private boolean someWeak; // guarded by lock; weak links have stood here: additions sweep

    /// Whether somebody is registered to hear of the end.
    final boolean isHeard() {
        lock();
        boolean heard = first != null;
        unlock();
        return heard;
    }

    /// Whether the list of a node that has ended is empty; see "the empty list" in the protocol for why this needs no lock.
    final boolean hasNobody() {
        return lock == 0 && first == null;
    }

    /// Takes the list of those who are to hear; nobody is added any more, since the state is set.
    final @Nullable Link takeAll() {
        if (hasNobody()) {
            return null;
        }
        lock();
        Link all = first;
        first = null;
        unlock();
        return all;
    }

    /// Appends `link` in constant time. Under the lock.
    final void append(Link link) {
        if (link instanceof WeakLink || link instanceof MergeLink) {
            someWeak = true;
        }
        first = Link.append(someWeak ? sweep() : first, link);
    }

    /// Looks at two links at the front: drops a weak one whose node has gone, and moves on past any other. So a few steps per
    /// addition clear the list in time. Under the lock.
    private @Nullable Link sweep() {
        Link l = first;
        for (int i = 0; i < 2 && l != null; i++) {
            l = isGone(l) ? Link.remove(l, l) : l.next;
        }
        return l;
    }

    private static boolean isGone(Link link) {
        return (link instanceof WeakLink weak && weak.isGone()) || (link instanceof MergeLink merge && merge.isGone());
    }

    final void lock() {
        for (int attempt = 0;; attempt++) {
            int l = lock;
            Room.need(l);
            if (l == 0 && LOCK.compareAndSet(this, 0, 1)) {
                return;
            }
            Spin.pause(attempt);
        }
    }

    final void unlock() {
        LOCK.setRelease(this, 0);
    }

    /// How many are registered to hear of the end.
    public final int listeners() {
        lock();
        int n = 0;
        Link l = first;
        if (l != null) {
            do {
                n++;
                l = l.next;
            } while (l != null && l != first);
        }
        unlock();
        return n;
    }

    /// How many of them are no children: waiters, listeners, merged contexts.
    final int hearersThatAreNoNodes() {
        lock();
        int n = 0;
        Link l = first;
        if (l != null) {
            do {
                n += l instanceof Node || l instanceof WeakLink ? 0 : 1;
                l = l.next;
            } while (l != null && l != first);
        }
        unlock();
        return n;
    }

    /// Gives the registered children to `visitor`, outside the lock.
    public final void eachChild(Consumer<Node> visitor) {
        int room;
        Node[] found;
        int n;
        do {
            room = listeners() + 16;
            found = new Node[room];
            n = 0;
            lock();
            Link l = first;
            if (l != null) {
                do {
                    Node child = l instanceof Node node ? node : l instanceof WeakLink weak ? weak.node() : null;
                    if (child != null && n < room) {
                        found[n] = child;
                    }
                    n += child == null ? 0 : 1;
                    l = l.next;
                } while (l != null && l != first);
            }
            unlock();
        } while (n > room);
        for (int i = 0; i < n; i++) {
            visitor.accept(found[i]);
        }
    }
}
