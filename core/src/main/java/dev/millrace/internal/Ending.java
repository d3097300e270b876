package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How and why a context ended: made once by whoever ended it, shared by all descendants that end with it. Holds names,
/// times and the user's cause, and no context: exceptions keep it.
///
/// The facts are final; the context package's public faces of it ([#face]) are made when somebody asks.
public final class Ending {
    /// The end of a context that nobody had looked at: cancelled, with no more to be said. Costs nothing.
    static final Ending QUIET = none();

    /// An ending that stands for none.
    static Ending none() {
        return new Ending(false, null, "", "", "", null, 0, 0, null, null);
    }

    private static final VarHandle FACE;
    private static final VarHandle STOPS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            FACE = lookup.findVarHandle(Ending.class, "face", Object.class);
            STOPS = lookup.findVarHandle(Ending.class, "stops", StopLog.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean deadline;
    private final @Nullable Throwable cause;
    private final String origin;
    private final String below;
    private final String thread;
    private final @Nullable Scheduler scheduler;
    private final long nanos;
    private final long budget;
    private final @Nullable StackTraceElement site;
    private final @Nullable StackTraceElement madeAt;
    private volatile @Nullable Object face;

    private static volatile @Nullable Function<Ending, Object> recorder;
    private volatile @Nullable StopLog stops;

    Ending(
            boolean deadline,
            @Nullable Throwable cause,
            String origin,
            String below,
            String thread,
            @Nullable Scheduler scheduler,
            long nanos,
            long budget,
            @Nullable StackTraceElement site,
            @Nullable StackTraceElement madeAt) {
        this.deadline = deadline;
        this.cause = cause;
        this.origin = origin;
        this.below = below;
        this.thread = thread;
        this.scheduler = scheduler;
        this.nanos = nanos;
        this.budget = budget;
        this.site = site;
        this.madeAt = madeAt;
    }

    /// Whether a deadline passed; else somebody cancelled.
    public boolean isDeadline() {
        return deadline;
    }

    /// The cause that the user gave, null when none.
    public @Nullable Throwable cause() {
        return cause;
    }

    /// The name of the node that was ended first, empty when it has none.
    public String origin() {
        return origin;
    }

    /// The nearest name above that node, empty when there is none.
    public String below() {
        return below;
    }

    /// Who ended it; empty when not known or a deadline.
    public String thread() {
        return thread;
    }

    /// The span that the deadline's node had, in nanoseconds.
    public long budget() {
        return budget;
    }

    /// The line that cancelled; null when the cancel reached nobody or a deadline passed.
    public @Nullable StackTraceElement site() {
        return site;
    }

    /// The line that made the origin node; in debug mode only.
    public @Nullable StackTraceElement madeAt() {
        return madeAt;
    }

    /// Whether it is known when it happened.
    public boolean hasTime() {
        return scheduler != null;
    }

    /// When it happened, on the scheduler's clock.
    public long nanos() {
        return nanos;
    }

    /// When it happened, by the calendar; null when not known.
    public @Nullable Instant instant() {
        return scheduler == null ? null : scheduler.wallClock(nanos);
    }

    /// Nanoseconds since it happened, 0 when not known.
    public long age() {
        return scheduler == null ? 0 : scheduler.nanoTime() - nanos;
    }

    /// For the context package, which knows the public record of an ending and alone can make it.
    public static void recorder(Function<Ending, Object> maker) {
        recorder = maker;
    }

    /// The public record, a `dev.millrace.context.CancelRecord`.
    public Object cancelRecord() {
        return Objects.requireNonNull(recorder, "no context was ever made").apply(this);
    }

    /// The public face that somebody made before, null when nobody has.
    public @Nullable Object face() {
        return face;
    }

    /// Offers a public face; answers the one that all shall use.
    public Object face(Object made) {
        Object was = FACE.compareAndExchange(this, null, made);
        return was == null ? made : was;
    }

    /// What is known of the tasks that it stopped, null when nothing is.
    public @Nullable StopLog stops() {
        return stops;
    }

    StopLog stopLog() {
        StopLog log = stops;
        if (log == null) {
            StopLog made = new StopLog();
            Object was = STOPS.compareAndExchange(this, null, made);
            log = was == null ? made : (StopLog) was;
        }
        return log;
    }

    /// Whichever happened first; `a` when that cannot be told.
    static @Nullable Ending earlier(@Nullable Ending a, @Nullable Ending b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.hasTime() && b.hasTime() && b.nanos - a.nanos < 0 ? b : a;
    }
}
