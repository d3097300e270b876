package dev.millrace.chan;

import static dev.millrace.chan.SelectTest.ended;
import static dev.millrace.chan.SelectTest.nobodyWaits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.chan.SelectTest.Body;
import dev.millrace.chan.SelectTest.Threads;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.ContextSource;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.sync.Once;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Selects against each other and against plain operations: exactly one case, each value once, and everything ends.
class SelectStressTest {
    // One instant.

    /// One round of two threads: `left` runs on the caller's.
    private record Round(Body left, Body right) {}

    /// Runs rounds whose two sides start as close together as can be: at most `most`, and on a slow machine no more after three seconds.
    private static void rounds(int most, IntFunction<Round> maker) throws Exception {
        var at = new AtomicInteger(-1);
        var arrived = new AtomicInteger();
        var right = new Body[1];
        var threads = new Threads();
        threads.platform(() -> {
            for (int i = 0;; i++) {
                if (!awaitAtLeast(at, i, threads)) {
                    return;
                }
                right[0].run();
                arrived.incrementAndGet();
            }
        });
        long end = System.nanoTime() + 3_000_000_000L;
        try {
            for (int i = 0; i < most && (i < 500 || System.nanoTime() - end < 0); i++) {
                Round round = maker.apply(i);
                right[0] = round.right();
                at.set(i);
                round.left().run();
                awaitAtLeast(arrived, i + 1, threads);
            }
        } catch (Throwable t) {
            throw t instanceof Error e ? e : new AssertionError(t);
        } finally {
            at.set(Integer.MAX_VALUE);
        }
        threads.join();
    }

    private static boolean awaitAtLeast(AtomicInteger count, int n, Threads threads) {
        long start = System.nanoTime();
        for (int i = 0; count.get() < n; i++) {
            if (i < 2_000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(20_000);
                if (threads.failure() != null || System.nanoTime() - start > 15_000_000_000L) {
                    throw new AssertionError("the other side of the round does not end", threads.failure());
                }
            }
        }
        return count.get() != Integer.MAX_VALUE;
    }

    /// Go's TestNonblockSelectRace: c1 holds a value; c2 gets one before that of c1 is taken.
    @Test
    @Item({"SEL-02", "SEL-17"})
    void poll_whileOneIsReadyAtAnyInstant_neverTakesTheDefault() throws Exception {
        rounds(100_000, _ -> {
            var c1 = Chan.<Integer>buffered(1);
            var c2 = Chan.<Integer>buffered(1);
            c1.send(1);
            return new Round(
                    () -> assertEquals(
                            1,
                            Select.<Integer>first()
                                    .receive(c1, v -> v)
                                    .receive(c2, v -> v)
                                    .orElse(() -> -1)
                                    .run()),
                    () -> {
                        c2.send(1);
                        c1.tryReceive();
                    });
        });
    }

    /// Go's TestNonblockSelectRace2: the same with a close.
    @Test
    @Item({"SEL-02", "SEL-17"})
    void poll_whileOneIsReadyOrClosedAtAnyInstant_neverTakesTheDefault() throws Exception {
        rounds(100_000, _ -> {
            var c1 = Chan.<Integer>buffered(1);
            var c2 = Chan.<Integer>unbuffered();
            c1.send(1);
            return new Round(
                    () -> assertTrue(Select.<Boolean>first()
                            .next(c1, _ -> true)
                            .next(c2, _ -> true)
                            .orElse(() -> false)
                            .run()),
                    () -> {
                        c2.close();
                        c1.tryReceive();
                    });
        });
    }

