package dev.millrace.isolation;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextSource;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.Detach;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import dev.millrace.go.Until;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import dev.millrace.internal.Scheduler;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.Pool;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncError;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.Retry;
import dev.millrace.verify.Item;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What belongs to whom when it is made late, by somebody else, or of parts; what anybody may look at; and what a context from outside
/// may not do.
class OwnershipTest {
    private final ManualScheduler time = new ManualScheduler("A");
    private final ManualScheduler other = new ManualScheduler("B");

    @AfterEach
    void countOfRunnable_neverWentBelowZero() {
        assertEquals(0, time.lowest());
        assertEquals(0, other.lowest());
        assertEquals(0, time.runnable());
        assertEquals(0, other.runnable());
    }

    // What anybody may do.

    @Test
    @Item("ST-16")
    void looks_fromOutside_areEverybodys() {
        var chan = time.call(() -> Chan.<Integer>buffered(2));
        time.run(() -> chan.send(1));
        assertEquals(1, chan.len());
        assertEquals(2, chan.cap());
        assertEquals("channel (1 of 2)", chan.toString());
        assertEquals(1, chan.snapshot().length());
        assertFalse(chan.isClosed());
        assertEquals(chan, chan.receiveOnly());

        Context.Key<String> key = Context.Key.named("key");
        var ctx = time.call(() -> Context.background().withValue(key, "value").withTimeout(ofSeconds(5)));
        assertFalse(ctx.isDone());
        assertNull(ctx.err());
        assertNull(ctx.cause());
        assertEquals("value", ctx.value(key));
        assertEquals(ofSeconds(5), ctx.remaining().orElseThrow());
        assertNotNull(ctx.snapshot());
        assertNotNull(ctx.dump());
        assertFalse(ctx.done().isDone());
        assertEquals("value", ctx.detach().value(key));
        assertEquals("value", ctx.withLabel("a", "b").withName("x").without(Context.Key.named("y")).value(key));
        time.advance(ofSeconds(5));
        assertTrue(ctx.isDone(), "asked by the clock of the bubble");
        assertInstanceOf(DeadlineExceededException.class, ctx.cause());
        assertThrows(DeadlineExceededException.class, ctx::check);
        ctx.cancel(); // nothing to do, nothing to refuse
        ctx.close();

        var mu = time.call(Mutex::new);
        assertFalse(mu.isLocked());
        var rw = time.call(RWMutex::new);
        assertEquals(0, rw.readers());
        assertEquals(3, time.call(() -> new WeightedSemaphore(3)).available());
        assertFalse(time.call(Once::new).isDone());
        assertFalse(time.call(Once::new).done().isDone());
        assertEquals(0, time.call(WaitGroup::new).count());
        time.call(WaitGroup::new).await();
        assertEquals(0, time.call(() -> new Cond(mu)).waiting());
    }

    @Test
    void passiveObjects_areEverybodys() {
        var pool = time.call(() -> Pool.of(() -> "made"));
        pool.put("mine");
        assertNotNull(pool.get());
        var map = time.call(() -> new SyncMap<String, Integer>());
        map.store("a", 1);
        other.run(() -> assertEquals(1, map.load("a")));
        var word = time.call(() -> new dev.millrace.atomic.Int32(1));
        assertEquals(2, word.add(1));
    }

    // Contexts from outside.

    private static final Context.Key<String> KEY = Context.Key.named("key");

    private interface Derive {
        Object from(Context ctx) throws Exception;
    }

