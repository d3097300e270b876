package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Gets a carrier for those who were made runnable from outside, also while those inside never run out of work.
///
/// Each carrier of the JDK (25) has a queue of its own, and looks at what comes from outside (woken by a timer, a socket, a platform thread) only when
/// that is empty. Goroutines that keep waking each other, two to a carrier, never let it be: a deadline passes, and the one who waits
/// for it does not run, for as long as they go on. Go looks at its global queue at every 61st turn. Here nobody can make a carrier look; but
/// those inside can be held back:
///
///  - Who is about to wait asks for a look when there was none for long, and who wakes or starts a goroutine from a platform thread asks
///    for one soon. A thread of our own, the warden, starts a virtual thread, which comes from outside as well.
///  - When that has not run within [Tuning#PROBE_NANOS] the warden shuts the [Gate]: whom goroutines wake is held. The carriers' own queues
///    run dry, those from outside run, and then the gate is opened. Whom the warden wakes comes from outside too; so also where there are too many to run
///    dry, all stand in line together.
///
/// The warden runs nothing that a user wrote, and ends when nobody has asked for some seconds. Only who waits by our means can be held: who only calls
/// `Thread.yield()`, or wakes others by the JDK's own means, keeps the carrier.
final class Fairness implements Runnable {
    private static final Fairness ONE = new Fairness();
    private static final VarHandle LAST;
    private static final VarHandle WARDEN;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LAST = lookup.findVarHandle(Fairness.class, "last", long.class);
            WARDEN = lookup.findVarHandle(Fairness.class, "warden", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Gate gate = new Gate();
    private long last = System.nanoTime(); // the last look's end, in the future while one is on its way; read plainly it is a hint
    private long soon = Tuning.SOON_NANOS; // a hint for all but the warden
    private volatile boolean asked;
    private volatile boolean askedEarly; // the warden looks when it is time
    private volatile @Nullable Thread warden;

    private Fairness() {}

    /// Asks for a look if there was none for long. Costs a comparison when it is not time.
    ///
    /// @param now by the real clock
    static void look(long now) {
        if (now - ONE.last >= Tuning.LOOK_NANOS) {
            ONE.ask(now);
        }
    }

    /// Asks for a look soon: the caller, a platform thread, has just made somebody runnable.
    static void lookSoon() {
        long now = System.nanoTime();
        if (now - ONE.last >= ONE.soon) {
            ONE.ask(now);
        } else if (!ONE.askedEarly) {
            ONE.askedEarly = true;
        }
    }

    /// Wakes `thread`, later if the gate is shut.
    static void wake(Thread thread) {
        if (!Thread.currentThread().isVirtual()) {
            Waking.unpark(thread);
            lookSoon();
        } else if (ONE.gate.isShut() && thread.isVirtual()) {
            ONE.gate.hold(thread);
        } else {
            Waking.unpark(thread);
        }
    }

    /// Lets others run. As a yield, but for that it may leave a permit behind: the caller's next park may return at once.
    static void giveWay() {
        look(System.nanoTime());
        Thread me = Thread.currentThread();
        if (ONE.gate.isShut() && me.isVirtual() && !me.isInterrupted()) {
            ONE.gate.hold(me);
            LockSupport.park(ONE);
        } else {
            Thread.yield();
        }
    }

    /// Whether goroutines shall park rather than yield: who yields stays in the carrier's own queue.
    static boolean isGateShut() {
        return ONE.gate.isShut();
    }

    /// Whether `thread` is the warden.
    static boolean isRunBy(Thread thread) {
        return ONE.warden == thread;
    }

    private void ask(long now) {
        long seen = last;
        if (now - seen < 0 || !LAST.compareAndSet(this, seen, now + Tuning.LOOK_LOST_NANOS)) {
            return;
        }
        asked = true;
        Thread t = warden;
        if (t != null) {
            LockSupport.unpark(t);
        } else {
            startWarden();
        }
    }

    private void startWarden() {
        Thread started = null;
        try {
            started = Thread.ofPlatform()
                    .name("millrace-fairness")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this);
            started.setContextClassLoader(null);
            if (WARDEN.compareAndSet(this, null, started)) {
                started.start();
            }
        } catch (Throwable t) { // no memory, or no more threads: who waits after the time for a lost look tries again
            if (started != null) {
                WARDEN.compareAndSet(this, started, null); // not another's, which runs
            }
        }
    }

    @Override
    public void run() {
        try {
            do {
                while (awaitAsked()) {
                    lookNow();
                }
                warden = null;
            } while (asked && WARDEN.compareAndSet(this, null, Thread.currentThread()));
        } catch (Throwable t) { // no memory for a probe: the next one who asks starts another warden
            gate.open();
            warden = null;
        }
    }

    /// False when nobody has asked for long.
    private boolean awaitAsked() {
        long start = System.nanoTime();
        for (;;) {
            long past = System.nanoTime() - start;
            if (asked || (askedEarly && past >= soon)) {
                asked = false;
                askedEarly = false;
                return true;
            }
            long left = (past < soon ? soon : Tuning.TIMER_IDLE_NANOS) - past;
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, left);
            Thread.interrupted(); // a stranger's; else the next park returns at once
        }
    }

    private void lookNow() {
        var probe = new Probe(Thread.currentThread());
        Thread.ofVirtual().name("millrace-probe").inheritInheritableThreadLocals(false).start(probe);
        boolean cured = false;
        if (!probe.await(Tuning.PROBE_NANOS)) {
            gate.shut();
            for (int i = 0; i < Tuning.MOST_HOLDS && !probe.await(Tuning.HOLD_NANOS); i++) {
                gate.letThrough();
            }
            cured = probe.hasRun;
            if (cured) {
                LockSupport.parkNanos(this, Tuning.PASS_NANOS); // for the others from outside
            }
            gate.open();
        }
        soon = cured ? Tuning.SOON_NANOS : Math.min(2 * soon, Tuning.MOST_SOON_NANOS);
        LAST.setOpaque(this, System.nanoTime());
    }

    /// Runs on a carrier, once.
    private static final class Probe implements Runnable {
        private final Thread sender;
        private volatile boolean hasRun;

        private Probe(Thread sender) {
            this.sender = sender;
        }

        @Override
        public void run() {
            hasRun = true;
            LockSupport.unpark(sender);
        }

        /// Whether it has run within `nanos`.
        private boolean await(long nanos) {
            long start = System.nanoTime();
            long left = nanos;
            while (!hasRun && left > 0) {
                LockSupport.parkNanos(this, left);
                Thread.interrupted();
                left = nanos - (System.nanoTime() - start);
            }
            return hasRun;
        }
    }

    @Override
    public String toString() {
        return "a look for those who come from outside";
    }
}
