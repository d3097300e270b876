package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tasks that ended after one cancellation, with the time each took. Bounded; knows how many it left out. Refers to
/// contexts weakly: what a cancelled tree held can go.
///
/// A stack that is pushed by compare-and-set (R. K. Treiber, "Systems Programming: Coping with Parallelism", 1986);
/// nothing is ever popped.
public final class StopLog {
    private static final VarHandle LAST;

    static {
        try {
            LAST = MethodHandles.lookup().findVarHandle(StopLog.class, "last", Entry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Entry last;

    /// One task: its number and label, its context, and how long after the cancellation it ended.
    public static final class Entry extends WeakReference<Node> {
        private final long id;
        private final String label;
        private final long nanos;
        private @Nullable Entry before;
        private int count; // this and all before, also those left out

        Entry(Goroutine task, Node node, long nanos) {
            super(node);
            this.id = task.id();
            this.label = task.label();
            this.nanos = nanos;
        }

        /// The goroutine's number. It may be among those that live for a moment longer.
        public long id() {
            return id;
        }

        public String label() {
            return label;
        }

        /// Nanoseconds from the cancellation to the task's end.
        public long nanos() {
            return nanos;
        }
    }

    void add(Entry entry) {
        Entry was;
        do {
            was = last;
            entry.count = was == null ? 1 : was.count + 1;
            // Above the bound the newest entry takes the place of the one before it.
            entry.before = was != null && entry.count > Tuning.STOP_LOG_ENTRIES ? was.before : was;
        } while (!LAST.compareAndSet(this, was, entry));
    }

    /// The entries, in the order of the tasks' ends.
    public List<Entry> entries() {
        var list = new ArrayList<Entry>();
        for (Entry e = last; e != null; e = e.before) {
            list.add(e);
        }
        return list.reversed();
    }

    /// How many tasks ended that are not among the entries.
    public int leftOut() {
        Entry e = last;
        return e == null ? 0 : Math.max(0, e.count - Tuning.STOP_LOG_ENTRIES);
    }
}
