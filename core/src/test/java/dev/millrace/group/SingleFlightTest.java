package dev.millrace.group;

import static dev.millrace.group.Caller.calls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private static final Context ROOT = Context.background();

    /// A body that counts its runs and waits at a gate.
    private static final class Work implements ContextCall<Integer> {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch gate = new CountDownLatch(1);
        volatile Context ctx;

        @Override
        public Integer call(Context c) throws Exception {
            ctx = c;
            int run = runs.incrementAndGet();
            begun.countDown();
            await(gate);
            return run;
        }

        void begun() throws Exception {
            await(begun);
        }

        void open() {
            gate.countDown();
        }
    }

    private static void await(CountDownLatch latch) throws Exception {
        assertTrue(latch.await(20, TimeUnit.SECONDS), "within 20 s");
    }

    private static void waiting(SingleFlight<?, ?> flights, int n) throws Exception {
        Until.until(n + " wait", () -> flights.snapshot().waiting() == n);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneak(Throwable failure) throws X {
        throw (X) failure;
    }

    private static <T> ContextCall<T> failing(Throwable failure) {
        return _ -> {
            throw failure instanceof Exception e ? e : sneak(failure);
        };
    }

    // What comes of it.

    @Test
    @Item("SF-01")
    void run_value_isReturnedAsGiven() throws Exception {
        var flights = new SingleFlight<String, Object>();
        var value = new Object();
        Flown<Object> flown = flights.run(ROOT, "key", _ -> value);
        assertSame(value, flown.value());
        assertFalse(flown.shared());
        assertSame(value, flights.get(ROOT, "key", _ -> value));
        assertEquals(0, flights.flights());
    }

    @Test
    @Item("SF-01")
    void run_null_isAValue() throws Exception {
        var flights = new SingleFlight<String, Object>();
        assertNull(flights.run(ROOT, "key", _ -> null).value());
        var outcome = flights.start(ROOT, "key", _ -> null).receive().outcome();
        assertEquals(new Outcome.Success<>(null), outcome);
    }

    @Test
    @Item("SF-01")
    void run_failure_isThrownAsItIs() {
        var flights = new SingleFlight<String, Object>();
        for (Throwable failure : List.of(new IOException("planted"), new AssertionError("planted"), new Throwable())) {
            assertSame(failure, assertThrows(Throwable.class, () -> flights.run(ROOT, "key", failing(failure))));
            assertSame(failure, assertThrows(Throwable.class, () -> flights.get(ROOT, "key", failing(failure))));
            assertEquals(0, flights.flights());
        }
    }

    @Test
    @Item("SF-02")
    void run_manyAtOnce_runOnceAndShare() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        var callers = new ArrayList<Caller<Flown<Integer>>>();
        for (int i = 0; i < 10; i++) {
            callers.add(calls(() -> flights.run(ROOT, "key", work)));
        }
        waiting(flights, 10);
        work.open();
        for (var caller : callers) {
            assertEquals(new Flown<>(1, true), caller.value(), "the first caller too: somebody joined");
        }
        assertEquals(1, work.runs.get());
    }

    @Test
    @Item("SF-02")
    void run_alone_isNotShared() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        assertEquals(new Flown<>(7, false), flights.run(ROOT, "key", _ -> 7));
        assertFalse(flights.start(ROOT, "key", _ -> 7).receive().shared());
    }

    @Test
    @Item("SF-02")
    void run_joinerHasLeft_isStillShared() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        var first = calls(() -> flights.run(ROOT, "key", work));
        work.begun();
        try (var ctx = ROOT.withCancel()) {
            var joiner = calls(() -> flights.run(ctx, "key", work));
            waiting(flights, 2);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, joiner.failure());
        }
        work.open();
        assertEquals(new Flown<>(1, true), first.value());
    }

    @Test
    @Item("SF-03")
    void run_afterTheEnd_runsAgain() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var runs = new AtomicInteger();
        for (int i = 1; i <= 100; i++) {
            assertEquals(i, flights.get(ROOT, "key", _ -> runs.incrementAndGet()));
        }
        assertThrows(IOException.class, () -> flights.get(ROOT, "key", failing(new IOException("planted"))));
        assertEquals(101, flights.get(ROOT, "key", _ -> runs.incrementAndGet()), "a failure is forgotten too");
    }

    @Test
    @Item("SF-04")
    void run_differentKeys_goInParallel() throws Exception {
        var flights = new SingleFlight<Integer, Integer>();
        var works = List.of(new Work(), new Work(), new Work());
        var callers = new ArrayList<Caller<Integer>>();
        for (int i = 0; i < 3; i++) {
            int key = i;
            callers.add(calls(() -> flights.get(ROOT, key, works.get(key))));
        }
        for (var work : works) {
            work.begun();
        }
        SingleFlightSnapshot now = flights.snapshot();
        assertEquals(new SingleFlightSnapshot("", 3, 3, now.longestFlight()), now);
        assertTrue(now.longestFlight().isPositive());
        assertTrue(flights.snapshot().longestFlight().compareTo(now.longestFlight()) >= 0);
        for (var work : works) {
            work.open();
        }
        for (var caller : callers) {
            assertEquals(1, caller.value());
        }
    }

    @Test
    void keys_equal_areOne() throws Exception {
        record Key(String a, int b) {}
        var flights = new SingleFlight<Key, Integer>();
        var work = new Work();
        var first = calls(() -> flights.get(ROOT, new Key("a", 1), work));
        work.begun();
        var second = calls(() -> flights.get(ROOT, new Key("a", 1), work));
        waiting(flights, 2);
        work.open();
        assertEquals(1, first.value() * second.value());
    }

    // Channels.

    @Test
    @Item("SF-05")
    void start_givesOneResultAndStaysOpen() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        ReceiveChan<Landed<Integer>> chan = flights.start(ROOT, "key", work);
        assertNull(chan.tryReceive());
        work.open();
        Landed<Integer> landed = chan.receive(ROOT.withTimeout(Duration.ofSeconds(20)));
        assertEquals(1, landed.get());
        assertFalse(landed.shared());
        assertNull(chan.tryReceive());
        assertFalse(chan.snapshot().closed());
        assertEquals(1, chan.cap());
    }

    @Test
    @Item("SF-05")
    void start_nobodyReceives_theFlightEnds() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var kept = flights.start(ROOT, "key", _ -> 1);
        var abandoned = flights.start(ROOT, "other", _ -> 2);
        abandoned.abandon("not wanted");
        Until.until("all have landed", () -> flights.flights() == 0);
        assertEquals(3, flights.get(ROOT, "other", _ -> 3));
        assertEquals(1, kept.receive().get());
    }

    @Test
    @Item("SF-06")
    void start_andRun_shareOneFlight() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        var first = flights.start(ROOT, "key", work);
        var second = calls(() -> flights.run(ROOT, "key", work));
        waiting(flights, 2);
        var third = flights.start(ROOT, "key", work);
        waiting(flights, 3);
        work.open();
        assertEquals(new Flown<>(1, true), second.value());
        assertEquals(new Landed<>(new Outcome.Success<>(1), true), first.receive());
        assertEquals(new Landed<>(new Outcome.Success<>(1), true), third.receive());
        assertEquals(1, work.runs.get());
    }

    // Forgetting.

    @Test
    @Item("SF-07")
    void forget_nextRunsAnewAndTheOldServesItsWaiters() throws Exception {
        var flights = new SingleFlight<String, String>();
        var old = new Work();
        var next = new Work();
        var first = calls(() -> flights.run(ROOT, "key", c -> "old " + old.call(c)));
        var joined = calls(() -> flights.run(ROOT, "key", c -> "old " + old.call(c)));
        waiting(flights, 2);
        flights.forget("key");
        assertEquals(0, flights.flights());
        var second = calls(() -> flights.run(ROOT, "key", c -> "new " + next.call(c)));
        next.begun();
        old.open();
        assertEquals(new Flown<>("old 1", true), first.value());
        assertEquals(new Flown<>("old 1", true), joined.value());
        // The end of the old one has left the new one in place: who comes now joins that.
        var third = calls(() -> flights.run(ROOT, "key", c -> "new " + next.call(c)));
        waiting(flights, 2);
        next.open();
        assertEquals(new Flown<>("new 1", true), second.value());
        assertEquals(new Flown<>("new 1", true), third.value());
        assertEquals(1, old.runs.get());
        assertEquals(1, next.runs.get());
        flights.forget("key");
    }

    @Test
    void forget_andAllLeave_theOldIsCancelledAndTheNewIsNot() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var old = new Work();
        var next = new Work();
        try (var ctx = ROOT.withCancel()) {
            var first = calls(() -> flights.get(ctx, "key", old));
            old.begun();
            flights.forget("key");
            var second = calls(() -> flights.get(ROOT, "key", next));
            next.begun();
            ctx.cancel();
            assertInstanceOf(CancelledException.class, first.failure());
            assertTrue(old.ctx.isDone());
            assertFalse(next.ctx.isDone());
            assertEquals(1, flights.flights());
            next.open();
            assertEquals(1, second.value());
            old.open();
        }
    }

    // Failures.

    @Test
    @Item("SF-08")
    void run_failure_reachesAllAsTheSameObjectWithTheBodysStack() throws Exception {
        for (Throwable failure : List.of(new IOException("planted"), new StackOverflowError("planted"))) {
            var flights = new SingleFlight<String, Integer>();
            var work = new Work();
            ContextCall<Integer> body = c -> {
                work.call(c);
                failure.setStackTrace(new Throwable().getStackTrace());
                throw failure instanceof Exception e ? e : sneak(failure);
            };
            var first = calls(() -> flights.run(ROOT, "key", body));
            var second = calls(() -> flights.run(ROOT, "key", body));
            waiting(flights, 2);
            work.open();
            assertSame(failure, first.failure());
            assertSame(failure, second.failure());
            assertTrue(failure.getStackTrace()[0].getMethodName().startsWith("lambda$run_failure_reachesAll"));
            assertEquals(0, failure.getSuppressed().length);
            assertEquals(2, flights.get(ROOT, "key", _ -> 2), "the key is free");
        }
    }

    @Test
    @Item("SF-09")
    void run_bodyExits_allGetAnExceptionAndTheKeyIsFree() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        ContextCall<Integer> body = c -> {
            work.call(c);
            Go.exit();
            return 1;
        };
        var first = calls(() -> flights.run(ROOT, "key", body));
        var second = calls(() -> flights.run(ROOT, "key", body));
        waiting(flights, 2);
        var third = flights.start(ROOT, "key", body);
        work.open();
        var one = assertInstanceOf(IllegalStateException.class, first.failure());
        var two = assertInstanceOf(IllegalStateException.class, second.failure());
        assertNotSame(one, two, "each with the stack of its caller");
        assertTrue(one.getMessage().contains("Go.exit()"), one.getMessage());
        assertInstanceOf(Outcome.Failure.class, third.receive().outcome());
        assertEquals(2, flights.get(ROOT, "key", _ -> 2));
    }

    @Test
    @Item("SF-10")
    void start_failure_isAnOutcomeInTheChannel() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        for (Throwable failure : List.of(new IOException("planted"), new OutOfMemoryError("planted"))) {
            var work = new Work();
            ContextCall<Integer> body = c -> {
                work.call(c);
                throw failure instanceof Exception e ? e : sneak(failure);
            };
            var chan = flights.start(ROOT, "key", body);
            work.begun();
            var caller = calls(() -> flights.run(ROOT, "key", body));
            waiting(flights, 2);
            work.open();
            Landed<Integer> landed = chan.receive(ROOT.withTimeout(Duration.ofSeconds(20)));
            assertEquals(new Outcome.Failure<Integer>(failure), landed.outcome());
            assertTrue(landed.shared());
            assertSame(failure, assertThrows(Throwable.class, landed::get));
            assertSame(failure, caller.failure());
        }
    }

    // Inside a flight.

    @Test
    @Item("SF-11")
    void run_fromInside_anotherKeyWorks() throws Exception {
        var flights = new SingleFlight<Integer, Integer>();
        assertEquals(8, flights.get(ROOT, 3, new ContextCall<Integer>() {
            @Override
            public Integer call(Context c) throws Exception {
                return power(c, 3);
            }

            private int power(Context c, int n) throws Exception {
                return n == 0 ? 1 : 2 * flights.get(c, n - 1 + 100, d -> power(d, n - 1));
            }
        }));
    }

    private static void refused(Caller<?> caller) {
        var e = assertInstanceOf(IllegalStateException.class, caller.failure());
        assertTrue(e.getMessage().contains("would wait for itself"), e.getMessage());
    }

    @Test
    void run_fromInside_theSameKeyIsRefused() throws Exception {
        var flights = new SingleFlight<String, Integer>("pages");
        ContextCall<Integer> never = _ -> {
            throw new AssertionError("nothing is started");
        };
        refused(calls(() -> flights.get(ROOT, "key", c -> flights.get(c, "key", never))));
        refused(calls(() -> flights.get(ROOT, "key", _ -> flights.get(ROOT, "key", never))));
        refused(calls(() -> flights.get(ROOT, "key", c -> flights.start(c, "key", never).receive().get())));
        refused(calls(() -> flights.get(ROOT, "key", c -> {
            try (var derived = c.withTimeout(Duration.ofSeconds(20))) {
                return calls(() -> flights.get(derived, "key", never)).value();
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause() instanceof Exception inner ? inner : e;
            }
        })));
        assertEquals(0, flights.flights());
        assertEquals(1, flights.get(ROOT, "key", _ -> 1));
    }

    @Test
    void run_fromInside_aFlightAroundItIsRefused() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var others = new SingleFlight<String, Integer>();
        refused(calls(() -> flights.get(ROOT, "a", c -> flights.get(c, "b", d -> flights.get(d, "a", _ -> 1)))));
        refused(calls(() -> flights.get(ROOT, "a", c -> others.get(c, "a", d -> flights.get(d, "a", _ -> 1)))));
        refused(calls(() -> flights.get(
                ROOT, "a", _ -> others.get(ROOT, "a", _ -> flights.get(ROOT, "a", _ -> 1)))));
        assertEquals(2, flights.get(ROOT, "a", c -> others.get(c, "a", _ -> 2)), "not the same flight");
    }

    @Test
    void run_fromInside_aForgottenOrLandedFlightIsNone() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        assertEquals(5, flights.get(ROOT, "key", c -> {
            flights.forget("key");
            return flights.get(c, "key", _ -> 5);
        }));
        var inside = new AtomicReference<Context>();
        flights.get(ROOT, "key", c -> {
            inside.set(c.detach());
            return 1;
        });
        var work = new Work();
        var first = calls(() -> flights.get(ROOT, "key", work));
        work.begun();
        var second = calls(() -> flights.get(inside.get(), "key", work));
        waiting(flights, 2);
        work.open();
        assertEquals(2, first.value() + second.value());
    }

    // Contexts.

    @Test
    void run_firstCallersContextEnds_othersGetTheValue() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        try (var ctx = ROOT.withCancel()) {
            var first = calls(() -> flights.run(ctx, "key", work));
            work.begun();
            var second = calls(() -> flights.run(ROOT, "key", work));
            waiting(flights, 2);
            ctx.cancel("enough");
            var e = assertInstanceOf(CancelledException.class, first.failure());
            assertEquals("enough", e.getCause().getMessage());
            assertEquals(1, flights.snapshot().waiting());
            assertFalse(work.ctx.isDone());
            work.open();
            assertEquals(new Flown<>(1, true), second.value());
        }
    }

    @Test
    void run_lastLeaves_theFlightIsCancelledAndTheKeyIsFree() throws Exception {
        var flights = new SingleFlight<String, Integer>("pages");
        var work = new Work();
        var next = new Work();
        try (var ctx = ROOT.withCancel()) {
            var first = calls(() -> flights.run(ctx, "key", work));
            work.begun();
            var second = calls(() -> flights.run(ctx, "key", work));
            waiting(flights, 2);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, first.failure());
            assertInstanceOf(CancelledException.class, second.failure());
        }
        assertTrue(work.ctx.isDone());
        var cause = assertInstanceOf(CancelledException.class, work.ctx.cause());
        assertEquals("singleflight: nobody waits for it any more", cause.getMessage());
        assertEquals("pages", work.ctx.cancelRecord().origin());
        assertEquals(0, flights.flights());
        var third = calls(() -> flights.run(ROOT, "key", next));
        next.begun();
        work.open(); // the body that did not heed its end comes to its own
        Until.until("its goroutine has ended", () -> Go.goroutines().stream()
                .filter(g -> g.name().equals("pages"))
                .count()
                == 1);
        var fourth = calls(() -> flights.run(ROOT, "key", next));
        waiting(flights, 2);
        next.open();
        assertEquals(new Flown<>(1, true), third.value());
        assertEquals(new Flown<>(1, true), fourth.value());
    }

    @Test
    void run_interrupted_leavesWithTheFlagSet() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        var flag = new AtomicReference<Boolean>();
        var first = calls(() -> {
            try {
                return flights.run(ROOT, "key", work);
            } finally {
                flag.set(Thread.interrupted());
            }
        });
        work.begun();
        var second = calls(() -> flights.run(ROOT, "key", work));
        waiting(flights, 2);
        first.waiting().thread.interrupt();
        assertInstanceOf(InterruptedWaitException.class, first.failure());
        assertEquals(true, flag.get());
        assertFalse(work.ctx.isDone());
        second.waiting().thread.interrupt();
        assertInstanceOf(InterruptedWaitException.class, second.failure());
        assertTrue(work.ctx.isDone());
        work.open();
    }

    @Test
    void run_endedContext_throwsAndStartsNothing() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        try (var ctx = ROOT.withCancel()) {
            ctx.cancel();
            assertThrows(CancelledException.class, () -> flights.run(ctx, "key", work));
            assertThrows(CancelledException.class, () -> flights.start(ctx, "key", work));
            assertEquals(0, flights.flights());
            var first = calls(() -> flights.run(ROOT, "key", work));
            work.begun();
            assertThrows(CancelledException.class, () -> flights.run(ctx, "key", work));
            assertThrows(CancelledException.class, () -> flights.start(ctx, "key", work));
            assertEquals(1, flights.snapshot().waiting());
            work.open();
            assertEquals(new Flown<>(1, false), first.value());
        }
        assertEquals(1, work.runs.get());
    }

    @Test
    void body_context_hasTheFirstCallersValuesAndNoEndOfIts() throws Exception {
        var key = Context.Key.<String>named("user");
        var flights = new SingleFlight<String, Context>("pages");
        try (var ctx = ROOT.withValue(key, "ann").withLabel("request", "17").withTimeout(Duration.ofHours(1))) {
            Context seen = flights.get(ctx, "key", c -> {
                assertEquals("ann", c.value(key));
                assertEquals("17", c.labels().get("request"));
                assertTrue(c.deadline().isEmpty());
                assertEquals("pages", c.name());
                assertEquals(c, Context.current());
                assertFalse(c.isDone());
                return c;
            });
            assertTrue(seen.isDone(), "closed with the flight");
        }
    }

    @Test
    void body_whatItHasStarted_endsWithIt() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ended = new CompletableFuture<Boolean>();
        flights.get(ROOT, "key", c -> {
            Go.go(c, d -> {
                d.awaitDone();
                ended.complete(true);
            });
            return 1;
        });
        assertTrue(ended.get(20, TimeUnit.SECONDS));
    }

    @Test
    void start_contextEnds_theChannelSaysSo() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        try (var ctx = ROOT.withCancel()) {
            var chan = flights.start(ctx, "key", work);
            work.begun();
            var other = calls(() -> flights.run(ROOT, "key", work));
            waiting(flights, 2);
            ctx.cancel("enough");
            Landed<Integer> landed = chan.receive();
            var e = assertThrows(CancelledException.class, landed::get);
            assertEquals("enough", e.getCause().getMessage());
            waiting(flights, 1);
            assertFalse(work.ctx.isDone());
            work.open();
            assertEquals(new Flown<>(1, true), other.value());
            assertNull(chan.tryReceive(), "one result");
        }
    }

    @Test
    void start_lastLeaves_theFlightIsCancelled() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var work = new Work();
        try (var ctx = ROOT.withCancel()) {
            flights.start(ctx, "key", work);
            flights.start(ctx, "key", work);
            work.begun();
            assertEquals(2, flights.snapshot().waiting());
            ctx.cancel();
        }
        assertTrue(work.ctx.awaitDone(Duration.ofSeconds(20)));
        assertEquals("singleflight: nobody waits for it any more", work.ctx.cause().getMessage());
        Until.until("the key is free", () -> flights.flights() == 0);
        work.open();
    }

    @Test
    void landing_leavesNothingAtTheCallersContext() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        try (var ctx = ROOT.withCancel()) {
            for (int i = 0; i < 100; i++) {
                flights.get(ctx, "key", _ -> 1);
                flights.start(ctx, "key", _ -> 2).receive();
            }
            Until.until(
                    "nothing listens",
                    () -> Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners() == 0);
        }
    }

    @Test
    void waiters_deadline_isExactUnderAVirtualClock() throws Exception {
        var time = new ManualScheduler();
        var flights = new SingleFlight<String, String>();
        var seen = Collections.synchronizedList(new ArrayList<String>());
        time.go(() -> {
            var ctx = ROOT.withTimeout(Duration.ofSeconds(2));
            assertThrows(DeadlineExceededException.class, () -> flights.get(ctx, "key", c -> {
                c.sleep(Duration.ofSeconds(5));
                return "late";
            }));
            seen.add("first left");
        });
        time.awaitIdle();
        time.go(() -> seen.add(flights.get(ROOT, "key", _ -> "not run")));
        time.advance(Duration.ofSeconds(2).minusNanos(1));
        time.awaitIdle();
        assertEquals(List.of(), seen);
        time.advance(1);
        time.awaitIdle();
        assertEquals(List.of("first left"), seen);
        time.advance(Duration.ofSeconds(3));
        time.awaitIdle();
        assertEquals(List.of("first left", "late"), seen);
        assertEquals(0, time.timers());
        assertTrue(time.lowest() >= 0);
    }

    // Deserted flights.

    @Test
    void deserted_failure_goesToThePolicyUnlessItIsTheEnd() throws Exception {
        var uncaught = Collections.synchronizedList(new ArrayList<Throwable>());
        FailurePolicy before = Go.failurePolicy(FailurePolicy.handler((_, failure) -> uncaught.add(failure)));
        try {
            var failure = new IOException("planted");
            for (boolean heeds : new boolean[] {true, false}) {
                var flights = new SingleFlight<String, Integer>("deserted");
                var begun = new CountDownLatch(1);
                try (var ctx = ROOT.withCancel()) {
                    var caller = calls(() -> flights.get(ctx, "key", c -> {
                        begun.countDown();
                        c.awaitDone();
                        if (heeds) {
                            c.check();
                        }
                        throw failure;
                    }));
                    await(begun);
                    ctx.cancel();
                    assertInstanceOf(ContextException.class, caller.failure());
                }
                Until.until("the goroutine has ended", () -> Go.goroutines().stream()
                        .noneMatch(g -> g.name().equals("deserted")));
                assertEquals(heeds ? List.of() : List.of(failure), uncaught);
            }
        } finally {
            Go.failurePolicy(before);
        }
    }

    // Races, held still: a key whose hash code is asked at the very moment.

    private static final class Trap {
        final AtomicReference<Runnable> sprung = new AtomicReference<>();
        volatile boolean armed;

        @Override
        public int hashCode() {
            Runnable action = armed ? sprung.getAndSet(null) : null;
            if (action != null) {
                action.run();
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Trap;
        }
    }

    /// While a flight lands and still stands in the map, another caller comes.
    @Test
    void landing_whoComesBeforeItIsOut_startsANewOne() throws Exception {
        var flights = new SingleFlight<Trap, Integer>();
        var trap = new Trap();
        var next = new Work();
        var second = new AtomicReference<Caller<Flown<Integer>>>();
        trap.sprung.set(() -> {
            second.set(calls(() -> flights.run(ROOT, new Trap(), next)));
            try {
                next.begun();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        Flown<Integer> first = flights.run(ROOT, trap, _ -> {
            trap.armed = true;
            return 10;
        });
        assertEquals(new Flown<>(10, false), first);
        assertNotNull(second.get());
        assertEquals(1, flights.flights(), "the end of the first has not taken out the second");
        var third = calls(() -> flights.run(ROOT, new Trap(), next));
        waiting(flights, 2);
        next.open();
        assertEquals(new Flown<>(1, true), second.get().value());
        assertEquals(new Flown<>(1, true), third.value());
    }

    /// The last one has left, the flight still stands in the map and is not cancelled yet: another caller comes.
    @Test
    void leaving_whoComesBeforeItIsCancelled_startsANewOne() throws Exception {
        var flights = new SingleFlight<Trap, Integer>();
        var trap = new Trap();
        var old = new Work();
        var next = new Work();
        var second = new AtomicReference<Caller<Flown<Integer>>>();
        var aliveThen = new AtomicReference<Boolean>();
        trap.sprung.set(() -> {
            aliveThen.set(!old.ctx.isDone());
            second.set(calls(() -> flights.run(ROOT, new Trap(), next)));
            try {
                next.begun();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        try (var ctx = ROOT.withCancel()) {
            var first = calls(() -> flights.run(ctx, trap, old));
            old.begun();
            trap.armed = true;
            ctx.cancel();
            assertInstanceOf(CancelledException.class, first.failure());
        }
        assertEquals(true, aliveThen.get());
        assertTrue(old.ctx.isDone());
        assertFalse(next.ctx.isDone());
        SingleFlightSnapshot now = flights.snapshot();
        assertEquals(new SingleFlightSnapshot("", 1, 1, now.longestFlight()), now);
        old.open();
        next.open();
        assertEquals(new Flown<>(1, false), second.get().value());
    }

    @Test
    void key_thatFails_keepsNobodyWaiting() throws Exception {
        var uncaught = new CompletableFuture<Throwable>();
        FailurePolicy before = Go.failurePolicy(FailurePolicy.handler((_, failure) -> uncaught.complete(failure)));
        try {
            var flights = new SingleFlight<Trap, Integer>();
            var trap = new Trap();
            var planted = new IllegalStateException("planted");
            trap.sprung.set(() -> {
                throw planted;
            });
            var seen = new AtomicReference<Context>();
            assertEquals(3, flights.get(ROOT, trap, c -> {
                seen.set(c);
                trap.armed = true;
                return 3;
            }));
            assertSame(planted, uncaught.get(20, TimeUnit.SECONDS));
            assertTrue(seen.get().isDone());
            assertEquals(0, flights.flights(), "it is closed, if not out");
            assertEquals(4, flights.get(ROOT, trap, _ -> 4));
        } finally {
            Go.failurePolicy(before);
        }
    }

    // Looking, and misuse.

    @Test
    void toString_showsCountsAndNoKeys() throws Exception {
        var flights = new SingleFlight<String, Integer>("pages");
        assertEquals("singleflight \"pages\" (0 flights, 0 waiting)", flights.toString());
        var work = new Work();
        var caller = calls(() -> flights.get(ROOT, "secret", work));
        work.begun();
        waiting(flights, 1);
        caller.waiting();
        assertEquals("singleflight \"pages\" (1 flight, 1 waiting)", flights.toString());
        assertEquals("pages", flights.name());
        assertEquals("pages", flights.snapshot().name());
        Until.until("the reason is shown", () -> "singleflight.Do \"pages\" (1 waiting)"
                .equals(String.valueOf(java.util.concurrent.locks.LockSupport.getBlocker(caller.thread))));
        work.open();
        caller.value();
        assertEquals("singleflight (0 flights, 0 waiting)", new SingleFlight<>().toString());
    }

    @Test
    void null_isRefused() {
        var flights = new SingleFlight<String, Integer>();
        assertThrows(NullPointerException.class, () -> flights.run(ROOT, null, _ -> 1));
        assertThrows(NullPointerException.class, () -> flights.run(ROOT, "key", null));
        assertThrows(NullPointerException.class, () -> flights.run(null, "key", _ -> 1));
        assertThrows(NullPointerException.class, () -> flights.start(ROOT, "key", null));
        assertThrows(NullPointerException.class, () -> flights.forget(null));
        assertThrows(NullPointerException.class, () -> new SingleFlight<>(null));
        assertEquals(0, flights.flights());
    }

    @Test
    void select_overSeveral_takesTheFirst() {
        var flights = new SingleFlight<String, Integer>();
        var slow = new Work();
        String first = dev.millrace.chan.Select.<String>first()
                .receive(flights.start(ROOT, "slow", slow), _ -> "slow")
                .receive(flights.start(ROOT, "fast", _ -> 1), _ -> "fast")
                .run();
        assertEquals("fast", first);
        slow.open();
        assertInstanceOf(Received.Value.class, flights.start(ROOT, "slow", slow).next());
    }
}
