package dev.millrace.context;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A foreign context for tests: ended by hand, with a count of what the library did with it.
class TestSource implements ContextSource {
    private final List<Runnable> callbacks = new ArrayList<>(); // guarded by this
    private Throwable err; // guarded by this
    final AtomicInteger registered = new AtomicInteger();
    final AtomicInteger takenBack = new AtomicInteger();
    volatile Instant deadline;

    @Override
    public synchronized Throwable err() {
        return err;
    }

    @Override
    public Runnable onDone(Runnable callback) {
        registered.incrementAndGet();
        boolean now;
        synchronized (this) {
            now = err != null;
            if (!now) {
                callbacks.add(callback);
            }
        }
        if (now) {
            callback.run();
        }
        return () -> {
            takenBack.incrementAndGet();
            synchronized (this) {
                callbacks.remove(callback);
            }
        };
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.ofNullable(deadline);
    }

    synchronized int callbacks() {
        return callbacks.size();
    }

    /// Ends it and calls back on this thread.
    void end(Throwable why) {
        List<Runnable> all;
        synchronized (this) {
            err = why;
            all = List.copyOf(callbacks);
            callbacks.clear();
        }
        all.forEach(Runnable::run);
    }

    /// Calls back without an error.
    void callWithoutErr() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(callbacks);
            callbacks.clear();
        }
        all.forEach(Runnable::run);
    }

    @Override
    public String toString() {
        return "TestSource";
    }
}
