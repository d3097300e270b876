package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.time.After;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Case 42: one carrier, and a goroutine that does not give it up. No other goroutine can run, that is the JDK's; but contexts end, and
/// platform threads hear of it, since the timers' thread is one.
final class Carriers {
    private static final AtomicBoolean OVER = new AtomicBoolean();
    private static final CountDownLatch PINNED = new CountDownLatch(1);
    private static final CountDownLatch UNPIN = new CountDownLatch(1);

    private Carriers() {}

    static void starved(Run run) throws Exception {
        OVER.set(false);
        var computing = new CountDownLatch(1);
        var seen = new CountDownLatch(1);
        var polled = Context.background().withCancel();
        Go.go(() -> {
            computing.countDown();
            while (!OVER.get()) {
                if (polled.isDone()) {
                    seen.countDown();
                }
            }
        });
        computing.await();
        starved(run, "a goroutine that computes");
        polled.cancel();
        run.until("the one who computes sees the cancel", () -> seen.getCount() == 0);
        OVER.set(true);
        if (run.size() == Run.Size.TINY) {
            return; // a class is initialised once in a JVM, and this one may have other carriers
        }
        Go.go(Pins::touch);
        PINNED.await();
        starved(run, "a goroutine that waits while it pins its carrier");
        UNPIN.countDown();
    }

    /// Waits within its initialiser, below which there is a native frame: the carrier waits too.
    private static final class Pins {
        static {
            PINNED.countDown();
            try {
                UNPIN.await();
            } catch (InterruptedException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        static void touch() {}
    }

    private static void starved(Run run, String by) throws Exception {
        int rounds = run.pick(3, 20, 100);
        long[] timers = new long[rounds];
        long[] cancels = new long[rounds];
        long[] alarms = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            var span = Duration.ofMillis(10);
            try (var ctx = timeout(run, span)) {
                check(ctx.awaitDone(run.patience()), "%s: a deadline is not delivered", by);
                timers[i] = since(start) - span.toNanos();
            }
            start = System.nanoTime();
            After.after(span).receive();
            alarms[i] = since(start) - span.toNanos();
            try (var ctx = Context.background().withCancel()) {
                var child = ctx.withCancel();
                var at = new long[1];
                var waiter = Thread.ofPlatform().start(() -> {
                    child.awaitDone();
                    at[0] = System.nanoTime();
                });
                run.until("the waiter waits", () -> waiter.getState() == Thread.State.WAITING);
                start = System.nanoTime();
                ctx.cancel();
                waiter.join();
                cancels[i] = at[0] - start;
            }
        }
        report(by + ": a deadline", timers);
        report(by + ": an alarm", alarms);
        report(by + ": a cancel", cancels);
    }

    /// What the broken twins do: a goroutine is to end the context, and finds no carrier; or it ends, late.
    private static CancellableContext timeout(Run run, Duration span) {
        if (!run.broken()) {
            return Context.background().withTimeout(span);
        }
        var ctx = Context.background().withCancel();
        if (run.planted("late")) {
            Thread.ofPlatform().daemon().start(() -> {
                LockSupport.parkNanos(span.toNanos() + 150_000_000);
                ctx.cancel();
            });
        } else {
            Context.background().afterFunc(ctx::cancel);
        }
        return ctx;
    }

    private static void report(String what, long[] late) {
        Arrays.sort(late);
        long median = late[late.length / 2];
        long most = late[late.length * 9 / 10 - 1]; // nine of ten are no later
        figure("42: %s: %.2f ms late in the middle, %.2f ms nine of ten, %.2f ms at worst", what, millis(median),
                millis(most), millis(late[late.length - 1]));
        // Not each: a busy machine lets any single thread wait, that of the timers and who hears of it.
        check(most < 100_000_000L, "%s: %.0f ms late", what, millis(most));
        check(late[late.length - 1] < 5_000_000_000L, "%s: %.0f ms late", what, millis(late[late.length - 1]));
    }
}