    private record Way(String name, Derive derive) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way("withCancel", Context::withCancel),
                new Way("withTimeout", c -> c.withTimeout(ofSeconds(1))),
                new Way("withTimeout and cause", c -> c.withTimeout(ofSeconds(1), new Exception())),
                new Way("withDeadline", c -> c.withDeadline(Instant.MAX)),
                new Way("detach with its deadline", c -> c.detach(Detach.keepingDeadline())),
                new Way("detach that lingers", c -> c.detach(Detach.lingering(ofSeconds(1)))),
                new Way("anyOf", c -> Context.anyOf(c, Context.background())),
                new Way("anyOf, second", c -> Context.anyOf(Context.background(), c)),
                new Way("by a value", c -> c.withValue(KEY, "v").withName("n").withCancel()),
                new Way("group", TaskGroup::open),
                new Way("sleep", c -> {
                    c.sleep(ofSeconds(1));
                    return c;
                }),
                new Way("after-func", c -> c.afterFunc(() -> {})),
                new Way("interruptible", c -> Interruptible.call(c, () -> 1)),
                new Way("retry", c -> Retry.exponential(ofSeconds(1), ofSeconds(1)).call(c, _ -> 1)),
                new Way("pipeline", c -> Pipeline.merge(c, List.of(Chan.<Integer>never()))),
                new Way("publisher", c -> Chan.<Integer>never().receiveOnly().publisher(c)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void contextFromOutside_thatCanEnd_isNotDerivedFromInside(Way way) {
        var ctx = Context.background().withName("request").withCancel();
        time.run(() -> {
            var refusal = assertThrows(IllegalStateException.class, () -> way.derive.from(ctx));
            String text = refusal.getMessage();
            assertTrue(text.contains(" context \"request\" inside a bubble, but it comes from outside"), text);
            assertTrue(text.contains("derive from Context.background(), or from its detach()"), text);
            assertTrue(text.endsWith("which is in bubble A)"), text);
        });
        assertFalse(ctx.isDone());
        assertEquals(0, time.timers());
    }

    @Test
    void retry_underAContextFromOutside_isRefusedBeforeTheFirstAttempt() {
        var ctx = Context.background().withName("request").withCancel();
        time.run(() -> {
            var refusal = assertThrows(
                    IllegalStateException.class,
                    () -> Retry.exponential(ofSeconds(1), ofSeconds(1)).call(ctx, _ -> 1));
            assertTrue(refusal.getMessage().startsWith("retry under context \"request\" inside"), refusal.getMessage());
        });
    }

    @Test
    void contextFromOutside_thatCannotEnd_isDerivedFrom() {
        var request = Context.background().withValue(KEY, "value").withName("request").withCancel();
        var bubble = time.go(() -> {
            for (Context ctx : List.of(
                    Context.background(), Context.todo(), request.detach(), request.detach().withLabel("a", "b"))) {
                var own = ctx.withTimeout(ofSeconds(1));
                own.awaitDone();
                assertInstanceOf(DeadlineExceededException.class, own.err());
            }
            assertEquals("value", request.detach().withCancel().value(KEY));
            assertEquals("value", request.value(KEY));
            assertFalse(request.isDone());
            request.check();
            assertEquals("value", request.view().withLabel("a", "b").value(KEY));
        });
        for (int i = 0; i < 4; i++) {
            time.advance(ofSeconds(1));
        }
        time.awaitIdle();
        bubble.check();
    }

    @Test
    void contextFromOutside_isCancelledFromInside() {
        var ctx = Context.background().withCancel();
        time.run(() -> ctx.cancel("done inside"));
        assertTrue(ctx.isDone());
    }

    @Test
    @Item("ST-07")
    void afterFunc_ofTheBubblesContext_runsInside() {
        var seen = new AtomicReference<Scheduler>();
        var ofChild = new AtomicReference<Scheduler>();
        time.run(() -> {
            var ctx = Context.background().withTimeout(ofSeconds(3));
            ctx.afterFunc(() -> {
                seen.set(Scheduler.current());
                Go.go(() -> ofChild.set(Scheduler.current()));
            });
        });
        time.advance(ofSeconds(3));
        time.awaitIdle();
        assertSame(time, seen.get());
        assertSame(time, ofChild.get());
    }

    /// A source that ends when it is told to.
    private static final class Source implements ContextSource {
        volatile Throwable err;
        volatile Runnable callback;

        @Override
        public Throwable err() {
            return err;
        }

        @Override
        public Runnable onDone(Runnable given) {
            callback = given;
            return () -> {};
        }
    }

    @Test
    void foreignContext_madeInside_endsFromInsideOnly() {
        var source = new Source();
        var started = time.go(() -> {
            var ctx = Context.from(source).withCancel();
            assertThrows(CancelledException.class, () -> Chan.never().receive(ctx));
        });
        time.awaitIdle();
        source.err = new Exception("over");
        var refusal = assertThrows(IllegalStateException.class, () -> source.callback.run());
        assertTrue(refusal.getMessage().startsWith("done callback of a context without name of a bubble from outside"));
        assertFalse(started.isFinished());
        time.run(() -> source.callback.run());
        time.awaitIdle();
        started.check();
    }

    // Conds.

    @Test
    @Item("ST-18")
    void cond_fromOutside_wakesNobodyInside() throws Exception {
        var mu = new Mutex();
        var cond = new Cond(mu);
        cond.signal();
        Started waiter = time.go(() -> {
            mu.lock();
            cond.await();
            mu.unlock();
        });
        time.awaitIdle();
        var mine = Thread.ofVirtual().start(() -> {
            mu.lock();
            cond.await();
            mu.unlock();
        });
        Until.until("both wait", () -> cond.waiting() == 2);
        var refusal = assertThrows(SyncError.class, cond::signal);
        assertTrue(refusal.getMessage().startsWith("fatal error: semaphore wake by signal on"), refusal.getMessage());
        assertThrows(SyncError.class, cond::broadcast);
        other.run(() -> assertThrows(SyncError.class, cond::signal));
        assertEquals(2, cond.waiting(), "nobody was woken");
        time.run(cond::broadcast); // who is inside may wake whom it likes outside
        time.awaitIdle();
        waiter.check();
        Until.ended(mine);
    }

    // What is made late belongs to whom the object belongs.

    @Test
    void eventOfAOnce_firstAskedForInside_belongsToTheOnce() throws Exception {
        var once = new Once();
        var done = time.call(once::done);
        var waiter = Thread.ofVirtual().start(done::await);
        Until.waits(waiter);
        once.run(() -> {});
        Until.ended(waiter);
    }

    @Test
    void eventOfATask_firstAskedForElsewhere_belongsToTheGroup() throws Exception {
        try (var group = TaskGroup.open(Context.background())) {
            var go = Chan.<Integer>unbuffered();
            var task = group.fork(_ -> go.receive());
            var done = time.call(task::done);
            var waiter = Thread.ofVirtual().start(done::await);
            Until.waits(waiter);
            go.send(3);
            Until.ended(waiter);
            group.join();
        }
        var inside = new AtomicReference<dev.millrace.group.Forked<Integer>>();
        time.run(() -> {
            var group = TaskGroup.open(Context.background());
            inside.set(group.fork(_ -> 1));
            group.join();
        });
        assertTrue(inside.get().done().isDone(), "asked from outside after its end");
    }

    @Test
    void limitOfAGroup_setInside_isCountedWhereTheGroupBelongs() throws Exception {
        try (var group = TaskGroup.open(Context.background())) {
            time.call(() -> group.limit(1));
            var go = Chan.<Integer>unbuffered();
            group.go(_ -> go.next());
            var waiter = Thread.ofVirtual().start(() -> group.go(_ -> {}));
            Until.waits(waiter);
            assertEquals(0, time.lowest(), "the wait of somebody outside is not counted inside");
            go.close();
            Until.ended(waiter);
            group.join();
        }
    }

    @Test
    void tasksOfAGroupFromOutside_belongToWhoStartsThem() throws Exception {
        var seen = new AtomicReference<Scheduler>();
        try (var group = TaskGroup.open(Context.background())) {
            time.run(() -> group.go(_ -> seen.set(Scheduler.current())));
            group.join();
        }
        assertSame(time, seen.get());
    }

    @Test
    @Item("ST-15")
    void broadcastFromOutside_subscribedInside_works() throws Exception {
        var prices = new Broadcast<Integer>();
        var got = new AtomicReference<List<Integer>>();
        var subscribed = new java.util.concurrent.CountDownLatch(1);
        Started inside = time.go(() -> {
            var mine = prices.subscribe(m -> m.buffered(1));
            subscribed.countDown();
            got.set(List.of(mine.receive(), mine.receive()));
            mine.abandon("enough");
        });
        subscribed.await();
        prices.send(1);
        prices.send(2);
        time.awaitIdle();
        inside.check();
        assertEquals(List.of(1, 2), got.get());
        time.run(() -> {
            var mine = Chan.<Integer>buffered(1);
            var refusal = assertThrows(IllegalStateException.class, () -> prices.subscribe(_ -> mine));
            assertTrue(refusal.getMessage().startsWith("subscribe to broadcast"), refusal.getMessage());
        });
        assertEquals(0, prices.subscribers());
    }

    // Flights.

    @Test
    void flight_ofABubble_isNotJoinedFromOutside() throws Exception {
        var flights = new SingleFlight<String, Integer>("pages");
        var go = time.call(Chan::<Integer>unbuffered);
        Started first = time.go(() -> assertEquals(
                5, flights.run(Context.background(), "key", _ -> go.receive()).value()));
        time.awaitIdle();
        var refusal = assertThrows(
                IllegalStateException.class, () -> flights.run(Context.background(), "key", _ -> 1));
        assertTrue(refusal.getMessage().startsWith("join of the flight in singleflight"), refusal.getMessage());
        other.run(() -> assertThrows(
                IllegalStateException.class, () -> flights.start(Context.background(), "key", _ -> 1)));
        assertEquals(1, flights.snapshot().waiting());
        time.run(() -> go.send(5));
        time.awaitIdle();
        first.check();
        assertEquals(7, flights.run(Context.background(), "key", _ -> 7).value());
    }

    @Test
    void flight_ofNoBubble_isJoinedFromInsideByRunOnly() throws Exception {
        var flights = new SingleFlight<String, Integer>("pages");
        var go = Chan.<Integer>unbuffered();
        var first = Thread.ofVirtual().start(() -> {
            try {
                flights.run(Context.background(), "key", _ -> go.receive());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        Until.until("it flies", () -> flights.flights() == 1);
        time.run(() -> {
            var refusal = assertThrows(
                    IllegalStateException.class, () -> flights.start(Context.background(), "key", _ -> 1));
            assertTrue(refusal.getMessage().startsWith("start inside a bubble joins a flight from outside"));
        });
        Started joined = time.go(() -> assertEquals(
                5, flights.run(Context.background(), "key", _ -> 1).value()));
        Until.until("it waits", () -> flights.snapshot().waiting() == 2);
        assertEquals(1, time.runnable());
        go.send(5);
        time.awaitIdle();
        joined.check();
        Until.ended(first);
    }

    // Flow.

    @Test
    void publisher_ofABubble_startsNothingInsideForSomebodyOutside() {
        var publisher = time.call(() -> Chan.<Integer>never().receiveOnly().publisher(Context.background()));
        var failure = new AtomicReference<Throwable>();
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {}

            @Override
            public void onNext(Integer item) {}

            @Override
            public void onError(Throwable throwable) {
                failure.set(throwable);
            }

            @Override
            public void onComplete() {}
        });
        assertTrue(failure.get().getMessage().startsWith("subscribe to publisher"), failure.get().getMessage());
    }

    @Test
    void pipeline_inside_countsItsWaits() {
        var got = new AtomicReference<Received<Integer>>();
        var bubble = time.go(() -> {
            try (var ctx = Context.background().withCancel()) {
                var in = Chan.<Integer>unbuffered();
                var out = Pipeline.map(ctx, in, (_, v) -> v * 2);
                Go.go(() -> {
                    Context.background().sleep(ofSeconds(4));
                    in.send(21);
                });
                got.set(out.next());
            }
        });
        time.advance(ofSeconds(4));
        time.awaitIdle();
        bubble.check();
        assertEquals(new Received.Value<>(42), got.get());
    }

    // The end of a bubble.

    @Test
    @Item("ST-16")
    void objects_whoseBubbleHasEnded_stayRefused() throws Exception {
        var kept = new AtomicReference<Chan<Integer>>();
        var ctx = new AtomicReference<CancellableContext>();
        time.run(() -> {
            kept.set(Chan.buffered(1));
            kept.get().close();
            ctx.set(Context.background().withCancel());
        });
        assertThrows(IllegalStateException.class, () -> kept.get().receive());
        assertThrows(IllegalStateException.class, ctx.get()::close);
    }
}