    /// The same with many silent cases between the two and in both orders, so that there is time to be wrong; the second one is
    /// in turn a channel that gets a value, one that is closed, one that can be sent to, a context, a future.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    @Item({"SEL-02", "SEL-17"})
    void poll_amongManyCases_isOfOneInstant(int kind) throws Exception {
        var silent = new ArrayList<Chan<Integer>>();
        for (int i = 0; i < 60; i++) {
            silent.add(Chan.unbuffered());
        }
        rounds(20_000, i -> {
            var c1 = Chan.<Integer>buffered(1);
            c1.send(1);
            var c2 = Chan.<Integer>buffered(1);
            if (kind == 2) {
                c2.send(1);
            }
            var ctx = Context.background().withCancel();
            var future = new CompletableFuture<Integer>();
            var selector = Selector.ordered();
            boolean reverse = i % 2 == 0;
            if (reverse) {
                addSecond(selector, kind, c2, ctx, future);
            } else {
                selector.receive(c1);
            }
            silent.forEach(selector::receive);
            if (reverse) {
                selector.receive(c1);
            } else {
                addSecond(selector, kind, c2, ctx, future);
            }
            return new Round(() -> assertNotNull(selector.poll(), reverse ? "c1 last" : "c1 first"), () -> {
                pause(i % 64);
                switch (kind) {
                    case 0 -> c2.send(1);
                    case 1 -> c2.close();
                    case 2 -> c2.receive();
                    case 3 -> ctx.cancel();
                    default -> future.complete(1);
                }
                c1.tryReceive();
            });
        });
    }

    private static void addSecond(
            Selector selector, int kind, Chan<Integer> c2, Context ctx, CompletableFuture<Integer> future) {
        switch (kind) {
            case 0, 1 -> selector.receive(c2);
            case 2 -> selector.send(c2, 5);
            case 3 -> selector.done(ctx);
            default -> selector.completed(future);
        }
    }

    private static void pause(int n) {
        for (int i = 0; i < 4 * n; i++) {
            Thread.onSpinWait();
        }
    }

    /// A timeout of zero is a default by another name.
    @Test
    @Item({"SEL-17"})
    void awaitOfZero_whileOneIsReadyAtAnyInstant_isNotLate() throws Exception {
        rounds(100_000, i -> {
            var c1 = Chan.<Integer>buffered(1);
            var c2 = Chan.<Integer>buffered(1);
            c1.send(1);
            var selector = Selector.random();
            selector.receive(c1);
            selector.receive(c2);
            return new Round(() -> assertNotNull(selector.await(Duration.ZERO)), () -> {
                pause(i % 16);
                c2.send(1);
                c1.tryReceive();
            });
        });
    }

    /// Ordered: the one that came first stands first, so at no instant was the second ready and the first not.
    @Test // not for events: see Select.ordered()
    void ordered_doesNotPassOverACaseThatWasReadyBefore() throws Exception {
        var silent = new ArrayList<Chan<Integer>>();
        for (int i = 0; i < 60; i++) {
            silent.add(Chan.unbuffered());
        }
        rounds(20_000, i -> {
            var first = Chan.<Integer>buffered(1);
            var second = Chan.<Integer>buffered(1);
            var selector = Selector.ordered();
            var expected = selector.receive(first);
            silent.forEach(selector::receive);
            selector.receive(second);
            return new Round(
                    () -> assertSame(expected, selector.await(), "a later case was done first"), () -> {
                        pause(i % 64);
                        first.send(1);
                        second.send(2);
                    });
        });
    }

    /// What has completed is ready, also for the one of two selects that comes second to the same future.
    @Test
    @Item({"SEL-02"})
    void completed_ofACompletedFuture_isReadyForTwoSelectsAtOnce() throws Exception {
        rounds(100_000, _ -> {
            var future = CompletableFuture.completedFuture(1);
            Body poll = () -> assertTrue(Select.<Boolean>first()
                    .completed(future, () -> true)
                    .orElse(() -> false)
                    .run());
            return new Round(poll, poll);
        });
    }

    /// The event comes while the select is on its way into the queues: it must not be missed, or the select waits for ever.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Item({"SEL-25"})
    void event_whileTheSelectBeginsToWait_isNotMissed(boolean context) throws Exception {
        var silent = new ArrayList<Chan<Integer>>();
        for (int i = 0; i < 60; i++) {
            silent.add(Chan.unbuffered());
        }
        rounds(20_000, i -> {
            var ctx = Context.background().withCancel();
            var future = new CompletableFuture<Integer>();
            var selector = Selector.random();
            silent.forEach(selector::receive);
            var expected = context ? selector.done(ctx) : selector.completed(future);
            return new Round(() -> assertSame(expected, selector.await(Duration.ofSeconds(5))), () -> {
                pause(i % 256);
                if (context) {
                    ctx.cancel();
                } else {
                    future.complete(1);
                }
            });
        });
        nobodyWaits(silent.toArray(new Chan<?>[0]));
    }

