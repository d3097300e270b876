package dev.millrace.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Virtual time in its smallest form: a clock that stands still until a test moves it, and a count of the goroutines
/// that can run. Goroutines are started on the JDK's virtual threads.
public final class ManualScheduler extends Scheduler {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    static {
        announceOthers();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final TimerHeap timers = new TimerHeap();
    private final long start;
    private final Instant startAt;
    private String name = "of a test";
    private volatile long now;
    private long runnable;
    private long lowest;

    /// Starts the clock at `start` nanoseconds, which is `startAt` by the calendar.
    public ManualScheduler(long start, Instant startAt) {
        this.start = start;
        this.startAt = startAt;
        this.now = start;
    }

    public ManualScheduler() {
        this(1_000, Instant.parse("2030-01-01T00:00:00Z"));
    }

    /// One for a bubble called `name`.
    public ManualScheduler(String name) {
        this();
        this.name = name;
    }

    @Override
    public String toString() {
        return "bubble " + name;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant wallClock(long nanoTime) {
        return startAt.plusNanos(nanoTime - start);
    }

    @Override
    public void schedule(Timer timer, long when) {
        lock.lock();
        try {
            timers.add(timer, when);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean cancel(Timer timer) {
        lock.lock();
        try {
            return timers.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    /// One seat for all: who waits by this scheduler is counted, whatever thread it is.
    private final Seat seat = new Seat() {
        @Override
        protected void blocked() {
            count(-1);
        }

        @Override
        protected void unblocking() {
            count(1);
        }

        @Override
        protected void withdrawn() {
            count(-1);
        }
    };

    @Override
    protected Seat seat(Waiter waiter) {
        return seat;
    }

    @Override
    protected void start(Goroutine goroutine) {
        count(1);
        try {
            super.start(goroutine);
        } catch (Throwable t) {
            count(-1);
            throw t;
        }
    }

    @Override
    protected void ended(Goroutine goroutine) {
        count(-1);
    }

    private void count(int delta) {
        lock.lock();
        try {
            runnable += delta;
            lowest = Math.min(lowest, runnable);
            if (runnable == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// How many timers wait.
    public int timers() {
        lock.lock();
        try {
            return timers.size();
        } finally {
            lock.unlock();
        }
    }

    /// How many goroutines can run.
    public long runnable() {
        lock.lock();
        try {
            return runnable;
        } finally {
            lock.unlock();
        }
    }

    /// The lowest count there ever was; below 0 the protocol was broken.
    public long lowest() {
        lock.lock();
        try {
            return lowest;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until no goroutine can run.
    public void awaitIdle() {
        long left = LIMIT.toNanos();
        lock.lock();
        try {
            while (runnable != 0) {
                if (left <= 0) {
                    throw new AssertionError("still " + runnable + " goroutines that can run after " + LIMIT);
                }
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    /// Moves the clock on by `span`, from timer to timer; everybody comes to rest before each step and in the end.
    public void advance(Duration span) {
        advance(span.toNanos());
    }

    /// See [#advance(Duration)].
    public void advance(long nanos) {
        long end = now + nanos;
        for (;;) {
            awaitIdle();
            Timer due;
            lock.lock();
            try {
                Timer first = timers.first();
                if (first == null || first.when - end > 0) {
                    now = end;
                    return;
                }
                if (first.when - now > 0) {
                    now = first.when;
                }
                due = timers.pollDue(now);
            } finally {
                lock.unlock();
            }
            due.fire();
        }
    }

    /// What may throw.
    public interface Body {
        void run() throws Throwable;
    }

    /// Something that runs under this scheduler.
    public static final class Started extends Goroutine {
        private final Body body;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean finished;

        Started(Scheduler scheduler, Body body) {
            super(scheduler, null, null, "");
            this.body = body;
        }

        @Override
        protected void body() throws Throwable {
            body.run();
        }

        @Override
        protected void ended(Throwable thrown) {
            failure.set(thrown);
            finished = true;
        }

        public boolean isFinished() {
            return finished;
        }

        /// Throws what the body threw; fails when it has not ended.
        public void check() {
            if (failure.get() != null) {
                throw new AssertionError("a goroutine failed", failure.get());
            }
            if (!finished) {
                throw new AssertionError("the goroutine has not ended");
            }
        }
    }

    /// Starts `body` on a goroutine of this scheduler.
    public Started go(Body body) {
        var started = new Started(this, body);
        started.spawn();
        return started;
    }

    /// Calls `body` on this thread as if it were one of this scheduler's, which does not count it: it must not wait.
    public <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> body) throws X {
        return Ambient.callWithin(this, body);
    }

    /// The same, for a body that answers nothing.
    public void inside(Body body) {
        call(() -> {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
            return true;
        });
    }

    /// Runs `body` on a goroutine of this scheduler until all has come to rest; it must have ended then.
    public void run(Body body) {
        Started started = go(body);
        awaitIdle();
        started.check();
    }
}
