package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.Bubble;
import dev.millrace.time.Alarm;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Bubbles in which somebody moves the clock or everybody has a turn.
final class BubbleProtocols {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private BubbleProtocols() {}

    /// The clock moves by hand, and no further: who sleeps wakes at its instant.
    static void movedByHand() throws Exception {
        Bubble.options().manual().run(b -> {
            var woken = new AtomicInteger();
            var wg = new WaitGroup();
            wg.go(() -> {
                Context.background().sleep(SECOND.multipliedBy(2));
                woken.incrementAndGet();
            });
            var start = b.now();
            b.advance(SECOND);
            check(woken.get() == 0 && b.now().equals(start.plus(SECOND)), "woken at " + b.now());
            b.advance(SECOND);
            wg.await();
            check(woken.get() == 1 && b.now().equals(start.plusSeconds(2)), "woken at " + b.now());
        });
    }

    /// What is due when it is set comes while somebody runs all the time.
    static void dueWhileSomebodyRuns() throws Exception {
        Bubble.run(b -> {
            var start = b.now();
            var alarm = Alarm.in(Duration.ZERO);
            Go.go(() -> alarm.fired().receive());
            var ctx = Context.background().withTimeout(Duration.ZERO);
            check(ctx.isDone(), "not yet");
            while (alarm.fired().snapshot().blockedReceivers() > 0) {
                Thread.yield();
            }
            check(b.now().equals(start), "time has passed");
        });
    }

    /// Who was cancelled leaves no timer that moves the clock.
    static void timerTakenBack() throws Exception {
        Bubble.run(b -> {
            var start = b.now();
            var ctx = Context.background().withCancel();
            var wg = new WaitGroup();
            wg.go(() -> {
                try {
                    ctx.sleep(SECOND);
                    throw new AssertionError("slept");
                } catch (ContextException e) {
                    check(b.now().equals(start), "at " + b.now());
                }
            });
            ctx.cancel();
            wg.await();
            b.await();
            check(b.now().equals(start), "time has passed: " + b.now());
        });
    }

    /// Who gives way lets the other have its turn; nobody else runs.
    static void turns() throws Exception {
        Bubble.options().serial(1).run(b -> {
            var inside = new AtomicInteger();
            var wg = new WaitGroup();
            Suite.Body use = () -> {
                check(inside.incrementAndGet() == 1, "two run at once");
                inside.decrementAndGet();
            };
            for (int i = 0; i < 2; i++) {
                wg.go(() -> {
                    try {
                        use.run();
                        Go.yield();
                        use.run();
                        b.realTime(() -> {});
                        use.run();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
            }
            use.run();
            wg.await();
            use.run();
            var start = b.now();
            Context.background().sleep(SECOND);
            check(b.now().equals(start.plus(SECOND)), "at " + b.now());
        });
    }

    /// Two wait for the others to come to rest, each of whom is one of them: the second is refused, or comes after the first.
    static void twoAwait() throws Exception {
        Bubble.run(b -> {
            var came = new AtomicInteger();
            var refused = new AtomicInteger();
            var wg = new WaitGroup();
            for (int i = 0; i < 2; i++) {
                wg.go(() -> {
                    try {
                        b.await();
                        came.incrementAndGet();
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    }
                });
            }
            wg.await();
            check(came.get() >= 1 && came.get() + refused.get() == 2, "came " + came + ", refused " + refused);
        });
    }

    static void twoAdvance() throws Exception {
        Bubble.options().manual().run(b -> {
            var start = b.now();
            var came = new AtomicInteger();
            var refused = new AtomicInteger();
            var wg = new WaitGroup();
            for (int i = 0; i < 2; i++) {
                wg.go(() -> {
                    try {
                        b.advance(SECOND);
                        came.incrementAndGet();
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    }
                });
            }
            wg.await();
            check(came.get() >= 1 && came.get() + refused.get() == 2, "came " + came + ", refused " + refused);
            check(b.now().equals(start.plusSeconds(came.get())), "at " + b.now());
        });
    }
}
