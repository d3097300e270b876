package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.Landed;
import dev.millrace.group.SingleFlight;
import dev.millrace.internal.ContextBase;
import dev.millrace.sync.WaitGroup;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;

/// Flights: who joins, who leaves, who hears of a failure, and what is left of one.
final class WaitingFlightProtocols {
    private WaitingFlightProtocols() {}

    private static int hearers(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners();
    }

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
        while (flights.flights() == 0) {
            Thread.yield();
        }
        var b = go("b", () -> {
            ctx.cancel();
            Suite.join(a);
            left.done();
        });
        int got = flights.get(Context.background(), "k", c -> 2);
        check(got > 0, "got what nobody waits for");
        Suite.join(b);
    }

    private static int known(SingleFlight<?, ?> flights) throws ReflectiveOperationException {
        Field all = SingleFlight.class.getDeclaredField("flights");
        all.setAccessible(true);
        return ((Map<?, ?>) all.get(flights)).size();
    }

    /// A flight that has landed, or that everybody has left, is not known any more when the next one comes to know of it.
    static void flightIsForgotten() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        check(flights.get(Context.background(), "k", c -> 1) == 1 && known(flights) == 0, "known when it has landed");
        var ctx = Context.background().withCancel();
        var left = new WaitGroup();
        left.add(1);
        boolean gaveUp = cancelled(() -> flights.get(ctx, "k", c -> {
            ctx.cancel();
            left.await();
            return 2;
        }));
        check(gaveUp && known(flights) == 0, "known when it is deserted");
        left.done();
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

    /// When the only one who has a seat gives up, nobody waits any more: the flight's context ends.
    static void lastSeatIsGivenUp() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        ReceiveChan<Landed<Integer>> chan = flights.start(ctx, "k", c -> {
            c.awaitDone();
            return 1;
        });
        ctx.cancel();
        check(cancelled(() -> check(chan.receive().get() == 1, "not 1")), "landed by itself");
        LockWaitProtocols.until(() -> flights.flights() == 0);
    }

    /// A caller who cannot be given a channel has left: nobody flies for him.
    static void seatIsRefused() throws Exception {
        var contexts = new Context[1];
        OwnScheduler.announced().run(() -> contexts[0] = Context.background().withCancel());
        var flights = new SingleFlight<String, Integer>();
        try {
            flights.start(contexts[0], "k", c -> {
                c.awaitDone(); // for ever, while somebody waits
                return 1;
            });
            throw new AssertionError("not refused, under a context of a bubble");
        } catch (IllegalStateException e) {
            check(flights.flights() == 0, "somebody is in the air");
        }
    }
}
