package dev.millrace.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Brings the end of one node to everything that is registered below it, breadth first.
///
/// It takes each node's list whole and chains it to the end of what remains to be told; so it needs no memory however
/// deep or wide the tree, near relatives hear before distant ones, and a parent always before its children. It holds no
/// lock while it tells somebody. In the end it waits for those nodes that others were ending at the same time. A child
/// ended by somebody else was the start of that walk, and is younger than where this one started; so these waits cannot
/// form a ring. Merged contexts, which have several parents, could; they are waited for last.
@SuppressWarnings("NullAway") // the links of an element that stands in a list are never null
final class Walk {
    private final Ending ending;
    private @Nullable Link head; // still to be told, singly linked by next
    private @Nullable Link tail;
    private @Nullable Link ours; // told by us and not settled
    private @Nullable Link others; // children ended by somebody else
    private @Nullable Link merges; // merged contexts ended by somebody else

    Walk(Ending ending) {
        this.ending = ending;
    }

    void from(Node origin) {
        chain(origin.takeAll());
        for (Link link = head; link != null; link = head) {
            head = link.next;
            link.next = null;
            link.prev = null;
            try {
                tell(link);
            } catch (Throwable t) {
                Uncaught.give(null, t); // no thread, or no memory: the others are told all the same
            }
        }
        awaitSettled(others);
        for (Link link = ours; link != null; link = ours) {
            ours = link.next;
            link.next = null;
            target(link).markSettled();
        }
        origin.markSettled();
        awaitSettled(merges);
    }

    private static void awaitSettled(@Nullable Link first) {
        for (Link link = first; link != null;) {
            Link next = link.next;
            link.next = null;
            target(link).awaitSettled();
            link = next;
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

    private void tell(Link link) {
        switch (link) {
            case Waiter waiter -> {
                if (waiter.claim(ending)) {
                    waiter.wake();
                }
            }
            case Listener listener -> listener.tell(ending);
            case Node node -> tellNode(node, link);
            case MergeLink merge -> {
                tellNode(merge.target, link);
                merge.target.leaveParent();
            }
            case WeakLink weak -> {
                Node node = weak.node();
                if (node != null) {
                    weak.pinned = node;
                    tellNode(node, link);
                }
            }
            default -> throw new IllegalStateException("unknown link " + link);
        }
    }

    private void tellNode(Node node, Link link) {
        if (node.tryEnd(ending)) {
            link.next = ours;
            ours = link;
            chain(node.takeAll());
            node.finish(ending);
        } else if (node instanceof MergeNode) { // by whichever of its parents: see above
            link.next = merges;
            merges = link;
        } else {
            link.next = others;
            others = link;
        }
    }

    private static Node target(Link link) {
        return switch (link) {
            case Node node -> node;
            case MergeLink merge -> merge.target;
            case WeakLink weak -> {
                Node node = Objects.requireNonNull(weak.pinned);
                weak.pinned = null;
                yield node;
            }
            default -> throw new IllegalStateException("not a node " + link);
        };
    }
}