    // Exactly one case.

    /// Go's doubleselect: one sender selects among four channels, four muxes pass on, nothing arrives twice.
    @Test
    @Item({"SEL-01"})
    void fourWaySender_andFourMuxes_moveEachValueExactlyOnce() throws Exception {
        int n = 100_000;
        var cs = channels(4, 0);
        var out = Chan.<Integer>unbuffered();
        var threads = new Threads();
        threads.go(() -> {
            var selector = Selector.random();
            var sends = new ArrayList<Selector.Send<Integer>>();
            for (var c : cs) {
                sends.add(selector.send(c));
            }
            for (int i = 0; i < n; i++) {
                for (var send : sends) {
                    send.value(i);
                }
                selector.await();
            }
            cs.forEach(Chan::close);
        });
        var producers = out.producers(4);
        for (int i = 0; i < 4; i++) {
            var c = cs.get(i);
            var mine = producers.get(i);
            threads.go(() -> {
                try (mine) {
                    for (int v : c) {
                        mine.send(v);
                    }
                }
            });
        }
        var seen = new boolean[n];
        int count = 0;
        for (int v : out.each(Context.background().withTimeout(Duration.ofSeconds(20)))) {
            assertFalse(seen[v], () -> v + " came twice");
            seen[v] = true;
            count++;
        }
        assertEquals(n, count);
        threads.join();
        nobodyWaits(cs.toArray(new Chan<?>[0]));
    }

    private static List<Chan<Integer>> channels(int n, int capacity) {
        var all = new ArrayList<Chan<Integer>>();
        for (int i = 0; i < n; i++) {
            all.add(Chan.buffered(capacity));
        }
        return all;
    }

    /// Several plain partners want the same waiting select at once, on different channels: only one gets it.
    @Test
    @Item({"SEL-01"})
    @Hazard(5)
    void manyPartners_ofOneWaitingSelect_oneWins() throws Exception {
        int n = 20_000;
        var cs = channels(4, 0);
        var taken = new AtomicInteger();
        var threads = new Threads();
        var over = new AtomicBoolean();
        for (var c : cs) {
            threads.go(() -> {
                while (!over.get()) {
                    if (c.trySend(1)) {
                        taken.incrementAndGet();
                    }
                    Thread.yield();
                }
            });
        }
        var selector = Selector.random();
        cs.forEach(selector::receive);
        for (int i = 0; i < n; i++) {
            assertEquals(1, ((Selector.Receive<?>) selector.await()).value());
        }
        over.set(true);
        threads.join();
        assertEquals(n, taken.get());
        nobodyWaits(cs.toArray(new Chan<?>[0]));
    }

    /// Two goroutines that both send and receive on one unbuffered channel: they exchange, and nobody gets its own value.
    @Test
    @Item({"SEL-15"})
    void sendAndReceive_onOneUnbufferedChannel_neverMeetThemselves() throws Exception {
        int n = 50_000;
        var c = Chan.<Integer>unbuffered();
        var sent = new AtomicInteger();
        var received = new AtomicInteger();
        var threads = new Threads();
        for (int who = 1; who <= 2; who++) {
            int me = who;
            threads.go(() -> {
                var selector = Selector.random();
                var send = selector.send(c, me);
                var receive = selector.receive(c);
                for (int i = 0; i < n; i++) {
                    if (selector.await() == send) {
                        sent.incrementAndGet();
                    } else {
                        assertEquals(3 - me, (int) receive.value());
                        received.incrementAndGet();
                    }
                }
            });
        }
        threads.join();
        assertEquals(n, sent.get());
        assertEquals(n, received.get());
        nobodyWaits(c);
    }

