package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Delivers a node's end to one thread as an interrupt, between [#enter] and [#exit] and never outside.
///
/// ```
///   RUNNING ---- exit ------------------------------------------> EXITED
///      |
///      +-- tell --> INTERRUPTING -- interrupt() sent --> INTERRUPTED -- exit, flag cleared --> EXITED
///                        |                                   ^
///                        +-- exit comes first --> WAITED ----+   (the teller wakes the thread)
/// ```
///
/// Who tells moves RUNNING to INTERRUPTING, then sends the interrupt, then moves on; so an exit that finds INTERRUPTING knows
/// that an interrupt is on its way and waits for it, parked: spinning would cost milliseconds when the teller has lost its
/// processor. Bridges nest; an inner exit restores what outer ones have coming to them.
public final class InterruptBridge extends Listener {
    private static final int RUNNING = 0;
    private static final int INTERRUPTING = 1;
    private static final int WAITED = 2;
    private static final int INTERRUPTED = 3;
    private static final int EXITED = 4;

    private static final ThreadLocal<@Nullable InterruptBridge> INNERMOST = new ThreadLocal<>();
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(InterruptBridge.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Thread thread = Thread.currentThread();
    private final @Nullable Node node;
    private final @Nullable InterruptBridge outer;
    private final boolean interruptedBefore;
    private volatile int state = RUNNING;
    private boolean delivered;

    private InterruptBridge(@Nullable Node node) {
        this.node = node;
        this.outer = INNERMOST.get();
        this.interruptedBefore = thread.isInterrupted();
    }

    /// Begins to deliver `node`'s end to this thread; at once when it has ended.
    public static InterruptBridge enter(@Nullable Node node) {
        Owner.within(node, "interruptible region under");
        var bridge = new InterruptBridge(node);
        INNERMOST.set(bridge);
        try {
            if (node != null && !node.add(bridge)) {
                bridge.deliver();
            }
        } catch (Throwable t) {
            bridge.exit();
            throw t;
        }
        return bridge;
    }

    @Override
    protected void tell(Ending ending) {
        deliver();
    }

    private void deliver() {
        if (!STATE.compareAndSet(this, RUNNING, INTERRUPTING)) {
            return;
        }
        try {
            thread.interrupt(); // closes what the thread reads, which may throw
        } finally {
            if (!STATE.compareAndSet(this, INTERRUPTING, INTERRUPTED)) {
                state = INTERRUPTED;
                LockSupport.unpark(thread);
            }
        }
    }

    /// Ends the delivery. True when the interrupt was sent; then it is taken back here. A second call only answers.
    public boolean exit() {
        if (state == EXITED) {
            return delivered;
        }
        if (node != null) {
            node.remove(this);
        }
        if (!STATE.compareAndSet(this, RUNNING, EXITED)) {
            awaitSent();
            Thread.interrupted();
            state = EXITED;
            delivered = true;
        }
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        if (delivered && (interruptedBefore || outerHasSent())) {
            thread.interrupt();
        }
        return delivered;
    }

    private void awaitSent() {
        if (state == INTERRUPTING && STATE.compareAndSet(this, INTERRUPTING, WAITED)) {
            while (state != INTERRUPTED) {
                Thread.interrupted(); // else the park returns at once
                LockSupport.park(this);
            }
        }
    }

    private boolean outerHasSent() {
        for (InterruptBridge b = outer; b != null; b = b.outer) {
            if (b.state != RUNNING && b.state != EXITED) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "interrupt bridge";
    }
}
