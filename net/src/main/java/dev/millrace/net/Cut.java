package dev.millrace.net;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.Scheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Ends one blocking call of the JDK with a context, by closing what it blocks on.
///
/// ```
///   RUNNING --- exit, by the thread of the call ------------> OVER   the call keeps its outcome, nothing was closed
///      |
///      +------- tell, by who ends the context --------------> CUT    closes; the call throws the context's exception
/// ```
///
/// One compare-and-set decides. So a cancel either ends the call and closes, or does neither: what comes next on the same connection is
/// never hit by the cancel of what came before. Both sides of a cut close, so that neither goes on before that. Who tells neither waits for the call nor the call for him: a socket that is closed
/// stays so, and the call has nothing to take back.
///
/// A call that has a timer of its own for the context's deadline (a read, which then leaves the socket as it is) is left to that.
final class Cut extends Listener {
    /// How far the clock of a context and the socket's timer may lie apart.
    private static final long SLACK = 2_000_000;

    private static final int RUNNING = 0;
    private static final int OVER = 1;
    private static final int CUT = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Cut.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Node node;
    private final Runnable close;
    private final boolean timed;
    private final long deadline;
    private volatile int state;

    private Cut(@Nullable Node node, Runnable close, long timer) {
        this.node = node;
        this.close = close;
        this.timed = timer != Long.MAX_VALUE;
        this.deadline = timed ? System.nanoTime() + timer : 0;
    }

    /// Begins. `close` may not block, throw, or run what a user wrote; it is called by two threads, perhaps at once.
    ///
    /// @param timer after how many nanoseconds the call ends by itself for the context's deadline; [Long#MAX_VALUE] when it does not
    /// @throws dev.millrace.context.ContextException when the context has ended; nothing has begun
    static Cut enter(Context ctx, Runnable close, long timer) {
        var cut = new Cut(ContextBase.nodeOf(ctx), close, timer);
        if (cut.node != null && !cut.node.add(cut)) {
            cut.exit();
            ctx.check();
        }
        return cut;
    }

    /// How long a timer of the call's own would run for the deadline of `ctx`; [Long#MAX_VALUE] when it has none, or not by the real clock.
    static long timer(Context ctx) {
        Node node = ContextBase.nodeOf(ctx);
        return node == null || node.scheduler() != Scheduler.real() ? Long.MAX_VALUE : ctx.remainingNanos();
    }

    @Override
    protected void tell(Ending ending) {
        if (timed && ending.isDeadline() && deadline - System.nanoTime() < SLACK) {
            return;
        }
        if (STATE.compareAndSet(this, RUNNING, CUT)) {
            close.run();
        }
    }

    /// Ends it. True when the call was left alone. When it was cut short it has been closed by now: who told may have won and not come
    /// to the close yet, so this closes too.
    boolean exit() {
        if (STATE.compareAndSet(this, RUNNING, OVER)) {
            if (node != null) {
                node.remove(this);
            }
        } else if (state == CUT) {
            close.run();
        }
        return state == OVER;
    }

    /// What a call throws that was cut short, or failed with `failure` under a context that has ended.
    static RuntimeException ended(Context ctx, @Nullable Throwable failure) {
        try {
            ctx.check();
        } catch (RuntimeException e) {
            if (failure != null) {
                e.addSuppressed(failure);
            }
            return e;
        }
        return new IllegalStateException("cut short by a context that has not ended: " + ctx, failure);
    }
}
