package dev.millrace.internal;

import java.time.Instant;

/// Another scheduler than the real one, with its time and its threads: a base for tests that change one thing.
public abstract class RealTimeScheduler extends Scheduler {
    static {
        announceOthers();
    }

    protected RealTimeScheduler() {}

    @Override
    public long nanoTime() {
        return real().nanoTime();
    }

    @Override
    public final Instant wallClock(long nanoTime) {
        return real().wallClock(nanoTime);
    }

    @Override
    public final void schedule(Timer timer, long when) {
        real().schedule(timer, when);
    }

    @Override
    public final boolean cancel(Timer timer) {
        return real().cancel(timer);
    }
}