    /// With an odd number of selects: what remains waits, and nobody was served by itself.
    @Test
    @Item({"SEL-15", "SEL-18"})
    void manyExchangers_onOneUnbufferedChannel_balance() throws Exception {
        int n = 10_000;
        var c = Chan.<Integer>unbuffered();
        var tally = new AtomicIntegerArray(6);
        var ctx = Context.background().withCancel();
        var threads = new Threads();
        for (int who = 0; who < 5; who++) {
            int me = who;
            threads.go(() -> {
                var selector = Selector.random();
                selector.send(c, me);
                var receive = selector.receive(c);
                selector.send(c, me);
                var done = selector.done(ctx);
                for (;;) {
                    var happened = selector.await();
                    if (happened == receive) {
                        assertTrue(receive.value() != me, "its own value");
                        tally.decrementAndGet(receive.value());
                        if (tally.incrementAndGet(5) == n) {
                            ctx.cancel();
                        }
                    } else if (happened == done) {
                        return;
                    } else {
                        tally.incrementAndGet(me);
                    }
                }
            });
        }
        threads.join();
        for (int i = 0; i < 5; i++) {
            assertEquals(0, tally.get(i), "sent and received values of " + i);
        }
        nobodyWaits(c);
    }

    // Stress.

    /// Go's TestSelectStress.
    @Test
    @Item({"SEL-20"})
    void selectingSenderAndReceiver_amongPlainOnes_allComplete() throws Exception {
        int n = 100_000;
        var cs = List.of(
                Chan.<Integer>unbuffered(),
                Chan.<Integer>unbuffered(),
                Chan.<Integer>buffered(2),
                Chan.<Integer>buffered(3));
        var threads = new Threads();
        for (var c : cs) {
            threads.go(() -> {
                for (int i = 0; i < n; i++) {
                    c.send(0);
                }
            });
            threads.go(() -> {
                for (int i = 0; i < n; i++) {
                    c.receive();
                }
            });
        }
        for (boolean sends : new boolean[] {true, false}) {
            threads.go(() -> {
                var selector = Selector.random();
                for (var c : cs) {
                    if (sends) {
                        selector.send(c, 0);
                    } else {
                        selector.receive(c);
                    }
                }
                var done = new int[4];
                for (int i = 0; i < 4 * n; i++) {
                    var happened = selector.await();
                    if (++done[happened.index()] == n) {
                        happened.enabled(false);
                    }
                }
                for (int count : done) {
                    assertEquals(n, count);
                }
            });
        }
        threads.join();
        for (var c : cs) {
            assertEquals(0, c.len());
            nobodyWaits(c);
        }
    }

    /// Go's select6, under load: selects that lose stand in a queue between plain receivers, and are taken off wherever they stand. A place that
    /// stayed would swallow a value.
    @Test
    @Item({"SEL-19"})
    void losers_betweenPlainReceivers_swallowNothing() throws Exception {
        int n = 20_000;
        var shared = Chan.<Integer>unbuffered();
        var own = Chan.<Integer>unbuffered();
        var seen = new AtomicIntegerArray(n);
        var lost = new AtomicInteger();
        var threads = new Threads();
        for (int i = 0; i < 4; i++) {
            threads.go(() -> {
                for (int v : shared) {
                    seen.incrementAndGet(v);
                }
            });
            threads.go(() -> {
                var selector = Selector.random();
                var wins = selector.receive(shared);
                var loses = selector.receive(own);
                for (;;) {
                    if (selector.await() == wins) {
                        if (wins.isClosed()) {
                            return;
                        }
                        seen.incrementAndGet(wins.value());
                    } else if (loses.isClosed()) {
                        return;
                    } else {
                        lost.incrementAndGet();
                    }
                }
            });
        }
        for (int i = 0; i < n; i++) {
            own.send(i);
            shared.send(i);
        }
        shared.close();
        own.close();
        threads.join();
        assertEquals(n, lost.get());
        for (int i = 0; i < n; i++) {
            assertEquals(1, seen.get(i), "value " + i);
        }
        nobodyWaits(shared, own);
    }

