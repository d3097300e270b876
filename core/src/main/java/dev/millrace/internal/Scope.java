package dev.millrace.internal;

import java.util.Arrays;
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
    private static final Entry[] NOBODY = {};

    private static volatile @Nullable Table table;

    private final @Nullable Scope parent;
    private final boolean sites;

    private Scope(@Nullable Scope parent, boolean sites) {
        this.parent = parent;
        this.sites = sites;
    }

    private record Entry(Thread thread, Scope scope) {}

    private record Table(int open, Entry[] entries) {
        /// The scope that the thread that calls is in.
        @Nullable Scope current() {
            Thread thread = Thread.currentThread();
            for (int i = entries.length - 1; i >= 0; i--) {
                if (entries[i].thread == thread) {
                    return entries[i].scope;
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
        table = now == null ? new Table(1, NOBODY) : new Table(now.open + 1, now.entries);
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
            Entry[] entries = Arrays.copyOf(now.entries, now.entries.length + 1);
            entries[now.entries.length] = new Entry(Thread.currentThread(), this);
            table = new Table(now.open, entries);
        }
    }

    /// Undoes the calling thread's last [#enter()]; when it has none, that of another thread.
    public void leave() {
        synchronized (Scope.class) {
            Table now = table;
            if (now == null) {
                return;
            }
            int last = -1;
            for (int i = 0; i < now.entries.length; i++) {
                Entry e = now.entries[i];
                if (e.scope == this && (last < 0 || e.thread == Thread.currentThread())) {
                    last = i;
                }
            }
            if (last >= 0) {
                table = new Table(now.open, without(now.entries, last));
            }
        }
    }

    private static Entry[] without(Entry[] entries, int index) {
        var fewer = new Entry[entries.length - 1];
        System.arraycopy(entries, 0, fewer, 0, index);
        System.arraycopy(entries, index + 1, fewer, index, fewer.length - index);
        return fewer;
    }

    /// Nobody will ask any more. Once.
    public void close() {
        synchronized (Scope.class) {
            Table now = table;
            if (now != null) {
                Entry[] others =
                        Arrays.stream(now.entries).filter(e -> e.scope != this).toArray(Entry[]::new);
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
