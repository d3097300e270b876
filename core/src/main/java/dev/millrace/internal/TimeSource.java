package dev.millrace.internal;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What makes a channel without senders give an instant when that has come: once, or again and again.
///
/// Nothing fires into the channel. It *has* a value from `when` on, and whoever looks sees it: a receive, a select, a
/// stop. Only while somebody waits in the channel's queue a timer is set, to wake him. So a channel that nobody refers to is garbage
/// at once, whether it was stopped or not; a value that is withdrawn by [#stop()] or [#reset] cannot be on its way; a slow
/// receiver finds one tick and never a burst; and a select that another case has won leaves no timer. (The Go team came to the same
/// design in Go 1.23.)
///
/// Protocol: `pending`, `when` and `period` are guarded by the channel's lock. `armed` is guarded by `arming`, which is taken before the
/// channel's lock and the timers', and never while one of them is held. After each change of the queue or of `when`,
/// outside the channel's lock, [#adjust()] sets or withdraws the timer as the channel is *then*; since that is done by one
/// at a time, the last one sees the last change.
public final class TimeSource {
    private final ChanCore chan;
    private final Scheduler scheduler;
    private boolean pending;
    private long when;
    private long period; // 0: once

    private final ReentrantLock arming = new ReentrantLock();
    private @Nullable Bell armed;

    TimeSource(ChanCore chan, long nanos, long period) {
        this.chan = chan;
        this.scheduler = chan.scheduler();
        begin(nanos, period);
    }

    /// Starts a source, with a channel called `name`, that gives a value in `nanos`, at once when that is not positive; and
    /// from then on every `period`, unless that is 0.
    public static TimeSource start(String name, long nanos, long period) {
        return ChanCore.make(name, nanos, period).source();
    }

    public ChanCore chan() {
        return chan;
    }

    private void begin(long nanos, long every) {
        pending = true;
        when = Scheduler.after(scheduler.nanoTime(), nanos);
        period = every;
    }

    /// No more values, until it is reset. Whether one was still to come; one that had come and was not received counts as such.
    public boolean stop() {
        Owner.check(scheduler, "stop of", this);
        chan.lock();
        boolean was = pending;
        pending = false;
        chan.unlock();
        adjust();
        return was;
    }

    /// Begins again, as [#start] does. What had come and was not received is withdrawn. Answers what [#stop()] would.
    public boolean reset(long nanos, long every) {
        Owner.check(scheduler, "reset of", this);
        chan.lock();
        boolean was = pending;
        begin(nanos, every);
        chan.unlock();
        adjust();
        return was;
    }

    /// Whether there is a value. Without the channel's lock a hint; exact when nothing changes meanwhile.
    boolean isDue() {
        return pending && scheduler.nanoTime() - when >= 0;
    }

    /// The value that is there: the instant at which it came. Null when there is none. Under the channel's lock.
    @Nullable Object peek() {
        if (!isDue()) {
            return null;
        }
        try {
            return scheduler.wallClock(when);
        } catch (VirtualMachineError e) {
            return null; // no memory: whoever asks next gets it; the lock must be given back
        }
    }

    /// The value that was seen is received: ticks that were missed are gone with it. Under the channel's lock.
    void take() {
        if (period == 0) {
            pending = false;
        } else {
            long late = scheduler.nanoTime() - when;
            when += period * (1 + late / period);
        }
    }

    /// Sets the timer as the channel needs it now. Outside the channel's lock.
    void adjust() {
        adjust(null);
    }

    private void adjust(@Nullable Bell rung) {
        arming.lock();
        try {
            if (armed == rung) {
                armed = null;
            }
            chan.lock();
            boolean needed = pending && chan.isAwaited();
            long at = when;
            chan.unlock();
            Bell before = armed;
            if (before != null && (!needed || before.at != at)) {
                scheduler.cancel(before); // when it fires at this moment it does no harm
                armed = null;
            }
            if (needed && armed == null) {
                var bell = new Bell(at);
                scheduler.schedule(bell, at);
                armed = bell;
            }
        } finally {
            arming.unlock();
        }
    }

    /// `alarm, due in PT1.5S`.
    @Override
    public String toString() {
        chan.lock();
        boolean set = pending;
        long left = when - scheduler.nanoTime();
        long every = period;
        chan.unlock();
        String rhythm = every == 0 ? "" : " every " + Duration.ofNanos(every);
        String state = !set ? ", stopped" : left <= 0 ? ", due" : ", due in " + Duration.ofNanos(left);
        return chan.name() + rhythm + state;
    }

    private final class Bell extends Timer {
        final long at;

        Bell(long at) {
            this.at = at;
        }

        @Override
        protected void fire() {
            chan.serveFromSource();
            adjust(this);
        }
    }
}
