package dev.millrace.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// A thread of a test, whose end and failure reach the test.
final class Actor {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// What may throw.
    interface Body {
        void run() throws Throwable;
    }

    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final Body body;
    private final Thread thread;
    private volatile boolean flag;

    private Actor(Thread.Builder kind, Body body) {
        this.body = body;
        this.thread = kind.unstarted(this::act);
    }

    static Actor go(Body body) {
        return started(Thread.ofVirtual(), body);
    }

    static Actor platform(Body body) {
        return started(Thread.ofPlatform().daemon(), body);
    }

    private static Actor started(Thread.Builder kind, Body body) {
        var actor = new Actor(kind, body);
        actor.thread.start();
        return actor;
    }

    private void act() {
        Throwable failure = null;
        try {
            body.run();
        } catch (Throwable t) {
            failure = t;
        }
        flag = Thread.interrupted();
        if (failure == null) {
            end.complete(true);
        } else {
            end.completeExceptionally(failure);
        }
    }

    Thread thread() {
        return thread;
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /// What it threw, null when nothing. Waits for its end.
    Throwable outcome() {
        try {
            end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            var hangs = new AssertionError("hangs: " + LockSupport.getBlocker(thread));
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Waits for its end, which must be normal.
    void join() {
        Throwable t = outcome();
        if (t != null) {
            throw new AssertionError("a thread failed: " + t, t);
        }
    }

    /// Waits for its end by a failure of exactly `type`.
    <X extends Throwable> X failure(Class<X> type) {
        Throwable t = outcome();
        if (t == null || t.getClass() != type) {
            throw new AssertionError("not a " + type.getSimpleName() + ": " + t, t);
        }
        return type.cast(t);
    }

    /// Whether it ended with its interrupt status set.
    boolean wasFlagged() {
        outcome();
        return flag;
    }

    static void join(List<Actor> actors) {
        for (Actor actor : actors) {
            actor.join();
        }
    }

    /// Starts so many, all with one body.
    static List<Actor> go(int n, Body body) {
        var all = new ArrayList<Actor>();
        for (int i = 0; i < n; i++) {
            all.add(go(body));
        }
        return all;
    }

    /// A pause of some random kind: none, a few turns, a yield.
    static void stagger() {
        int kind = ThreadLocalRandom.current().nextInt(4);
        if (kind == 1) {
            Thread.yield();
        } else if (kind > 1) {
            for (int i = ThreadLocalRandom.current().nextInt(200); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
    }
}
