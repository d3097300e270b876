package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What is bound to the running code: its context, its scheduler, its goroutine. Bound through lambdas only, by one private
/// scoped value, so that it cannot leak.
public class Ambient {
    static final ScopedValue<Ambient> BOUND = ScopedValue.newInstance();

    /// Stands for "nothing is bound": one look instead of two.
    private static final Ambient NOTHING = new Ambient(Scheduler.real(), null, null);

    final Scheduler scheduler;
    final @Nullable Object context; // a dev.millrace.context.Context, which this package does not know; null: background
    final @Nullable Goroutine goroutine; // null on a thread that is none of ours

    private Ambient(Scheduler scheduler, @Nullable Object context, @Nullable Goroutine goroutine) {
        this.scheduler = scheduler;
        this.context = context;
        this.goroutine = goroutine;
    }

    /// For a goroutine, which is its own first ambient.
    Ambient(Scheduler scheduler, @Nullable Object context) {
        this.scheduler = scheduler;
        this.context = context;
        this.goroutine = (Goroutine) this;
    }

    /// What is bound now, null when nothing is.
    public static @Nullable Ambient current() {
        Ambient bound = BOUND.orElse(NOTHING);
        return bound == NOTHING ? null : bound;
    }

    /// The bound context, null for background.
    public static @Nullable Object currentContext() {
        return BOUND.orElse(NOTHING).context;
    }

    /// Calls `body` with `context` bound.
    public static <T extends @Nullable Object, X extends Throwable> T call(
            Object context, ScopedValue.CallableOp<? extends T, X> body) throws X {
        Ambient now = current();
        Ambient then = now == null
                ? new Ambient(Scheduler.real(), context, null)
                : new Ambient(now.scheduler, context, now.goroutine);
        return ScopedValue.where(BOUND, then).call(body);
    }

    public final Scheduler scheduler() {
        return scheduler;
    }

    /// Calls `body` as if on a thread of `scheduler` that is no goroutine, with the background context: so what an object makes later, for whoever asks first, belongs
    /// to whom the object belongs.
    public static <T extends @Nullable Object, X extends Throwable> T callWithin(
            Scheduler scheduler, ScopedValue.CallableOp<? extends T, X> body) throws X {
        if (scheduler == Scheduler.current()) {
            return body.call();
        }
        return ScopedValue.where(BOUND, new Ambient(scheduler, null, null)).call(body);
    }

    public final @Nullable Goroutine goroutine() {
        return goroutine;
    }
}
