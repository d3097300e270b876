package dev.millrace.jdbc;

import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Brings a context's end to one call of a driver, and to no other.
///
/// ```
///   CALLING ---- the call returns -----------------------------------> OVER
///      |
///      +-- the context ends --> FIRING -- the call returns ----------> OVER   (tells `over`, then joins)
/// ```
///
/// The thread that made the call moves to OVER, the after-func of the context moves to FIRING. Who moves to FIRING has two
/// parts: the *canceller* calls `Statement.cancel` until the call is over, and the *watch* aborts the connection when that takes
/// longer than the grace time. The caller leaves only after both have ended, so no cancel of ours is on its way when it makes
/// its next call. There is one exception: when the connection was aborted nothing can come of a late cancel, and a canceller
/// that hangs (it connects to a server that does not answer) is not waited for.
final class Guard implements Runnable {
    /// A cancel that comes before the server has begun, or between two fetches, does nothing, and no driver tells. So it is
    /// sent again after these pauses while the call has not returned.
    private static final long FIRST_PAUSE_MILLIS = 5;

    private static final long LAST_PAUSE_MILLIS = 500;

    private static final int CALLING = 0;
    private static final int FIRING = 1;
    private static final int OVER = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Guard.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Connection connection;
    private final DriverKind kind;
    private final @Nullable Cancel cancel;
    private final Duration grace;
    @SuppressWarnings("unused") // through STATE
    private volatile int state = CALLING;
    private @Nullable CancellableContext over; // written before FIRING, read after it
    private volatile @Nullable Exception cancelFailure;
    private volatile boolean aborted; // before the abort, so that what it makes fail sees it

    private Guard(Connection connection, DriverKind kind, @Nullable Cancel cancel, Duration grace) {
        this.connection = connection;
        this.kind = kind;
        this.cancel = cancel;
        this.grace = grace;
    }

    /// Makes `call`, and ends it when `ctx` ends: by `cancel` if there is one, else after the grace time by an
    /// abort of `connection`.
    static <T extends @Nullable Object> T call(
            Context ctx,
            Connection connection,
            DriverKind kind,
            @Nullable Cancel cancel,
            Duration grace,
            Call<T> call)
            throws Throwable {
        return make(ctx, connection, kind, cancel, grace, call, false);
    }

    /// Makes `call`, which commits. Nothing cancels it, so what it throws is its own. Once `connection` has been aborted nobody knows
    /// whether it has happened: the exception says so, and is not the context's, which would say that nothing has.
    static <T extends @Nullable Object> T commit(
            Context ctx, Connection connection, DriverKind kind, Duration grace, Call<T> call) throws Throwable {
        return make(ctx, connection, kind, null, grace, call, true);
    }

    private static <T extends @Nullable Object> T make(
            Context ctx,
            Connection connection,
            DriverKind kind,
            @Nullable Cancel cancel,
            Duration grace,
            Call<T> call,
            boolean commits)
            throws Throwable {
        ctx.check();
        if (ctx.done().isNever()) {
            return call.call();
        }
        var guard = new Guard(connection, kind, cancel, grace);
        var registered = ctx.afterFunc(guard);
        T result;
        try {
            result = call.call();
        } catch (SQLException e) {
            boolean fired = guard.exit(registered);
            if (commits) {
                throw guard.aborted ? guard.unknown(ctx, e) : e;
            }
            throw fired || CancelErrors.isCancel(e) ? guard.ended(ctx, e) : e;
        } catch (Throwable t) {
            guard.exit(registered);
            throw t;
        }
        guard.exit(registered);
        return result;
    }

    /// Makes `call` whatever has ended and whatever ends, and answers or throws what it does; when `ctx` has ended for the
    /// grace time and the call has not returned, `connection` is aborted.
    static <T extends @Nullable Object> T tidy(
            Context ctx, Connection connection, DriverKind kind, Duration grace, Call<T> call) throws Throwable {
        if (ctx.done().isNever()) {
            return call.call();
        }
        var guard = new Guard(connection, kind, null, grace);
        var registered = ctx.afterFunc(guard);
        try {
            return call.call();
        } finally {
            guard.exit(registered);
        }
    }

    /// Closes the door. True when the context's end had come through it.
    private boolean exit(AfterFunc registered) {
        boolean fired = (int) STATE.getAndSet(this, OVER) == FIRING;
        if (fired && over != null) {
            over.cancel();
        }
        registered.close();
        return fired;
    }

    /// The context's exception; `original` when the context has not ended.
    private Throwable ended(Context ctx, SQLException original) {
        try {
            ctx.check();
        } catch (ContextException e) {
            e.addSuppressed(original);
            if (cancelFailure != null) {
                e.addSuppressed(cancelFailure);
            }
            return e;
        }
        return original;
    }

    private SQLException unknown(Context ctx, SQLException original) {
        var e = new SQLException(
                "the connection was aborted during a commit: whether that has happened is unknown", "08007", original);
        try {
            ctx.check();
        } catch (ContextException ended) {
            e.addSuppressed(ended);
        }
        if (cancelFailure != null) {
            e.addSuppressed(cancelFailure);
        }
        return e;
    }

    /// The after-func: the watch.
    @Override
    public void run() {
        try (var callOver = Context.current().withCancel();
                var cancelOver = Context.current().withCancel()) {
            over = callOver;
            if (!STATE.compareAndSet(this, CALLING, FIRING)) {
                return;
            }
            Cancel target = cancel;
            if (target == null) {
                cancelOver.cancel();
            } else {
                Go.go(Context.current(), "jdbc cancel", _ -> {
                    try {
                        cancelUntil(callOver, target);
                    } finally {
                        cancelOver.cancel();
                    }
                });
            }
            boolean returned = callOver.awaitDone(grace);
            if (!kind.isAbortable()) {
                cancelOver.awaitDone(); // not before the call has returned
            } else if (!returned || !cancelOver.awaitDone(grace)) {
                abort(); // the second: the late cancel may arrive later still
            }
        }
    }

    private void cancelUntil(Context callOver, Cancel target) {
        for (long pause = FIRST_PAUSE_MILLIS;
                !callOver.isDone();
                pause = Math.min(2 * pause, LAST_PAUSE_MILLIS)) {
            try {
                target.cancel();
            } catch (SQLException | RuntimeException e) {
                cancelFailure = e; // the next try may succeed, and the abort comes in any case
            }
            callOver.awaitDone(Duration.ofMillis(pause));
        }
    }

    private void abort() {
        aborted = true;
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            cancelFailure = e;
        }
    }
}
