package dev.millrace.isolation;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.go.Until;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import dev.millrace.internal.Overflow;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Waiter;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.Alarm;
import dev.millrace.time.RateLimiter;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which waits of a bubble's goroutines count, so that the clock may go on meanwhile: those that nothing from outside can end.
class DurableTest {
    private final ManualScheduler time = new ManualScheduler("A");

    private interface Maker {
        Wait make() throws Exception;
    }

    private interface Body {
        void run() throws Throwable;
    }

    /// What a goroutine of the bubble does, which must wait, and what lets it go on, inside or outside.
    private record Wait(Body body, Body release) {}

    /// A wait for one and the same kind of thing; made inside it counts, made outside it does not.
    private record Row(String name, Maker maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> kinds() {
        return Stream.of(
                new Row("receive", () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(c::receive, () -> c.send(1));
                }),
                new Row("send", () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(() -> c.send(1), c::receive);
                }),
                new Row("send to a full buffer that is barged into", () -> {
                    var c = Chan.<Integer>buffered(8);
                    for (int i = 0; i < 8; i++) {
                        c.send(i);
                    }
                    return new Wait(() -> c.send(8), c::receive);
                }),
                new Row("iteration", () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(() -> assertFalse(c.iterator().hasNext()), c::close);
                }),
                new Row("select", () -> {
                    var c = Chan.<Integer>unbuffered();
                    var d = Chan.<Integer>unbuffered();
                    return new Wait(
                            () -> Select.<Integer>first().receive(c, v -> v).send(d, 1, () -> 1).run(), c::close);
                }),
                new Row("select with a lock", () -> {
                    var mu = new Mutex();
                    mu.lock();
                    return new Wait(() -> Select.<Integer>first().lock(mu, () -> 1).run(), mu::unlock);
                }),
                new Row("select on the end of a context", () -> {
                    var ctx = Context.background().withCancel();
                    return new Wait(() -> Select.<Integer>first().done(ctx, _ -> 1).run(), ctx::cancel);
                }),
                new Row("wait for the end of a context", () -> {
                    var ctx = Context.background().withCancel();
                    return new Wait(ctx::awaitDone, ctx::cancel);
                }),
                new Row("mutex", () -> {
                    var mu = new Mutex();
                    mu.lock();
                    return new Wait(mu::lock, mu::unlock);
                }),
                new Row("rwmutex for reading", () -> {
                    var mu = new RWMutex();
                    mu.lock();
                    return new Wait(mu::rLock, mu::unlock);
                }),
                new Row("semaphore", () -> {
                    var sem = new WeightedSemaphore(1);
                    sem.acquire(1);
                    return new Wait(() -> sem.acquire(1), () -> sem.release(1));
                }),
                new Row("wait group", () -> {
                    var wg = new WaitGroup();
                    wg.add(1);
                    return new Wait(wg::await, wg::done);
                }),
                new Row("once", () -> {
                    var once = new Once();
                    var go = Chan.<Integer>unbuffered();
                    go.trySend(0);
                    dev.millrace.go.Go.go(() -> once.run(go::receive));
                    Until.until("it runs", () -> !once.snapshot().runner().isEmpty());
                    return new Wait(() -> once.run(() -> {}), go::close);
                }),
                new Row("once value", () -> {
                    var go = Chan.<Integer>unbuffered();
                    var running = new CountDownLatch(1);
                    var once = OnceValue.of(() -> {
                        running.countDown();
                        return go.next();
                    });
                    dev.millrace.go.Go.go(once::get);
                    running.await();
                    return new Wait(once::get, go::close);
                }),
                new Row("group", () -> {
                    var go = Chan.<Integer>unbuffered();
                    var group = TaskGroup.open(Context.background());
                    group.go(_ -> go.next());
                    return new Wait(group::join, go::close);
                }),
                new Row("limit of a group", () -> {
                    var go = Chan.<Integer>unbuffered();
                    var group = TaskGroup.open(Context.background()).limit(1);
                    group.go(_ -> go.next());
                    return new Wait(() -> group.go(_ -> {}), go::close);
                }),
                new Row("flight", () -> {
                    var go = Chan.<Integer>unbuffered();
                    var flights = new SingleFlight<String, Integer>();
                    dev.millrace.go.Go.go(() -> flights.run(Context.background(), "key", _ -> {
                        go.next();
                        return 1;
                    }));
                    Until.until("it flies", () -> flights.flights() == 1);
                    return new Wait(() -> flights.run(Context.background(), "key", _ -> 2), go::close);
                }),
                new Row("alarm", () -> {
                    var alarm = Alarm.in(ofSeconds(3600));
                    return new Wait(alarm.fired()::receive, () -> alarm.fired().abandon("enough"));
                }));
    }

    /// Whether `started`, which waits, counts.
    private boolean counts(Started started, long others) throws Exception {
        // Not just parked: who makes way for others, or loads a class, is so for a moment too.
        Until.until("a wait of the library's", () -> LockSupport.getBlocker(started.thread()) instanceof Waiter);
        Until.waits(started.thread());
        long running = time.runnable() - others;
        assertTrue(running == 0 || running == 1, () -> running + " run");
        return running == 0;
    }

    private static Body tolerant(Body body) {
        return () -> {
            try {
                body.run();
            } catch (dev.millrace.chan.ChanClosedException e) {
                // what let it go on
            }
        };
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Item({"ST-18", "ST-20"})
    void wait_forWhatIsInside_counts(Row row) throws Exception {
        Wait wait = time.call(row.maker::make);
        time.awaitIdle();
        Started waiter = time.go(() -> tolerant(wait.body).run());
        assertTrue(counts(waiter, 0));
        time.run(() -> wait.release.run());
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.lowest());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Item({"ST-15", "ST-18", "ST-20"})
    void wait_forWhatIsOutside_worksAndDoesNotCount(Row row) throws Throwable {
        Wait wait = row.maker.make();
        Started waiter = time.go(() -> tolerant(wait.body).run());
        assertTrue(!counts(waiter, 0));
        wait.release.run();
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.lowest());
    }

    /// A wait group's counter is changed only from where it left zero.
    static Stream<Row> kindsButWaitGroup() {
        return kinds().filter(row -> !row.name.equals("wait group"));
    }

    @ParameterizedTest
    @MethodSource("kindsButWaitGroup")
    @Item("ST-15")
    void wait_forWhatIsOutside_isEndedFromInsideToo(Row row) throws Exception {
        Wait wait = row.maker.make();
        Started waiter = time.go(() -> tolerant(wait.body).run());
        Until.waits(waiter.thread());
        time.go(() -> wait.release.run());
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.lowest());
    }

    /// Waits that take a context, by what they wait for and what context.
    private boolean countsUnder(Context ctx, boolean inside) throws Throwable {
        var answers = new ArrayList<Boolean>();
        List<Maker> makers = List.of(
                () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(() -> c.receive(ctx), c::close);
                },
                () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(() -> c.send(ctx, 1), c::close);
                },
                () -> {
                    var mu = new Mutex();
                    mu.lock();
                    return new Wait(() -> mu.lock(ctx), mu::unlock);
                },
                () -> {
                    var sem = new WeightedSemaphore(0);
                    return new Wait(() -> sem.acquire(ctx, 1), () -> sem.resize(1));
                },
                () -> {
                    var wg = new WaitGroup();
                    wg.add(1);
                    return new Wait(() -> wg.await(ctx), wg::done);
                },
                () -> {
                    var mu = new Mutex();
                    var cond = new Cond(mu);
                    return new Wait(
                            () -> {
                                mu.lock();
                                cond.await(ctx);
                            },
                            () -> {
                                if (inside) {
                                    cond.signal();
                                } else {
                                    time.run(cond::signal); // it belongs to whoever waits
                                }
                            });
                },
                () -> {
                    var c = Chan.<Integer>unbuffered();
                    return new Wait(() -> Select.<Integer>first().receive(c, v -> v).run(ctx), c::close);
                });
        for (Maker maker : makers) {
            Wait wait = inside ? time.call(maker::make) : maker.make();
            Started waiter = time.go(() -> tolerant(wait.body).run());
            answers.add(counts(waiter, 0));
            if (inside) {
                time.go(() -> wait.release.run());
            } else {
                wait.release.run();
            }
            time.awaitIdle();
            waiter.check();
        }
        assertEquals(1, answers.stream().distinct().count(), answers.toString());
        assertEquals(0, time.lowest());
        return answers.getFirst();
    }

    @Test
    @Item("ST-15")
    void wait_insideUnderAContext_countsUnlessThatCanEndFromOutside() throws Throwable {
        assertTrue(countsUnder(Context.background(), true));
        assertTrue(countsUnder(time.call(() -> Context.background().withCancel()), true));
        assertTrue(countsUnder(Context.background().withCancel().detach().withLabel("a", "b"), true));
        assertTrue(!countsUnder(Context.background().withCancel(), true));
        assertTrue(!countsUnder(Context.background().withTimeout(ofSeconds(3600)).withLabel("a", "b"), true));
    }

    @Test
    @Item("ST-15")
    void wait_insideUnderAContextFromOutside_isEndedByIt() throws Exception {
        var ctx = Context.background().withCancel();
        var c = time.call(Chan::<Integer>unbuffered);
        Started waiter =
                time.go(() -> assertThrows(dev.millrace.context.CancelledException.class, () -> c.receive(ctx)));
        assertTrue(!counts(waiter, 0));
        ctx.cancel();
        time.awaitIdle();
        waiter.check();
        assertEquals(0, c.snapshot().blockedReceivers());
    }

    @Test
    void cond_fromOutside_countsByWhoWaits() throws Exception {
        var mu = new Mutex();
        var cond = new Cond(mu);
        Started waiter = time.go(() -> {
            mu.lock();
            cond.await();
            mu.unlock();
        });
        assertTrue(counts(waiter, 0));
        time.run(cond::signal);
        time.awaitIdle();
        waiter.check();
    }

    @Test
    @Item("ST-18")
    void clock_goesOnWhileOthersWaitForCondAndWaitGroup() throws Exception {
        var events = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        var bubble = time.go(() -> {
            var mu = new Mutex();
            var cond = new Cond(mu);
            var wg = new WaitGroup();
            wg.go(() -> {
                mu.lock();
                cond.await();
                mu.unlock();
                events.add("woken after " + (time.nanoTime() - 1_000) / 1_000_000_000);
            });
            Context.background().sleep(ofSeconds(5));
            cond.signal();
            wg.await();
        });
        time.advance(ofSeconds(5));
        time.awaitIdle();
        bubble.check();
        assertEquals(List.of("woken after 5"), List.copyOf(events));
    }

    /// Go's issue 77687: who sleeps with a mutex that another waits for hangs a test. Not here.
    @Test
    @Item("ST-20")
    void clock_goesOnWhileAnotherWaitsForAMutexOfTheBubble() {
        var bubble = time.go(() -> {
            var mu = new Mutex();
            mu.lock();
            var other = new WaitGroup();
            other.go(() -> mu.holding(() -> {}));
            Context.background().sleep(ofSeconds(7));
            mu.unlock();
            other.await();
        });
        time.advance(ofSeconds(7));
        time.awaitIdle();
        bubble.check();
    }

    @Test
    @Item("ST-15")
    void clock_standsWhileSomebodyWaitsForAChannelFromOutside() throws Exception {
        var outside = Chan.<Integer>unbuffered();
        Started sleeper = time.go(() -> Context.background().sleep(ofSeconds(1)));
        Started waiter = time.go(outside::receive);
        Until.waits(sleeper.thread());
        Until.waits(waiter.thread());
        assertEquals(1, time.runnable(), "the one at the outside channel counts as one who can run");
        outside.send(1);
        time.awaitIdle();
        waiter.check();
        time.advance(ofSeconds(1));
        time.awaitIdle();
        sleeper.check();
    }

    // Selects.

    @Test
    @Item("ST-15")
    void select_withACaseFromOutside_doesNotCount() throws Exception {
        var in = time.call(Chan::<Integer>unbuffered);
        var out = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var future = new CompletableFuture<Integer>();
        List<Body> bodies = List.of(
                () -> Select.<Integer>first().receive(in, v -> v).receive(out, v -> v).run(),
                () -> Select.<Integer>ordered().receive(in, v -> v).send(out, 1, () -> 1).run(),
                () -> Select.<Integer>first().receive(in, v -> v).done(ctx, _ -> 1).run(),
                () -> Select.<Integer>first().receive(in, v -> v).event(ctx.done(), () -> 1).run(),
                () -> Select.<Integer>first().receive(in, v -> v).completed(future, () -> 1).run(),
                () -> Select.<Integer>first().receive(in, v -> v).lock(held(), () -> 1).run(),
                () -> Select.<Integer>first().receive(in, v -> v).receive(out, v -> v)
                        .timeout(ofSeconds(1), () -> 1)
                        .run());
        for (Body body : bodies) {
            Started waiter = time.go(() -> body.run());
            assertTrue(!counts(waiter, 0));
            time.go(() -> in.send(1));
            time.awaitIdle();
            waiter.check();
        }
        assertEquals(0, time.timers());
        assertEquals(0, time.lowest());
    }

    private static final Mutex HELD = new Mutex();

    static {
        HELD.lock();
    }

    private static Mutex held() {
        return HELD;
    }

    @Test
    void select_whoseCaseFromOutsideIsDisabled_counts() throws Exception {
        var in = time.call(Chan::<Integer>unbuffered);
        var out = Chan.<Integer>unbuffered();
        var select = Selector.random(); // made outside, and used inside
        select.receive(in);
        var off = select.receive(out);
        off.enabled(false);
        Started waiter = time.go(select::await);
        assertTrue(counts(waiter, 0));
        time.run(() -> in.send(1));
        time.awaitIdle();
        waiter.check();
        off.enabled(true);
        Started again = time.go(select::await);
        assertTrue(!counts(again, 0));
        out.send(1);
        time.awaitIdle();
        again.check();
    }

    @Test
    void selector_madeInOneBubble_countsWhereItRuns() throws Exception {
        var other = new ManualScheduler("B");
        var select = other.call(Selector::random);
        var in = time.call(Chan::<Integer>unbuffered);
        select.receive(in);
        Started waiter = time.go(() -> select.await(ofSeconds(5)));
        assertTrue(counts(waiter, 0));
        assertEquals(1, time.timers());
        assertEquals(0, other.timers());
        time.advance(ofSeconds(5));
        time.awaitIdle();
        waiter.check();
        assertEquals(0, other.lowest());
    }

    @Test
    @Item("ST-23")
    void nilChannelsAndEmptySelects_count() throws Exception {
        Chan<Integer> nil = Chan.never();
        var in = time.call(Chan::<Integer>unbuffered);
        List<Body> bodies = List.of(
                nil::receive,
                () -> nil.send(1),
                () -> Select.<Integer>first().run(),
                () -> Selector.random().await(),
                () -> Select.<Integer>first().receive(nil, v -> v).send(nil, 1, () -> 1).run(),
                () -> Select.<Integer>first().receive(nil, v -> v).receive(in, v -> v).run(),
                () -> Select.<Integer>first().done(Context.background(), _ -> 1).run(),
                () -> Context.background().awaitDone(),
                () -> nil.receive(time.call(() -> Context.background().withCancel())));
        for (Body body : bodies) {
            Started waiter = time.go(() -> {
                try {
                    body.run();
                } catch (dev.millrace.context.InterruptedWaitException e) {
                    // the test's end of it
                }
            });
            assertTrue(counts(waiter, 0));
            waiter.thread().interrupt();
            Until.ended(waiter.thread());
            time.awaitIdle();
            waiter.check();
        }
        assertEquals(0, time.lowest());
    }

    @Test
    @Item("ST-23")
    void nilChannel_underAContextFromOutside_doesNotCount() throws Exception {
        var ctx = Context.background().withCancel();
        Started waiter = time
                .go(() -> assertThrows(dev.millrace.context.CancelledException.class, () -> Chan.never().receive(ctx)));
        assertTrue(!counts(waiter, 0));
        ctx.cancel();
        time.awaitIdle();
        waiter.check();
    }

    /// The constant is made by whoever first touches the class, perhaps in a bubble.
    @Test
    @Item("ST-23")
    void nilChannel_madeInABubble_belongsToNobody() {
        var made = time.call(() -> ChanCore.make(Scheduler.current(), 0, Overflow.NEVER, "", _ -> {}));
        assertSame(Scheduler.real(), made.scheduler());
        assertEquals(null, made.tryReceive());
    }

    @Test
    @Item("ST-15")
    void limiterAndFlightInside_underAContextFromOutside_doNotCount() throws Exception {
        var limiter = time.call(() -> RateLimiter.perSecond(1, 1));
        time.run(limiter::allow);
        for (int i = 0; i < 2; i++) {
            boolean flies = i == 1;
            var ctx = Context.background().withCancel();
            var go = time.call(Chan::<Integer>unbuffered);
            var flights = time.call(() -> new SingleFlight<String, Integer>());
            Started waiter = time.go(() -> assertThrows(dev.millrace.context.CancelledException.class, () -> {
                if (flies) {
                    flights.get(ctx, "key", _ -> go.next() == null ? 0 : 1);
                } else {
                    limiter.await(ctx);
                }
            }));
            Until.waits(waiter.thread());
            Until.until("all but the waiter have come to rest", () -> time.runnable() <= 1);
            assertTrue(!counts(waiter, 0));
            ctx.cancel();
            time.run(go::close);
            time.awaitIdle();
            waiter.check();
        }
    }

    @Test
    void limiter_countsWhereItWasMade() throws Exception {
        var inside = time.call(() -> RateLimiter.perSecond(1, 1));
        Started waiter = time.go(() -> {
            inside.await(Context.background());
            inside.await(Context.background());
        });
        assertTrue(counts(waiter, 0));
        time.advance(ofSeconds(1));
        time.awaitIdle();
        waiter.check();

        var outside = RateLimiter.perSecond(0.001, 1);
        var ctx = Context.background().withCancel();
        Started stranger = time.go(() -> {
            outside.await(ctx);
            assertThrows(dev.millrace.context.CancelledException.class, () -> outside.await(ctx));
        });
        assertTrue(!counts(stranger, 0));
        ctx.cancel();
        time.awaitIdle();
        stranger.check();
    }
}
