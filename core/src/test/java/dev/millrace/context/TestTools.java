package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Listener;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.Scheduler;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// What the tests of contexts share: bounded waiting, goroutines that are joined, a look behind the public face.
final class TestTools {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration HOUR = Duration.ofHours(1);

    private TestTools() {}

    /// Waits until `condition` holds, within a generous bound.
    static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("not within " + LONG + ": " + what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /// Waits until the garbage collector has taken what `ref` referred to.
    static void collected(String what, WeakReference<?> ref) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!ref.refersTo(null)) {
            if (System.nanoTime() - end > 0) {
                fail("still reachable: " + what);
            }
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
                fail("latch not released within " + LONG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted", e);
        }
    }

    /// Waits until `thread` is parked by the library or otherwise waits.
    static void parked(Thread thread) {
        eventually(thread + " parks", () -> thread.getState() == Thread.State.WAITING);
    }

    static int listeners(Context context) {
        var node = BasicContext.of(context).node();
        return node == null ? 0 : node.listeners();
    }

    /// Hears of a context's end; cheaper than a callback.
    static final class Ear extends Listener {
        volatile Ending heard;

        /// Listens to `context`, which lives.
        static Ear on(Context context) {
            var ear = new Ear();
            if (!BasicContext.of(context).node().add(ear)) {
                fail("has ended: " + context);
            }
            return ear;
        }

        boolean hasHeard() {
            return heard != null;
        }

        @Override
        protected void tell(Ending ending) {
            heard = ending;
        }
    }

    /// A cancellable root whose clock and timers are those of `time`.
    static CancellableContext rootUnder(ManualScheduler time) {
        var made = new CancellableContext[1];
        time.run(() -> made[0] = Context.background().withCancel());
        return made[0];
    }

    /// What may throw.
    interface Body {
        void run() throws Throwable;
    }

    /// Threads whose failures reach the test when they are joined.
    static final class Threads {
        private final List<Thread> all = new ArrayList<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Thread virtual(Body body) {
            return started(Thread.ofVirtual().unstarted(guarded(body)));
        }

        Thread platform(Body body) {
            return started(Thread.ofPlatform().daemon().unstarted(guarded(body)));
        }

        private Runnable guarded(Body body) {
            return () -> {
                try {
                    body.run();
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            };
        }

        private Thread started(Thread thread) {
            all.add(thread);
            thread.start();
            return thread;
        }

        /// Waits for all; fails with the first failure of any.
        void join() {
            for (Thread thread : all) {
                try {
                    if (!thread.join(LONG)) {
                        var e = new AssertionError("not ended within " + LONG + ": " + thread);
                        e.setStackTrace(thread.getStackTrace());
                        throw e;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    fail("interrupted", e);
                }
            }
            all.clear();
            if (failure.get() != null) {
                throw new AssertionError("a thread failed", failure.get());
            }
        }
    }

    /// Runs all `bodies` on threads of their own that start as close together as can be; returns when all have ended.
    static void together(Body... bodies) {
        var start = new CountDownLatch(1);
        var ready = new CountDownLatch(bodies.length);
        var threads = new Threads();
        for (Body body : bodies) {
            threads.platform(() -> {
                ready.countDown();
                start.await();
                body.run();
            });
        }
        await(ready);
        start.countDown();
        threads.join();
    }

    /// Up to `count` rounds, fewer on a busy machine: at least 300, and no more after 600 ms. Answers how many.
    static int rounds(int count, RoundMaker maker) {
        return rounds(count, System.nanoTime() + 600_000_000L, maker);
    }

    /// Exactly `count` rounds.
    static void allRounds(int count, RoundMaker maker) {
        rounds(count, System.nanoTime() + 2 * LONG.toNanos(), maker);
    }

    /// Two threads that run rounds together, aligned by a spinning barrier: cheap enough for ten thousands of rounds.
    private static int rounds(int count, long end, RoundMaker maker) {
        var turn = new Turn();
        var threads = new Threads();
        var bodies = new Body[2];
        threads.platform(() -> {
            for (int i = 0; i < count; i++) {
                if (!turn.await(i)) {
                    return;
                }
                bodies[1].run();
                turn.arrive();
            }
        });
        int ran = 0;
        try {
            for (int i = 0; i < count && (i < 300 || System.nanoTime() - end < 0); i++) {
                Round round = maker.make(i);
                bodies[0] = round.left();
                bodies[1] = round.right();
                turn.at = i;
                round.left().run();
                turn.awaitArrived(i + 1);
                round.check().run();
                ran++;
            }
        } catch (Throwable t) {
            throw t instanceof Error e ? e : new AssertionError(t);
        } finally {
            turn.at = Turn.OVER;
        }
        threads.join();
        return ran;
    }

    private static final class Turn {
        static final int OVER = Integer.MAX_VALUE;
        volatile int at = -1;
        volatile int arrived;

        /// False when there are no more rounds.
        boolean await(int when) {
            long end = System.nanoTime() + LONG.toNanos();
            for (int i = 0; at < when; i++) {
                pause(i, end);
            }
            return at != OVER;
        }

        void arrive() {
            arrived++;
        }

        void awaitArrived(int count) {
            long end = System.nanoTime() + LONG.toNanos();
            for (int i = 0; arrived < count; i++) {
                pause(i, end);
            }
        }

        private static void pause(int i, long end) {
            if (i < 2_000) {
                Thread.onSpinWait();
            } else if (i < 2_100) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(20_000);
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("the other thread of the round does not come to an end");
                }
            }
        }
    }

    /// One round: two sides that run at once, and what must hold afterwards.
    record Round(Body left, Body right, Body check) {}

    interface RoundMaker {
        Round make(int number) throws Throwable;
    }

    /// Runs `body` on a goroutine of production's scheduler under `context`.
    static void go(Context context, String name, Body body) {
        new Goroutine(Scheduler.real(), context.view(), BasicContext.of(context).node(), name) {
            @Override
            protected void body() throws Throwable {
                body.run();
            }
        }.spawn();
    }
}
