package dev.millrace.context;

import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An action registered by [Context#afterFunc]. Exactly one thing happens to it: it is started once, or one [#stop()] answers
/// true.
///
/// ```java
/// try (var stop = ctx.afterFunc(socket::close)) {
///     return socket.read(buffer); // after the block the action is stopped, or has ended
/// }
/// ```
///
/// Compared with Go: `stop()` is the function that `context.AfterFunc` answers. [#close()] and [#await()] are ours: Go's stop
/// never waits, and those who need it wait by hand.
public final class AfterFunc implements AutoCloseable {
    private static final VarHandle STATE;
    private static final VarHandle OVER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(AfterFunc.class, "state", State.class);
            OVER = lookup.findVarHandle(AfterFunc.class, "over", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private enum State {
        WAITING,
        STARTED,
        ENDED,
        STOPPED
    }

    private final @Nullable Node node;
    private final Action action;
    private final Trigger trigger = new Trigger();
    private volatile State state = State.WAITING;
    private volatile @Nullable Node over; // ends when the action has; made by the first who waits for that

    private AfterFunc(Context context, @Nullable Node node, Scheduler scheduler, Runnable body) {
        this.node = node;
        this.action = new Action(scheduler, context, body);
    }

    static AfterFunc register(Context context, @Nullable Node node, Scheduler scheduler, Runnable body) {
        var registered = new AfterFunc(context.detach(), node, scheduler, body);
        if (node != null && !node.add(registered.trigger)) {
            registered.start();
        }
        return registered;
    }

    private void start() {
        if (STATE.compareAndSet(this, State.WAITING, State.STARTED)) {
            try {
                action.spawn();
            } catch (Throwable t) {
                finished();
                throw t;
            }
        }
    }

    /// The state is set before `over` is read, and who waits sets `over` before he reads the state: one of them sees the other.
    private void finished() {
        STATE.compareAndSet(this, State.STARTED, State.ENDED);
        Node event = over;
        if (event != null) {
            event.occur();
        }
    }

    /// Prevents the action. True when that succeeded; false when it has started or was stopped before. Never waits.
    public boolean stop() {
        Owner.check(action.scheduler(), "stop of", this);
        boolean stopped = STATE.compareAndSet(this, State.WAITING, State.STOPPED);
        if (stopped) {
            if (node != null) {
                node.remove(trigger);
            }
            finished();
        }
        return stopped;
    }

    /// Whether the action was started.
    public boolean isStarted() {
        return state == State.STARTED || state == State.ENDED;
    }

    /// Waits until the action has ended; returns at once when it was stopped. Called from within the action, it returns at
    /// once too.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await() {
        Owner.check(action.scheduler(), "wait for", this);
        Done event = mustWaitFor();
        if (event != null) {
            event.await();
        }
    }

    /// [#stop()], and when that came too late, waits until the action has ended, whatever interrupts come.
    @Override
    public void close() {
        if (!stop()) {
            Done event = mustWaitFor();
            if (event != null) {
                event.awaitUninterruptibly();
            }
        }
    }

    private @Nullable Done mustWaitFor() {
        if (isOver() || Goroutine.running() == action) {
            return null;
        }
        Node event = over;
        if (event == null) {
            Node made = Done.newEvent(action.scheduler());
            Object was = OVER.compareAndExchange(this, null, made);
            event = was == null ? made : (Node) was;
        }
        return isOver() ? null : Done.of(event);
    }

    private boolean isOver() {
        return state == State.ENDED || state == State.STOPPED;
    }

    @Override
    public String toString() {
        return "AfterFunc " + state;
    }

    private final class Trigger extends Listener {
        @Override
        protected void tell(Ending ending) {
            start();
        }
    }

    /// Made at registration, so that its start needs nothing that could fail but the thread itself.
    private final class Action extends Goroutine {
        private final Runnable body;

        Action(Scheduler scheduler, Context context, Runnable body) {
            super(scheduler, context, null, "");
            this.body = body;
        }

        @Override
        protected void body() {
            body.run();
        }

        @Override
        protected void ended(@Nullable Throwable failure) {
            try {
                super.ended(failure);
            } finally {
                finished();
            }
        }
    }
}
