package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// An element of an intrusive, circular, doubly linked list.
///
/// The list is nothing but a reference to its first element, kept and locked by its owner; so adding and removing
/// allocate nothing and take constant time. An element stands in at most one list at a time.
@SuppressWarnings("NullAway") // the links of an element that stands in a list are never null
public abstract class Link {
    @Nullable Link prev;
    @Nullable Link next;

    /// Hears that the node in whose list it stood has ended. Called once by the walk, outside all locks; runs no code that a user
    /// wrote and does not block.
    abstract void hear(Walk walk);

    /// Whether this element stands in a list.
    final boolean isLinked() {
        return next != null;
    }

    /// Adds `link` at the end of the list that starts at `first` (null: empty) and answers the list's first element.
    public static Link append(@Nullable Link first, Link link) {
        if (first == null) {
            link.prev = link;
            link.next = link;
            return link;
        }
        Link last = first.prev;
        link.prev = last;
        link.next = first;
        last.next = link;
        first.prev = link;
        return first;
    }

    /// Removes `link` from the list that starts at `first` and answers the list's first element, null when it is empty.
    public static @Nullable Link remove(Link first, Link link) {
        Link next = link.next;
        Link prev = link.prev;
        link.next = null;
        link.prev = null;
        if (next == link) {
            return null;
        }
        prev.next = next;
        next.prev = prev;
        return first == link ? next : first;
    }

    /// Puts `replacement` where `link` stands and answers the list's first element.
    static Link replace(Link first, Link link, Link replacement) {
        if (link.next == link) {
            link.next = null;
            link.prev = null;
            return append(null, replacement);
        }
        Link next = link.next;
        Link prev = link.prev;
        replacement.next = next;
        replacement.prev = prev;
        next.prev = replacement;
        prev.next = replacement;
        link.next = null;
        link.prev = null;
        return first == link ? replacement : first;
    }
}