    /// The same among those who send. A place that stayed would give a value that nobody sends any more.
    @Test
    @Item({"SEL-19"})
    void losers_betweenPlainSenders_giveNothing() throws Exception {
        int n = 20_000;
        int plain = 4;
        var shared = Chan.<Boolean>unbuffered();
        var own = Chan.<Integer>unbuffered();
        var won = new AtomicInteger();
        var lost = new AtomicInteger();
        var senders = new Threads();
        var selects = new Threads();
        for (int i = 0; i < plain; i++) {
            senders.go(() -> {
                for (int k = 0; k < n; k++) {
                    shared.send(false);
                }
            });
            selects.go(() -> {
                var selector = Selector.random();
                var wins = selector.send(shared, true);
                var loses = selector.receive(own);
                for (;;) {
                    if (selector.await() == wins) {
                        won.incrementAndGet();
                    } else if (loses.isClosed()) {
                        return;
                    } else {
                        lost.incrementAndGet();
                    }
                }
            });
        }
        int ofSelects = 0;
        for (int i = 0; i < n; i++) {
            own.send(i);
            ofSelects += shared.receive() ? 1 : 0;
        }
        own.close();
        selects.join();
        assertEquals(n, lost.get());
        assertEquals(won.get(), ofSelects);
        for (int left = plain * n - (n - ofSelects); left > 0; left--) {
            assertFalse(shared.receive(), "all selects have left");
        }
        senders.join();
        nobodyWaits(shared, own);
    }

    /// Go's ChanPopular: many selects on one channel and one of their own each.
    @Test
    @Item({"SEL-22"})
    void thousandSelects_onOneSharedChannel_allEnd() throws Exception {
        int n = 1_000;
        int each = 10;
        var shared = Chan.<Integer>unbuffered();
        var own = channels(n, 0);
        var received = new AtomicInteger();
        var threads = new Threads();
        for (var mine : own) {
            threads.go(() -> {
                var selector = Selector.random();
                selector.receive(shared);
                selector.receive(mine);
                for (int i = 0; i < each; i++) {
                    received.addAndGet((Integer) ((Selector.Receive<?>) selector.await()).value());
                }
            });
        }
        for (int i = 0; i < each - 1; i++) {
            for (var c : own) {
                c.send(1);
            }
            int queued = shared.snapshot().blockedReceivers();
            assertTrue(queued <= n, queued + " places in the queue for " + n + " selects");
        }
        for (int i = 0; i < n; i++) {
            shared.send(1_000);
        }
        threads.join();
        assertEquals(n * (each - 1) + n * 1_000, received.get());
        nobodyWaits(shared);
        nobodyWaits(own.toArray(new Chan<?>[0]));
    }

    /// Selects meet selects, and list the channels in opposite orders.
    @Test
    @Item({"SEL-26"})
    @Hazard(6)
    void twoSelects_withOppositeOrders_meetWithoutDeadlock() throws Exception {
        int n = 30_000;
        var cs = channels(4, 0);
        var threads = new Threads();
        var sum = new AtomicInteger();
        threads.platform(() -> {
            var selector = Selector.random();
            for (var c : cs) {
                selector.send(c, 1);
            }
            for (int i = 0; i < n; i++) {
                selector.await();
                sum.incrementAndGet();
            }
        });
        threads.platform(() -> {
            var selector = Selector.random();
            for (var c : cs.reversed()) {
                selector.receive(c);
            }
            for (int i = 0; i < n; i++) {
                selector.await();
                sum.decrementAndGet();
            }
        });
        threads.join();
        assertEquals(0, sum.get());
        nobodyWaits(cs.toArray(new Chan<?>[0]));
    }

    /// The locks of many channels, taken for nothing, in any order of listing; channels get their numbers while that goes on.
    @Test
    @Item({"SEL-26"})
    void manySelects_withAnyOrder_takeTheirLocksWithoutDeadlock() throws Exception {
        var threads = new Threads();
        for (int round = 0; round < 8; round++) {
            var cs = channels(24, 0);
            for (int who = 0; who < 4; who++) {
                var random = new Random(31 * round + who);
                threads.platform(() -> {
                    for (int i = 0; i < 40; i++) {
                        var mine = new ArrayList<>(cs);
                        Collections.shuffle(mine, random);
                        var selector = Selector.random();
                        for (var c : mine.subList(0, 16)) {
                            if (random.nextBoolean()) {
                                selector.receive(c);
                            } else {
                                selector.send(c, 1);
                            }
                        }
                        for (int k = 0; k < 6; k++) {
                            selector.await(Duration.ZERO);
                        }
                        selector.await(Duration.ofNanos(1));
                    }
                });
            }
            threads.join();
            nobodyWaits(cs.toArray(new Chan<?>[0]));
        }
    }

