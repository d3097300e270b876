package dev.millrace.internal;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Virtual threads and the JDK's clock, and one daemon thread for all timers.
///
/// The timer thread runs nothing that a user wrote, holds no thread-locals and no class loader, and ends when there was
/// nothing to do for some seconds; the next timer starts it again. It is woken only for a timer that is due before it looks again by itself: to
/// set a timer and withdraw it, as each call under a deadline of its own does, costs no change of threads. JDK timed parks are not used for waits: they cost an
/// allocation on the carrier each, and with an exhausted heap they lose threads.
///
/// Without memory nothing is lost: a timer that finds none when it fires goes back, and is tried again; the thread itself needs none; and who
/// cannot start it tries for as long as there are timers of others, who rely on it.
final class RealScheduler extends Scheduler implements Runnable {
    private final ThreadFactory threads;
    private final SpinLock lock = new SpinLock();
    private final TimerHeap timers = new TimerHeap(); // guarded by lock
    private @Nullable Thread thread; // guarded by lock; null: not running
    private long wakesAt; // guarded by lock: when the thread looks again by itself; in the past while it runs
    private boolean firing; // guarded by lock: a timer has left the heap, and what it does is not yet done

    RealScheduler() {
        this(Thread.ofPlatform()
                .name("millrace-timers")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .factory());
    }

    /// For tests.
    RealScheduler(ThreadFactory threads) {
        this.threads = threads;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void giveWay() {
        Fairness.giveWay();
    }

    @Override
    protected void start(Goroutine goroutine) {
        super.start(goroutine);
        if (!Thread.currentThread().isVirtual()) {
            Fairness.lookSoon();
        }
    }

    /// Nobody is counted; but who is about to park may look after those who wait for a carrier.
    @Override
    protected @Nullable Seat seat(Waiter waiter) {
        Fairness.look(waiter.since);
        return null;
    }

    @Override
    public Instant wallClock(long nanoTime) {
        long offset = nanoTime - System.nanoTime();
        return Instant.now().plusNanos(offset);
    }

    @Override
    public void schedule(Timer timer, long when) {
        lock.lock();
        while (!timers.hasRoom()) {
            lock.unlock();
            var larger = timers.larger();
            lock.lock();
            timers.grow(larger);
        }
        timers.add(timer, when);
        Thread runner = thread;
        boolean tooLate = when - wakesAt < 0;
        if (tooLate) {
            wakesAt = when;
        }
        lock.unlock();
        if (runner == null) {
            startThread(timer);
        } else if (tooLate) {
            LockSupport.unpark(runner);
        }
    }

    private void startThread(Timer timer) {
        try {
            tryStartThread();
        } catch (Throwable t) {
            cancel(timer);
            startForOthers();
            throw t;
        }
    }

    /// Whoever has set a timer meanwhile saw that the thread was being started, and relies on it.
    private void startForOthers() {
        while (isThreadMissing()) {
            Spin.awaitMemory();
            try {
                tryStartThread();
            } catch (Throwable t) {
                // once more
            }
        }
    }

    private void tryStartThread() {
        Thread started = threads.newThread(this);
        started.setContextClassLoader(null);
        lock.lock();
        boolean won = thread == null && timers.size() > 0;
        if (won) {
            thread = started;
        }
        lock.unlock();
        if (won) {
            try {
                started.start();
            } catch (Throwable t) {
                lock.lock();
                thread = null;
                lock.unlock();
                throw t;
            }
        }
    }

    private boolean isThreadMissing() {
        lock.lock();
        boolean missing = thread == null && timers.size() > 0;
        lock.unlock();
        return missing;
    }

    @Override
    public boolean cancel(Timer timer) {
        lock.lock();
        boolean removed = timers.remove(timer);
        lock.unlock();
        return removed;
    }

    /// Whether a timer is still to fire, or does so now.
    boolean isAwaited() {
        lock.lock();
        boolean awaited = timers.size() > 0 || firing;
        lock.unlock();
        return awaited;
    }

    /// Whether `t` is the thread that fires the timers.
    boolean isRunBy(Thread t) {
        lock.lock();
        boolean mine = thread == t;
        lock.unlock();
        return mine;
    }

    /// Copies without allocating under the lock: the room is made before.
    @Override
    public List<Timer> timersSet() {
        @Nullable Timer[] all = {};
        for (int size = 0;; all = new Timer[size + 64]) {
            lock.lock();
            size = timers.copyTo(all);
            lock.unlock();
            if (size <= all.length) {
                return Arrays.stream(all, 0, size).map(Objects::requireNonNull).toList();
            }
        }
    }

    @Override
    public void run() {
        boolean idle = false;
        for (;;) {
            long now = System.nanoTime();
            lock.lock();
            Timer due = timers.pollDue(now);
            firing = due != null;
            long pause = 0;
            if (due == null) {
                boolean none = timers.size() == 0;
                if (none && idle) {
                    thread = null;
                    lock.unlock();
                    return;
                }
                pause = none ? Tuning.TIMER_IDLE_NANOS : Math.min(timers.firstWhen() - now, Tuning.TIMER_IDLE_NANOS);
                wakesAt = now + pause;
                idle = none;
            }
            lock.unlock();
            if (due == null) {
                LockSupport.parkNanos(this, pause);
                Thread.interrupted(); // a stranger's; else the next park returns at once
                idle = idle && System.nanoTime() - now >= pause;
            } else {
                idle = false;
                fireOrPutBack(due);
            }
        }
    }

    private void fireOrPutBack(Timer due) {
        try {
            due.fire();
        } catch (OutOfMemoryError e) {
            lock.lock();
            if (!due.isSet()) { // it may have been set again meanwhile
                timers.add(due, System.nanoTime() + Tuning.TIMER_RETRY_NANOS);
            }
            lock.unlock();
        } catch (Throwable t) {
            Uncaught.giveLater(t);
        }
    }

    @Override
    public String toString() {
        return "real time";
    }
}
