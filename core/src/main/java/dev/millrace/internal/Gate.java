package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Holds threads back that are to be woken, for a moment.
///
/// ```
///   OPEN  --- shut() ---> SHUT        hold: the thread is put on a list; letThrough() wakes those on it
///    ^                      |
///    +------- open() -------+         wakes those on the list
/// ```
///
/// One thread shuts and opens. Nobody is forgotten: [#open()] writes the state and then reads the list, [#hold] writes the
/// list and then reads the state; so at least one of the two sees the other, and wakes.
public final class Gate {
    private static final VarHandle SHUT;
    private static final VarHandle LIST;

    static {
        try {
            var lookup = MethodHandles.lookup();
            SHUT = lookup.findVarHandle(Gate.class, "shut", boolean.class);
            LIST = lookup.findVarHandle(Gate.class, "list", Held.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// One on the list.
    private static final class Held {
        private final Thread thread;
        private @Nullable Held next;

        private Held(Thread thread) {
            this.thread = thread;
        }
    }

    private boolean shut; // read plainly it is a hint
    private volatile @Nullable Held list; // the latest first

    /// Whether it is shut: a hint, and as cheap as one.
    boolean isShut() {
        return shut;
    }

    public void shut() {
        SHUT.setVolatile(this, true);
    }

    /// Wakes `thread` when those on the list are woken; at once when the gate is open.
    public void hold(Thread thread) {
        Held held;
        try {
            held = new Held(thread);
        } catch (OutOfMemoryError e) { // then not: the wake-up must not be lost
            Waking.unpark(thread);
            return;
        }
        Held first;
        do {
            first = list;
            held.next = first;
        } while (!LIST.compareAndSet(this, first, held));
        if (!(boolean) SHUT.getVolatile(this)) {
            letThrough();
        }
    }

    /// Wakes those on the list, in the order in which they came.
    public void letThrough() {
        Held last = (Held) LIST.getAndSet(this, null);
        Held first = null;
        while (last != null) {
            Held before = last.next;
            last.next = first;
            first = last;
            last = before;
        }
        for (; first != null; first = first.next) {
            Waking.unpark(first.thread);
        }
    }

    public void open() {
        SHUT.setVolatile(this, false);
        letThrough();
    }
}