    // Everything at once.

    /// What disturbs the goroutines of [#everythingAtOnce].
    private static final class Trouble {
        final AtomicBoolean over = new AtomicBoolean();
        volatile CancellableContext ctx = Context.background().withCancel();
        final List<Thread> victims = Collections.synchronizedList(new ArrayList<>());

        void make() {
            var random = ThreadLocalRandom.current();
            while (!over.get()) {
                var old = ctx;
                ctx = Context.background().withCancel();
                old.cancel();
                if (!victims.isEmpty()) {
                    victims.get(random.nextInt(victims.size())).interrupt();
                }
                LockSupport.parkNanos(20_000);
            }
        }
    }

    /// Tries something again until it was done; what cuts it short is forgotten.
    private static void untilDone(java.util.function.BooleanSupplier attempt) {
        for (;;) {
            try {
                if (attempt.getAsBoolean()) {
                    return;
                }
            } catch (InterruptedWaitException e) {
                Thread.interrupted();
            } catch (ContextException e) {
                Thread.onSpinWait();
            }
        }
    }

    /// Plain and selecting senders and receivers of two channels, under contexts that are cancelled, timeouts and interrupts:
    /// each value arrives exactly once, and all come to an end.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 128})
    @Item({"SEL-01", "SEL-20"})
    void everythingAtOnce_losesNothing(int capacity) throws Exception {
        int senders = 8;
        int n = 10_000;
        var a = Chan.<Integer>buffered(capacity);
        var b = Chan.<Integer>buffered(capacity);
        var seen = new AtomicIntegerArray(senders * n);
        var trouble = new Trouble();
        var sending = new Threads();
        var receiving = new Threads();
        for (int s = 0; s < senders; s++) {
            int from = s * n;
            int kind = s % 4;
            trouble.victims.add(sending.go(() -> send(kind, a, b, from, from + n, trouble)));
        }
        for (int r = 0; r < 8; r++) {
            int kind = r % 4;
            trouble.victims.add(receiving.go(() -> receive(kind, a, b, seen, trouble)));
        }
        var troubling = new Threads();
        troubling.platform(trouble::make);
        try {
            sending.join();
            a.close();
            b.close();
            receiving.join();
        } finally {
            trouble.over.set(true);
        }
        troubling.join();
        for (int i = 0; i < senders * n; i++) {
            if (seen.get(i) != 1) {
                fail("value " + i + " of a sender of kind " + i / n % 4 + " came " + seen.get(i) + " times");
            }
        }
        nobodyWaits(a, b);
        assertEquals(0, a.len() + b.len());
        trouble.victims.clear();
    }

    private static void send(int kind, Chan<Integer> a, Chan<Integer> b, int from, int to, Trouble trouble) {
        var selector = Selector.random();
        var toA = selector.send(a);
        var toB = selector.send(b);
        for (int i = from; i < to; i++) {
            int v = i;
            toA.value(v);
            toB.value(v);
            switch (kind) {
                case 0 -> untilDone(() -> {
                    (v % 2 == 0 ? a : b).send(trouble.ctx, v);
                    return true;
                });
                case 1 -> untilDone(() -> {
                    selector.await(trouble.ctx);
                    return true;
                });
                case 2 -> untilDone(() -> selector.await(Duration.ofNanos(v % 100_000)) != null);
                default -> untilDone(() -> Select.<Boolean>first()
                        .send(b, v, () -> true)
                        .done(trouble.ctx, _ -> false)
                        .send(a, v, () -> true)
                        .send(b, v, () -> true)
                        .run());
            }
        }
    }

