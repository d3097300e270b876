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
///
/// The thread may hold all its bridges back for a while, around a call that an interrupt would harm and that is ended by other
/// means:
///
/// ```
///   RUNNING ---- shield --> HELD -- unshield --> RUNNING
///                            |
///                            +-- tell --> KEPT -- unshield, interrupt() sent by the thread itself --> INTERRUPTED
/// ```
///
/// An interrupt that was sent before and that nobody has heard yet is taken back by the shield, and set again after it; one
/// that is on its way is waited for first, as by exit. Once a bridge has sent, a stranger's interrupt is one bit with it, and
/// comes after the shield too; before that it is left alone.
///
/// One that *insists* sends again and again until the exit, for a body that swallows interrupts: after pauses that grow, by a timer, which is armed
/// by whoever has sent the first one and then by itself.
///
/// ```
///   INTERRUPTED -- timer --> INTERRUPTING -- interrupt() sent --> INTERRUPTED -- exit --> EXITED, then the flag is cleared
///        |
///        +-- shield --> PAUSED -- unshield --> INTERRUPTED
/// ```
///
/// So the exit moves to EXITED first and clears the flag after it: until then one more may come. A timer that finds another state sends nothing.
///
/// Bridges and shields nest as blocks do. A bridge that is entered within a shield is not held back by it: its interrupt is for
/// code that asked for it.
public final class InterruptBridge extends Listener {
    private static final int RUNNING = 0;
    private static final int INTERRUPTING = 1;
    private static final int WAITED = 2;
    private static final int INTERRUPTED = 3;
    private static final int EXITED = 4;
    private static final int HELD = 5;
    private static final int KEPT = 6;
    private static final int PAUSED = 7;

    /// As of statements: see ADR 20.
    private static final long FIRST_PAUSE = 5_000_000;

    private static final long LONGEST_PAUSE = 500_000_000;

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
    private final @Nullable Again again; // null: does not insist
    private volatile int state = RUNNING;
    private boolean delivered;
    private int shields; // this and the next are the thread's own
    private boolean taken; // an interrupt that was sent and not heard before the shield

    private InterruptBridge(@Nullable Node node, boolean insists) {
        this.node = node;
        this.again = insists && node != null ? new Again(node.scheduler()) : null;
        this.outer = INNERMOST.get();
        this.interruptedBefore = thread.isInterrupted();
    }

    /// Begins to deliver `node`'s end to this thread; at once when it has ended.
    public static InterruptBridge enter(@Nullable Node node) {
        return enter(node, false);
    }

    /// The same.
    ///
    /// @param insists whether to send it again and again, until the exit
    public static InterruptBridge enter(@Nullable Node node, boolean insists) {
        Owner.within(node, "interruptible region under");
        var bridge = new InterruptBridge(node, insists);
        INNERMOST.set(bridge);
        try {
            if (node != null && !node.add(bridge)) {
                bridge.deliver(RUNNING);
            }
        } catch (Throwable t) {
            bridge.exit();
            throw t;
        }
        return bridge;
    }

    @Override
    protected void tell(Ending ending) {
        deliver(RUNNING);
    }

    private void deliver(int from) {
        while (!STATE.compareAndSet(this, from, INTERRUPTING)) {
            int now = state;
            if ((now != from && now != HELD) || STATE.compareAndSet(this, HELD, KEPT)) {
                return;
            }
        }
        try {
            thread.interrupt(); // closes what the thread reads, which may throw
        } finally {
            if (!STATE.compareAndSet(this, INTERRUPTING, INTERRUPTED)) {
                state = INTERRUPTED;
                LockSupport.unpark(thread);
            }
            if (from == RUNNING && again != null) {
                again.arm();
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
            takeBack();
            if (again != null) {
                again.end();
            }
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

    /// Holds back the interrupts of all bridges around the running code, until [#unshield] of the answer. Null when there are
    /// none. Shields nest.
    public static @Nullable InterruptBridge shield() {
        InterruptBridge innermost = INNERMOST.get();
        for (InterruptBridge b = innermost; b != null; b = b.outer) {
            if (b.shields++ == 0 && !STATE.compareAndSet(b, RUNNING, HELD)) {
                b.taken = b.takeBack();
                if (b.again != null) {
                    b.again.hold();
                }
            }
        }
        return innermost;
    }

    /// Ends a [#shield]: what was held back is delivered now.
    public static void unshield(@Nullable InterruptBridge shielded) {
        for (InterruptBridge b = shielded; b != null; b = b.outer) {
            if (--b.shields == 0 && !STATE.compareAndSet(b, HELD, RUNNING)) {
                boolean kept = STATE.compareAndSet(b, KEPT, INTERRUPTED);
                STATE.compareAndSet(b, PAUSED, INTERRUPTED);
                if (kept || b.taken) {
                    b.thread.interrupt();
                }
                if (kept && b.again != null) {
                    b.again.arm();
                }
            }
        }
    }

    /// Clears the flag, once the interrupt has been sent for certain. True when it was set, also by others.
    private boolean takeBack() {
        boolean set = Thread.interrupted(); // else the park returns at once
        for (int now = state; now == INTERRUPTING || now == WAITED; now = state) { // also of the next one, when it insists
            if (now == WAITED || STATE.compareAndSet(this, INTERRUPTING, WAITED)) {
                LockSupport.park(this);
                set |= Thread.interrupted();
            }
        }
        boolean again = Thread.interrupted();
        return set || again;
    }

    private boolean outerHasSent() {
        for (InterruptBridge b = outer; b != null; b = b.outer) {
            if (b.shields == 0 && b.state != RUNNING && b.state != EXITED) {
                return true;
            }
        }
        return false;
    }

    /// Sends again, after a pause. At most once scheduled: by who has sent the first one, or by the thread itself when that was kept; then by itself.
    private final class Again extends Timer {
        private final Scheduler scheduler;
        private long pause = FIRST_PAUSE; // written by the timer as it fires, and not after that; handed on by the lock of the timers

        Again(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        /// The exit writes the state and then cancels, this schedules and then reads the state: one of them takes it out.
        void arm() {
            scheduler.schedule(this, Scheduler.after(scheduler.nanoTime(), pause));
            if (state == EXITED) {
                scheduler.cancel(this);
            }
        }

        @Override
        protected void fire() {
            if (state != EXITED) {
                pause = Math.min(2 * pause, LONGEST_PAUSE);
                try {
                    deliver(INTERRUPTED);
                } finally {
                    arm();
                }
            }
        }

        /// On the thread: from now on none comes, and the flag is clear.
        void end() {
            while (isSent() && !STATE.compareAndSet(InterruptBridge.this, INTERRUPTED, EXITED)) {
                takeBack();
            }
            Thread.interrupted();
            scheduler.cancel(this);
        }

        /// On the thread: none comes until the shield has ended.
        void hold() {
            while (!STATE.compareAndSet(InterruptBridge.this, INTERRUPTED, PAUSED)) {
                taken |= takeBack();
            }
            taken |= Thread.interrupted();
        }

        private boolean isSent() {
            int now = state;
            return now == INTERRUPTING || now == WAITED || now == INTERRUPTED;
        }
    }

    @Override
    public String toString() {
        return again == null ? "interrupt bridge" : "interrupt bridge that insists";
    }
}
