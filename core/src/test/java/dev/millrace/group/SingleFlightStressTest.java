package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.RealTimeScheduler;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Callers that come, join and leave at any moment.
class SingleFlightStressTest {
    private static final Context ROOT = Context.background();
    private static final long SECOND = 1_000_000_000L;

    /// One execution, and who got its outcome.
    private record Execution(long number, AtomicInteger served, AtomicInteger shared) {}

    private interface Round {
        void run(int caller, long number) throws Exception;
    }

    /// Runs `round` again and again on each of `callers` threads, for a second; fails with the first failure.
    private static void hammer(int callers, Round round) throws Exception {
        var failure = new AtomicReference<Throwable>();
        long end = System.nanoTime() + SECOND;
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            var thread = Thread.ofVirtual().unstarted(() -> {
                try {
                    for (long n = 0; System.nanoTime() - end < 0 && failure.get() == null; n++) {
                        round.run(caller, n);
                    }
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        if (failure.get() != null) {
            throw new AssertionError("a caller failed", failure.get());
        }
    }

    @Test
    @Item({"SF-02", "SF-06"})
    void callers_whoStay_allGetTheirFlightsOutcomeAndTheTruthAboutSharing() throws Exception {
        var flights = new SingleFlight<Long, Execution>();
        var numbers = new AtomicLong();
        var calls = new AtomicLong();
        List<Execution> all = new ArrayList<>();
        ContextCall<Execution> body = _ -> {
            var made = new Execution(numbers.incrementAndGet(), new AtomicInteger(), new AtomicInteger());
            synchronized (all) {
                all.add(made);
            }
            if (made.number % 3 == 0) {
                Go.yield();
            }
            return made;
        };
        hammer(8, (caller, n) -> {
            long key = n % 3;
            Execution got;
            boolean shared;
            if (caller % 2 == 0) {
                Flown<Execution> flown = flights.run(ROOT, key, body);
                got = flown.value();
                shared = flown.shared();
            } else {
                Landed<Execution> landed = flights.start(ROOT, key, body).receive();
                got = landed.get();
                shared = landed.shared();
            }
            calls.incrementAndGet();
            got.served.incrementAndGet();
            got.shared.addAndGet(shared ? 1 : 0);
        });
        long served = 0;
        for (Execution e : all) {
            int n = e.served.get();
            assertEquals(n > 1 ? n : 0, e.shared.get(), () -> "shared, of " + e);
            served += n;
        }
        assertEquals(calls.get(), served);
        assertTrue(all.size() < calls.get(), "nobody ever joined: " + all.size() + " executions");
        assertEquals(0, flights.flights());
    }

    /// A caller who stays never hears that a context has ended: nobody joins a flight that is cancelled. And each that is deserted ends.
    @Test
    void callers_whoLeave_disturbNobody() throws Exception {
        var flights = new SingleFlight<Integer, Long>("stress");
        var cancelled = new AtomicInteger();
        var left = new AtomicInteger();
        ContextCall<Long> body = c -> {
            try {
                for (int i = 0; i < 20; i++) {
                    c.check();
                    Go.yield();
                }
                return 1L;
            } catch (ContextException e) {
                cancelled.incrementAndGet();
                assertEquals("singleflight: nobody waits for it any more", e.getCause().getMessage());
                throw e;
            }
        };
        var random = new SplittableRandom(7);
        var seeds = new long[8];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = random.nextLong();
        }
        hammer(8, (caller, n) -> {
            int dice = (int) Long.remainderUnsigned((seeds[caller] + n) * 0x9E3779B97F4A7C15L >>> 7, 100);
            Integer key = dice % 2;
            if (dice < 30) {
                assertEquals(1L, flights.get(ROOT, key, body));
                return;
            }
            try (var ctx = ROOT.withCancel()) {
                if (dice < 60) {
                    Go.go(() -> ctx.cancel());
                    try {
                        flights.get(ctx, key, body);
                    } catch (ContextException e) {
                        assertTrue(ctx.isDone());
                        left.incrementAndGet();
                    }
                } else if (dice < 80) {
                    ReceiveChan<Landed<Long>> chan = flights.start(ctx, key, body);
                    if (dice < 70) {
                        Go.yield();
                    }
                    ctx.cancel();
                    try {
                        chan.receive().get();
                    } catch (ContextException e) {
                        left.incrementAndGet();
                    }
                } else if (dice < 95) {
                    Thread me = Thread.currentThread();
                    me.interrupt();
                    try {
                        flights.get(ctx, key, body);
                    } catch (InterruptedWaitException e) {
                        left.incrementAndGet();
                    }
                    Thread.interrupted();
                } else {
                    flights.forget(key);
                }
                if (dice >= 80) {
                    assertEquals(0, listeners(ctx), "who was interrupted listens no more");
                }
            }
        });
        assertTrue(left.get() > 0 && cancelled.get() > 0, left + " left, " + cancelled + " flights cancelled");
        Until.until("all flights have ended", () -> Go.goroutines().stream()
                .noneMatch(g -> g.name().equals("stress")));
        Until.until("nothing is left", () -> flights.snapshot()
                .equals(new SingleFlightSnapshot("stress", 0, 0, Duration.ZERO)));
    }

    /// The flight lands while the context of its one caller ends: one of the two is the outcome, and there is no other.
    @Test
    @Item("SF-05")
    void start_landsWhileTheContextEnds_oneResult() throws Exception {
        var flights = new SingleFlight<Integer, Integer>("both");
        var seats = new ArrayList<ReceiveChan<Landed<Integer>>>();
        var left = new AtomicInteger();
        long end = System.nanoTime() + SECOND;
        for (int i = 0; i < 300 || System.nanoTime() - end < 0; i++) {
            try (var ctx = ROOT.withCancel()) {
                ReceiveChan<Landed<Integer>> seat = flights.start(ctx, i, _ -> 1);
                for (int spin = 0; spin < i % 64 * 16; spin++) {
                    Thread.onSpinWait();
                }
                ctx.cancel();
                if (seat.receive().outcome() instanceof Outcome.Failure) {
                    left.incrementAndGet();
                }
                seats.add(seat);
            }
        }
        Until.until("all have ended", () -> Go.goroutines().stream()
                .noneMatch(g -> g.name().equals("both")));
        assertTrue(left.get() > 0 && left.get() < seats.size(), left + " of " + seats.size() + " have left");
        for (var seat : seats) {
            assertNull(seat.tryReceive());
        }
        assertEquals(0, flights.flights());
    }

    private static int listeners(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners();
    }

    /// No thread can be started for the flight, and somebody has joined it already.
    private static final class Exhausted extends RealTimeScheduler {
        static final OutOfMemoryError NONE_LEFT = new OutOfMemoryError("unable to create native thread: planted");
        volatile Runnable exhausted;

        @Override
        protected void start(Goroutine goroutine) {
            Runnable before = exhausted;
            if (before != null) {
                exhausted = null;
                before.run();
                throw NONE_LEFT;
            }
            super.start(goroutine);
        }
    }

    @Test
    void run_noThread_thoseWhoJoinedGetTheFailureAndTheKeyIsFree() throws Exception {
        var scheduler = new Exhausted();
        var flights = new SingleFlight<String, Integer>();
        var joined = new AtomicReference<Caller<Integer>>();
        var seated = new AtomicReference<ReceiveChan<Landed<Integer>>>();
        var ended = new CompletableFuture<Throwable>();
        new Goroutine(scheduler, null, null, "") {
            @Override
            protected void body() throws Throwable {
                scheduler.exhausted = () -> {
                    joined.set(Caller.calls(() -> Ambient.<Integer, Exception>callWithin(
                            scheduler, () -> flights.get(Context.background(), "key", _ -> 1))));
                    seated.set(flights.start(Context.background(), "key", _ -> 1));
                    try {
                        Until.until("two have joined", () -> flights.snapshot().waiting() == 3);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                };
                assertSame(
                        Exhausted.NONE_LEFT,
                        assertThrows(OutOfMemoryError.class, () -> flights.get(ROOT, "key", _ -> 1)));
                assertEquals(0, flights.flights());
                assertEquals(2, flights.get(ROOT, "key", _ -> 2));
            }

            @Override
            protected void ended(Throwable failure) {
                ended.complete(failure);
            }
        }.spawn();
        Throwable failure = ended.get(20, TimeUnit.SECONDS);
        if (failure != null) {
            throw new AssertionError("the goroutine failed", failure);
        }
        assertSame(Exhausted.NONE_LEFT, joined.get().failure());
        assertEquals(
                new Outcome.Failure<Integer>(Exhausted.NONE_LEFT),
                Ambient.callWithin(scheduler, () -> seated.get().receive().outcome()));
    }
}