    /// Until both channels are closed and empty.
    private static void receive(
            int kind, Chan<Integer> a, Chan<Integer> b, AtomicIntegerArray seen, Trouble trouble) {
        var selector = Selector.random();
        var fromA = selector.receive(a);
        var fromB = selector.receive(b);
        var open = new boolean[] {true, true};
        while (open[0] || open[1]) {
            switch (kind) {
                case 0 -> untilDone(() -> {
                    int which = open[0] && (!open[1] || ThreadLocalRandom.current().nextBoolean()) ? 0 : 1;
                    note(which, (which == 0 ? a : b).next(trouble.ctx), seen, open);
                    return true;
                });
                case 1 -> untilDone(() -> noteCase(selector.await(trouble.ctx), seen, open));
                case 2 -> untilDone(() -> noteCase(selector.await(Duration.ofNanos(50_000)), seen, open));
                default -> untilDone(() -> {
                    ReceiveChan<Integer> left = open[0] ? a : Chan.never();
                    ReceiveChan<Integer> right = open[1] ? b : Chan.never();
                    return Select.<Boolean>first()
                            .next(left, got -> note(0, got, seen, open))
                            .next(right, got -> note(1, got, seen, open))
                            .next(left, got -> note(0, got, seen, open))
                            .done(trouble.ctx, _ -> false)
                            .run();
                });
            }
            fromA.enabled(open[0]);
            fromB.enabled(open[1]);
        }
    }

    private static boolean noteCase(Selector.Case happened, AtomicIntegerArray seen, boolean[] open) {
        if (!(happened instanceof Selector.Receive<?> receive)) {
            return false;
        }
        if (receive.isClosed()) {
            open[receive.index()] = false;
        } else {
            seen.incrementAndGet((Integer) receive.value());
        }
        return true;
    }

    private static boolean note(int which, Received<Integer> got, AtomicIntegerArray seen, boolean[] open) {
        switch (got) {
            case Received.Value<Integer>(var v) -> seen.incrementAndGet(v);
            case Received.Closed<Integer> _ -> open[which] = false;
        }
        return true;
    }

    /// Closes against waiting selects that send and receive: a send either happened, and its value is received, or threw.
    @Test
    @Item({"SEL-12"})
    @Hazard(3)
    void close_whileSelectsSendAndReceive_losesNothing() throws Exception {
        for (int round = 0; round < 400; round++) {
            int capacity = new int[] {0, 1, 8}[round % 3];
            var a = Chan.<Integer>buffered(capacity);
            var silent = Chan.<Integer>unbuffered();
            var sent = new AtomicInteger();
            var received = new AtomicInteger();
            var threads = new Threads();
            for (int s = 0; s < 3; s++) {
                threads.go(() -> {
                    var selector = Selector.random();
                    selector.receive(silent);
                    selector.send(a, 1);
                    try {
                        for (;;) {
                            selector.await();
                            sent.incrementAndGet();
                        }
                    } catch (ChanClosedException e) {
                        assertFalse(e.isAbandoned());
                    }
                });
                threads.go(() -> {
                    var selector = Selector.random();
                    selector.receive(silent);
                    var receive = selector.receive(a);
                    for (;;) {
                        assertSame(receive, selector.await());
                        if (receive.isClosed()) {
                            return;
                        }
                        received.incrementAndGet();
                    }
                });
            }
            while (received.get() < 20) {
                Thread.onSpinWait();
            }
            a.close();
            threads.join();
            assertEquals(sent.get(), received.get());
            nobodyWaits(a, silent);
        }
    }

