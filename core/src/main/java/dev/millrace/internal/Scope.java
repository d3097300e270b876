package dev.millrace.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stretch of a program to which all belongs that is started in it: for the test kit, which asks afterwards what is left.
///
/// A thread [enters][#enter()] and [leaves][#leave()]. A goroutine belongs to the scope that its maker is in: the one that the thread has
/// entered last, else the one that the making goroutine itself belongs to. So descent decides, over any number of generations, also through
/// calls that a timer or the end of a context makes later; threads of tests that run at the same time do not meet. A scope lies
/// within the one that its maker was in: what belongs to it belongs to that too.
///
/// Protocol: `table` is null while no scope is open, so that a spawn in production costs one read. It is replaced whole, under the class's
/// monitor, and read without. A goroutine that belongs to a scope binds itself as the [Ambient] whatever its context is: that is how what it starts
/// finds the scope. A scope stays open until it is [closed][#close()], also when all threads have left it: those who belong to it may go
/// on to start others. Nothing refers to a scope but its goroutines, the scopes within, and who opened it.
public final class Scope {
    private static volatile @Nullable Table table;

    private final @Nullable Scope parent;
    private final boolean sites;

    private Scope(@Nullable Scope parent, boolean sites) {
        this.parent = parent;
        this.sites = sites;
    }

    private record Entry(Thread thread, Scope scope) {}

    /// @param entries immutable; who has entered last comes first
    private record Table(int open, List<Entry> entries) {
        /// The scope that the thread that calls is in.
        @Nullable Scope current() {
            Thread thread = Thread.currentThread();
            for (Entry e : entries) {
                if (e.thread == thread) {
                    return e.scope;
                }
            }
            Ambient ambient = Ambient.current();
            Goroutine goroutine = ambient == null ? null : ambient.goroutine;
            return goroutine == null ? null : goroutine.scope();
        }
    }

    /// A scope within the one that the calling thread is in. Nobody is in it yet.
    ///
    /// @param sites whether its goroutines note the lines that started them, which takes each start about a microsecond
    public static synchronized Scope open(boolean sites) {
        var opened = new Scope(current(), sites);
        Table now = table;
        table = now == null ? new Table(1, List.of()) : new Table(now.open + 1, now.entries);
        return opened;
    }

    /// The scope that the calling thread is in, null when it is in none, or no scope is open.
    static @Nullable Scope current() {
        Table now = table;
        return now == null ? null : now.current();
    }

    /// From now on what the calling thread starts belongs to this. May be called again, and by several threads.
    public void enter() {
        synchronized (Scope.class) {
            Table now = table;
            if (now == null) {
                throw new IllegalStateException("the scope is closed: nobody can enter it");
            }
            var entries = new ArrayList<Entry>();
            entries.add(new Entry(Thread.currentThread(), this));
            entries.addAll(now.entries);
            table = new Table(now.open, List.copyOf(entries));
        }
    }

    /// Undoes the calling thread's last [#enter()]; when it has none, that of another thread.
    public void leave() {
        synchronized (Scope.class) {
            Table now = table;
            if (now == null) {
                return;
            }
            Entry last = null;
            for (Entry e : now.entries) {
                if (e.scope == this && (last == null || (e.thread == Thread.currentThread()
                        && last.thread != Thread.currentThread()))) {
                    last = e;
                }
            }
            if (last != null) {
                var entries = new ArrayList<>(now.entries);
                removeOne(entries, last);
                table = new Table(now.open, List.copyOf(entries));
            }
        }
    }

    /// By identity: a thread may have entered a scope twice.
    private static void removeOne(List<Entry> entries, Entry entry) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) == entry) {
                entries.remove(i);
                return;
            }
        }
    }

    /// Nobody will ask any more. Once.
    public void close() {
        synchronized (Scope.class) {
            Table now = table;
            if (now != null) {
                List<Entry> others =
                        now.entries.stream().filter(e -> e.scope != this).toList();
                table = now.open == 1 ? null : new Table(now.open - 1, others);
            }
        }
    }

    /// Whether `goroutine` belongs to this, or to a scope within.
    public boolean holds(Goroutine goroutine) {
        return holds(goroutine.origin());
    }

    /// Whether what comes from `origin` belongs to this, or to a scope within.
    public boolean holds(@Nullable Origin origin) {
        for (Scope s = origin == null ? null : origin.scope(); s != null; s = s.parent) {
            if (s == this) {
                return true;
            }
        }
        return false;
    }

    boolean notesSites() {
        return sites;
    }
}
