package dev.millrace.testing;

import dev.millrace.internal.SpinLock;
import dev.millrace.internal.Timer;
import dev.millrace.internal.TimerHeap;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A clock that stands until it is moved, and the timers that wait for it. Its lock guards the heap, with `when`, `index` and `order` of the
/// timers in it.
final class VirtualClock extends SpinLock {
    /// The time at which each bubble begins.
    static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private static final long START_NANOS = 1_000_000_000L; // not 0, which stands for "never" in places

    private final TimerHeap timers = new TimerHeap(); // guarded by the lock
    private volatile long now = START_NANOS; // written by the driver

    long now() {
        return now;
    }

    static Instant at(long nanos) {
        return START.plusNanos(nanos - START_NANOS);
    }

    /// Sets `timer` for `when`; `order` decides between those of one instant. True when it is due.
    boolean add(Timer timer, long when, long order) {
        lock();
        while (!timers.hasRoom()) {
            unlock();
            var larger = timers.larger();
            lock();
            timers.grow(larger);
        }
        timers.add(timer, when, order);
        unlock();
        return when - now <= 0;
    }

    boolean remove(Timer timer) {
        lock();
        boolean removed = timers.remove(timer);
        unlock();
        return removed;
    }

    /// Takes out a timer that is due, null when none is.
    @Nullable Timer due() {
        lock();
        Timer due = timers.pollDue(now);
        unlock();
        return due;
    }

    boolean hasDue() {
        lock();
        boolean has = timers.size() > 0 && timers.firstWhen() - now <= 0;
        unlock();
        return has;
    }

    /// Moves on to the next timer, if there is one that is not after `limit`. False when there is none, and then nothing has changed.
    boolean toNext(long limit) {
        lock();
        boolean is = timers.size() > 0 && timers.firstWhen() - limit <= 0;
        if (is && timers.firstWhen() - now > 0) {
            now = timers.firstWhen();
        }
        unlock();
        return is;
    }

    /// Moves on to the next timer. False when there is none.
    boolean toNext() {
        lock();
        boolean is = timers.size() > 0;
        if (is && timers.firstWhen() - now > 0) {
            now = timers.firstWhen();
        }
        unlock();
        return is;
    }

    void to(long when) {
        now = when;
    }

    /// How many timers are set.
    int timers() {
        lock();
        int n = timers.size();
        unlock();
        return n;
    }
}
