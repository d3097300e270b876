package dev.millrace.jfr;

import dev.millrace.context.Context;
import dev.millrace.jfr.internal.RegionEvent;
import org.jspecify.annotations.Nullable;

/// What one thread does for a while, begun by [Trace#startRegion]. Where it fits, [Trace#withRegion] is the simpler form.
///
/// The regions of a thread nest: the last one begun is closed first, by the thread that began it. Whether they do is looked at whether anything is
/// recorded or not, so that a recording changes nothing; regions of [Trace#withRegion], which cannot be wrong, are not looked at.
public final class TraceRegion implements AutoCloseable {
    private static final ThreadLocal<@Nullable TraceRegion> INNERMOST = new ThreadLocal<>();

    private final Context context;
    private final String type;
    private final Thread thread = Thread.currentThread();
    private final @Nullable TraceRegion outer;
    private final @Nullable RegionEvent event; // null when not recorded
    private boolean closed; // its thread's own

    TraceRegion(Context context, String type) {
        this.context = context;
        this.type = type;
        this.outer = INNERMOST.get();
        INNERMOST.set(this);
        this.event = RegionEvent.begun();
    }

    /// Ends the region, and records it. Does nothing the second time.
    ///
    /// @throws IllegalStateException by another thread than the one that began it, or before a region that was begun later: the region is
    ///     open as before
    @Override
    public void close() {
        Thread here = Thread.currentThread();
        if (here != thread) {
            throw new IllegalStateException("region \"" + type + "\" is closed by " + called(here) + ", expected "
                    + called(thread) + ", which began it: what goes over threads is a task");
        }
        if (closed) {
            return;
        }
        TraceRegion last = INNERMOST.get();
        if (last != this) {
            throw new IllegalStateException("region \"" + type + "\" is closed before "
                    + (last == null ? "another" : "\"" + last.type + "\"") + ", which was begun later: regions nest");
        }
        closed = true;
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        if (event != null) {
            event.done(context, type);
        }
    }

    private static String called(Thread thread) {
        String name = thread.getName();
        return name.isEmpty() ? "goroutine " + thread.threadId() : "\"" + name + "\"";
    }

    /// `region "pay"`.
    @Override
    public String toString() {
        return "region \"" + type + "\"";
    }
}
