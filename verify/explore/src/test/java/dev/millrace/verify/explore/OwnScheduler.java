package dev.millrace.verify.explore;

import dev.millrace.internal.Ambient;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Timer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A scheduler that keeps count of what the library asks of it: timers that are set, goroutines that end, failures that nobody caught. Its timers
/// never fire.
final class OwnScheduler extends Scheduler {
    private final List<Timer> timers = new ArrayList<>(); // guarded by itself
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final boolean starts;
    private final boolean sets;

    private OwnScheduler(boolean starts, boolean sets) {
        this.starts = starts;
        this.sets = sets;
    }

    /// For nodes that are made by hand: no code of the library asks whose it is.
    static OwnScheduler counting() {
        return new OwnScheduler(true, true);
    }

    /// The same, with no room for a timer.
    static OwnScheduler withoutRoom() {
        return new OwnScheduler(true, false);
    }

    /// From now on the library looks who calls.
    static OwnScheduler announced() {
        announceOthers();
        return new OwnScheduler(true, true);
    }

    /// One for whose goroutines there is no thread.
    static OwnScheduler withoutThreads() {
        announceOthers();
        return new OwnScheduler(false, true);
    }

    /// Runs `body` as if by one of this scheduler's.
    void run(Suite.Body body) throws Exception {
        Ambient.callWithin(this, () -> {
            body.run();
            return null;
        });
    }

    Thread go(String name, Suite.Body body) {
        return Suite.go(name, () -> run(body));
    }

    /// How many timers are set.
    int timers() {
        synchronized (timers) {
            return timers.size();
        }
    }

    int failures() {
        return failures.get();
    }

    /// Waits until `n` goroutines have ended.
    void awaitEnded(int n) {
        while (ended.get() < n) {
            Thread.yield();
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallClock(long nanoTime) {
        return Instant.ofEpochSecond(0, nanoTime);
    }

    @Override
    public void schedule(Timer timer, long when) {
        if (!sets) {
            throw new OutOfMemoryError("no room");
        }
        synchronized (timers) {
            timers.add(timer);
        }
    }

    @Override
    public boolean cancel(Timer timer) {
        synchronized (timers) {
            return timers.remove(timer);
        }
    }

    @Override
    protected void start(Goroutine goroutine) {
        if (!starts) {
            throw new OutOfMemoryError("no thread");
        }
        super.start(goroutine);
    }

    @Override
    protected void failed(Goroutine goroutine, Throwable failure) {
        failures.incrementAndGet();
    }

    @Override
    protected void ended(Goroutine goroutine) {
        ended.incrementAndGet();
    }
}