    /// A partner, the timer, the context and an interrupt want the same select: when the partner won, the select says so.
    @Test
    @Item({"SEL-01", "SEL-24"})
    void partner_againstContextTimerAndInterrupt_theSelectTellsWhatHappened() throws Exception {
        rounds(20_000, i -> {
            var c = Chan.<Integer>unbuffered();
            var ctx = Context.background().withCancel();
            var selector = Selector.random();
            var receive = selector.receive(c);
            var done = selector.done(ctx);
            var me = Thread.currentThread();
            var given = new AtomicBoolean();
            var ready = new AtomicBoolean();
            return new Round(
                    () -> {
                        boolean got = false;
                        try {
                            var happened = switch (i % 3) {
                                case 0 -> selector.await();
                                case 1 -> selector.await(Duration.ofNanos(20_000));
                                default -> selector.await();
                            };
                            got = happened == receive;
                            assertTrue(got || happened == done || happened == null);
                        } catch (InterruptedWaitException e) {
                            assertEquals(2, i % 3);
                        }
                        while (!ready.get()) {
                            Thread.onSpinWait();
                        }
                        Thread.interrupted();
                        assertEquals(given.get(), got);
                    },
                    () -> {
                        pause(i % 64);
                        if (i % 2 == 0) {
                            ctx.cancel();
                        }
                        given.set(c.trySend(1));
                        if (i % 3 == 2) {
                            me.interrupt();
                        }
                        if (!given.get()) {
                            ctx.cancel();
                        }
                        ready.set(true);
                    });
        });
    }

    /// What is not ours, or no channel, claims the select with the same step as a partner does: one of the two happens, and the value moves only
    /// when it is the channel.
    @ParameterizedTest
    @ValueSource(strings = {"stage", "foreign context", "once"})
    @Item("SEL-01")
    void partner_againstAnEventFromElsewhere_exactlyOneHappens(String kind) throws Exception {
        var won = new int[2];
        rounds(4_000, i -> {
            var c = Chan.<Integer>unbuffered();
            var selector = Selector.random();
            var receive = selector.receive(c);
            Body end;
            switch (kind) {
                case "stage" -> {
                    var future = new CompletableFuture<Integer>();
                    selector.completed(future);
                    end = () -> future.complete(1);
                }
                case "foreign context" -> {
                    var source = new ForeignSource();
                    selector.done(Context.from(source));
                    end = source::end;
                }
                default -> {
                    var once = new Once();
                    selector.event(once.done());
                    end = () -> once.run(() -> {});
                }
            }
            var outcome = new CompletableFuture<Selector.Case>();
            Thread.startVirtualThread(() -> outcome.complete(selector.await()));
            try {
                Until.until("the select waits", () -> c.snapshot().blockedReceivers() == 1);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return new Round(
                    () -> {
                        pause(i % 2 == 0 ? i % 32 : 0);
                        boolean given = c.trySend(7);
                        boolean got = outcome.get(20, TimeUnit.SECONDS) == receive;
                        assertEquals(given, got);
                        assertTrue(!got || receive.value() == 7);
                        won[got ? 1 : 0]++;
                        nobodyWaits(c);
                    },
                    () -> {
                        pause(i % 2 == 0 ? 0 : i % 32);
                        end.run();
                    });
        });
        assertTrue(won[0] > 0 && won[1] > 0, "the race must be one: " + won[0] + ", " + won[1]);
    }

    /// The least that a context from elsewhere has to be.
    private static final class ForeignSource implements ContextSource {
        private final List<Runnable> callbacks = new ArrayList<>(); // guarded by this
        private boolean ended; // guarded by this

        @Override
        public synchronized Throwable err() {
            return ended ? new IllegalStateException("over") : null;
        }

        @Override
        public synchronized Runnable onDone(Runnable callback) {
            callbacks.add(callback);
            return () -> {
                synchronized (this) {
                    callbacks.remove(callback);
                }
            };
        }

        void end() {
            List<Runnable> all;
            synchronized (this) {
                ended = true;
                all = List.copyOf(callbacks);
            }
            all.forEach(Runnable::run);
        }
    }

    @Test
    @Item({"SEL-09"})
    void closedChannels_forManySelectsAtOnce_areReadyForAll() throws Exception {
        var closed = ended();
        var silent = Chan.<Integer>unbuffered();
        var threads = new Threads();
        for (int t = 0; t < 8; t++) {
            threads.go(() -> {
                var selector = Selector.random();
                selector.receive(silent);
                var receive = selector.receive(closed);
                for (int i = 0; i < 5_000; i++) {
                    assertSame(receive, i % 2 == 0 ? selector.poll() : selector.await());
                    assertTrue(receive.isClosed());
                }
            });
        }
        threads.join();
        nobodyWaits(closed, silent);
    }
}
