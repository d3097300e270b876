package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.Landed;
import dev.millrace.group.Quorum;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Uncaught;
import dev.millrace.sync.WaitGroup;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/// Groups, flights, after-funcs, broadcasts: what several do for one purpose.
final class WaitingGroupProtocols {
    private WaitingGroupProtocols() {}

    private static int hearers(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners();
    }

    // Groups.

    /// The first limit is set while a task is started: from then on there is one at a time.
    static void limitWhileOneStarts() throws Exception {
        limitWhileOneStarts(TaskGroup.open(Context.background()));
    }

    /// The same, when there was a limit before.
    static void limitOnceMore() throws Exception {
        limitWhileOneStarts(TaskGroup.open(Context.background()).limit(1));
    }

    private static void limitWhileOneStarts(TaskGroup group) throws Exception {
        var running = new AtomicInteger();
        Suite.Body start = () -> group.go(c -> {
            check(running.incrementAndGet() == 1, "more than the limit");
            running.decrementAndGet();
        });
        var a = go("a", start);
        boolean limited = true;
        try {
            group.limit(1);
        } catch (IllegalStateException e) {
            limited = false; // a task is active
        }
        if (limited) {
            start.run();
        }
        Suite.join(a);
        group.join();
        group.close();
    }

    /// What the context says is what the join throws.
    static void firstFailureIsTheCause() throws Exception {
        var group = TaskGroup.open(Context.background());
        for (int i = 0; i < 2; i++) {
            group.go(c -> {
                throw new IllegalStateException("so");
            });
        }
        try {
            group.join();
            throw new AssertionError("no failure");
        } catch (IllegalStateException e) {
            check(group.context().cause() == e, "the cause is not the first failure");
        }
    }

    /// Who waits for a place hears of the close at once: the task that has the place waits for that.
    static void closeTellsWhoWaits() throws Exception {
        var group = TaskGroup.open(Context.background()).limit(1);
        var refused = new WaitGroup();
        refused.add(1);
        group.go(c -> refused.await());
        var a = go("a", () -> {
            try {
                group.go(c -> {});
                throw new AssertionError("more than the limit");
            } catch (IllegalStateException e) {
                refused.done();
            }
        });
        group.close();
        Suite.join(a);
    }

    static void quorumEndsTheOthers() throws Exception {
        var results = Quorum.of(Context.background(), 1, List.of(c -> 1, c -> {
            c.awaitDone();
            throw new IllegalStateException("so");
        }));
        check(results.equals(List.of(1)), "results " + results);
    }

    // Flights.

    private static boolean cancelled(Suite.Body body) throws Exception {
        try {
            body.run();
            return false;
        } catch (ContextException e) {
            return true;
        }
    }

    /// Nobody joins a flight that the last one has left.
    static void flightIsNotJoinedWhenDeserted() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        var left = new WaitGroup();
        left.add(1);
        var a = go("a", () -> cancelled(() -> flights.get(ctx, "k", c -> {
            left.await();
            return c.isDone() ? -1 : 1;
        })));
        var b = go("b", () -> {
            ctx.cancel();
            Suite.join(a);
            left.done();
        });
        int got = flights.get(Context.background(), "k", c -> 2);
        check(got > 0, "got what nobody waits for");
        Suite.join(b);
    }

    /// A flight within a flight: who comes from it is inside the outer one until it has landed.
    static void flightWithinFlight() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var threads = new Thread[1];
        int got = flights.get(Context.background(), "outer", c -> flights.get(c, "inner", inner -> {
            Context from = inner.detach();
            threads[0] = go("from", () -> {
                try {
                    check(flights.get(from, "outer", x -> 1) == 1, "not 1");
                } catch (IllegalStateException e) {
                    // it would wait for itself
                }
            });
            return 1;
        }));
        check(got == 1, "got " + got);
        Suite.join(threads[0]);
    }

    /// A failure that somebody waits for is his, and nobody else's.
    static void failureOfAFlightIsHeard() throws Exception {
        var own = OwnScheduler.announced();
        own.run(() -> {
            var flights = new SingleFlight<String, Integer>();
            try {
                flights.get(Context.background(), "k", c -> {
                    throw new IllegalStateException("so");
                });
                throw new AssertionError("no failure");
            } catch (IllegalStateException e) {
                own.awaitEnded(1);
                check(own.failures() == 0, "reported as uncaught");
            }
        });
    }

    /// One that nobody waits for any more is reported.
    static void failureOfADesertedFlight() throws Exception {
        var own = OwnScheduler.announced();
        own.run(() -> {
            var flights = new SingleFlight<String, Integer>();
            var ctx = Context.background().withCancel();
            boolean left = cancelled(() -> flights.get(ctx, "k", c -> {
                ctx.cancel();
                c.awaitDone();
                throw new IllegalStateException("so");
            }));
            check(left, "landed by itself");
            own.awaitEnded(1);
            check(own.failures() == 1, "lost");
        });
    }

    /// Who has got what he waited for is not told that he has left, and leaves nothing with his context.
    static void seatLeavesContext() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        ReceiveChan<Landed<Integer>> chan = flights.start(ctx, "k", c -> 1);
        check(chan.receive().get() == 1, "not 1");
        check(hearers(ctx) == 0, "somebody still hears of the end");
        ctx.cancel();
        check(chan.tryReceive() == null, "told twice");
    }

    static void seatIsLeft() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        cancelled(() -> {
            var chan = flights.start(ctx, "k", c -> 1);
            boolean one = !cancelled(() -> check(chan.receive().get() == 1, "not 1"));
            check(chan.tryReceive() == null, "told twice, landed first: " + one);
        });
        Suite.join(canceller);
    }

    // After-funcs.

    /// An action for which there is no thread has ended: who waits for it goes on.
    static void actionWithoutThread() throws Exception {
        Uncaught.set((goroutine, failure) -> {}); // it is reported
        var own = OwnScheduler.withoutThreads();
        var made = new CancellableContext[1];
        var registered = new AfterFunc[1];
        own.run(() -> {
            made[0] = Context.background().withCancel();
            registered[0] = made[0].afterFunc(() -> {});
        });
        var a = own.go("a", registered[0]::await);
        own.run(made[0]::cancel);
        Suite.join(a);
        own.run(registered[0]::close);
        check(registered[0].isStarted(), "not started");
    }

    // Broadcasts.

    static void subscriberLeavesAtOnce() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.buffered(1));
        var sender = go("sender", () -> all.send(1));
        one.abandon("enough");
        Suite.join(sender);
        check(all.subscribers() == 0, "subscribers " + all.subscribers());
        all.close();
    }

    /// A subscriber whose channel was closed by himself is found by the next send.
    static void subscriberIsFoundClosed() throws Exception {
        var all = new Broadcast<Integer>();
        @SuppressWarnings("unchecked")
        Chan<Integer>[] chans = new Chan[1];
        all.subscribe(kind -> chans[0] = kind.buffered(1));
        var two = all.subscribe(kind -> kind.buffered(1));
        var closer = go("closer", () -> chans[0].close());
        Suite.join(closer);
        all.send(1);
        check(two.receive() == 1 && all.subscribers() == 1, "subscribers " + all.subscribers());
        all.close();
    }

    // Selects.

    /// Two selects number the same two channels at once, each with one of them twice; and find both not ready.
    static void selectsNumberAtOnce() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var a = go("a", () -> check(poll(one, two, one) == -1, "received from nobody"));
        check(poll(two, one, two) == -1, "received from nobody");
        Suite.join(a);
    }

    private static int poll(Chan<Integer> first, Chan<Integer> second, Chan<Integer> third) throws Exception {
        return Select.<Integer>first().receive(first, v -> v).receive(second, v -> v).receive(third, v -> v)
                .orElse(() -> -1).run();
    }
}
