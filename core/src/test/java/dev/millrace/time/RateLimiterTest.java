package dev.millrace.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.internal.Inside;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The behaviour of Go's limiter, under a clock that stands until it is moved. It begins a second before it wraps around.
class RateLimiterTest {
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;
    private static final Duration D = Duration.ofMillis(100); // Go's tests count in these, at ten tokens per second

    private final ManualScheduler time = new ManualScheduler(START, Instant.parse("2031-05-06T07:08:09Z"));

    @RegisterExtension
    final Inside inside = new Inside(
            method -> method.getExecutable().getName().contains("_real") ? null : time); // those take real time

    @AfterEach
    void nothing_isLeft() {
        assertTrue(time.lowest() >= 0, "lowest count " + time.lowest());
        assertEquals(0, time.runnable());
        assertEquals(0, time.timers());
    }

    private static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private <T> T in(Callable<T> body) {
        var made = new AtomicReference<T>();
        time.run(() -> made.set(body.call()));
        return made.get();
    }

    private RateLimiter limiter(double rate, int burst) {
        return in(() -> RateLimiter.perSecond(rate, burst));
    }

    /// Moves the clock to `n` times `D` after the start.
    private void at(int n) {
        time.advance(START + D.toNanos() * n - time.nanoTime());
    }

    private static void allow(RateLimiter limiter, double there, int n, boolean ok) {
        assertEquals(there, limiter.tokens());
        assertEquals(ok, limiter.allow(n));
    }

    /// Reserves `n`, and expects to act at `due` times `D`.
    private Reservation reserve(RateLimiter limiter, int n, int due) {
        Reservation r = limiter.reserve(n);
        assertEquals(D.multipliedBy(due), Duration.ofNanos(time.nanoTime() - START).plus(r.delay()));
        return r;
    }

    // Allow.

    @Test
    void allow_burstOfOne_oneEachPeriod() {
        var lim = limiter(10, 1);
        allow(lim, 1, 1, true);
        allow(lim, 0, 1, false);
        at(1);
        allow(lim, 1, 1, true);
        allow(lim, 0, 1, false);
        at(2);
        allow(lim, 1, 2, false);
        allow(lim, 1, 1, true);
        allow(lim, 0, 1, false);
    }

    @Test
    void allow_burstOfThree_fillsUpToItAndNoMore() {
        var lim = limiter(10, 3);
        allow(lim, 3, 2, true);
        allow(lim, 1, 2, false);
        allow(lim, 1, 1, true);
        allow(lim, 0, 1, false);
        at(1);
        allow(lim, 1, 4, false);
        at(2);
        allow(lim, 2, 1, true);
        at(3);
        allow(lim, 2, 1, true);
        at(4);
        allow(lim, 2, 1, true);
        allow(lim, 1, 1, true);
        allow(lim, 0, 1, false);
        at(9);
        allow(lim, 3, 3, true);
        allow(lim, 0, 0, true);
    }

    @Test
    void allow_partOfAToken_isKeptAndNotGranted() {
        var lim = limiter(10, 3);
        lim.allow(3);
        time.advance(150_000_000);
        allow(lim, 1.5, 2, false);
        allow(lim, 1.5, 1, true);
        allow(lim, 0.5, 1, false);
        time.advance(49_999_999);
        assertFalse(lim.allow());
        time.advance(1);
        assertTrue(lim.allow());
    }

    @Test
    void allow_threePerSecond_doesNotDrift() {
        var lim = limiter(3, 3);
        lim.allow(3);
        for (int i = 0; i < 1_000; i++) {
            time.advance(333_333_333);
            assertFalse(lim.allow(), "a third of a nanosecond before");
            time.advance(1);
            assertTrue(lim.allow());
            time.advance(333_333_332);
            assertFalse(lim.allow());
            time.advance(1);
            assertTrue(lim.allow());
            time.advance(333_333_332);
            assertFalse(lim.allow());
            time.advance(1);
            assertTrue(lim.allow(), "exactly three in a second");
        }
    }

    @Test
    void allow_severalAtOnce_theBurstIsGranted() {
        var lim = limiter(1, 5);
        var granted = new AtomicInteger();
        for (int i = 0; i < 15; i++) {
            time.go(() -> granted.addAndGet(lim.allow() ? 1 : 0));
        }
        time.awaitIdle();
        assertEquals(5, granted.get());
    }

    @Test
    void allow_manyGoroutinesAsking_exactlyWhatHasCome() {
        var lim = limiter(7, 10);
        var granted = new AtomicLong();
        long span = 0;
        for (int step = 0; step < 60; step++) {
            for (int i = 0; i < 20; i++) {
                time.go(() -> {
                    while (lim.allow()) {
                        granted.incrementAndGet();
                    }
                });
            }
            time.awaitIdle();
            assertEquals(10 + span * 7 / 1_000_000_000L, granted.get(), "after " + span + " ns");
            long next = 100_000_000L + step * 1_234_567L;
            time.advance(next);
            span += next;
        }
    }

    // Special rates.

    @Test
    void infinite_grantsAllWhateverTheBurst() {
        for (var lim : List.of(
                limiter(Double.POSITIVE_INFINITY, 0), in(() -> RateLimiter.every(Duration.ZERO, 0)))) {
            for (int i = 0; i < 100; i++) {
                assertTrue(lim.allow(1_000));
            }
            assertEquals(Duration.ZERO, lim.reserve(Integer.MAX_VALUE).delay());
            time.run(() -> {
                try (var ctx = Context.background().withTimeout(Duration.ofNanos(1))) {
                    lim.await(ctx, 1_000);
                }
            });
            assertEquals(Double.POSITIVE_INFINITY, lim.rate());
            lim.reserve(5).cancel();
        }
    }

    @Test
    void zeroRate_whatIsThereAndNoMore() {
        var lim = limiter(0, 1);
        assertTrue(lim.allow());
        assertFalse(lim.allow());
        time.advance(Duration.ofDays(10_000));
        assertFalse(lim.allow());
        assertEquals(0, lim.tokens());
        time.run(() -> {
            try (var ctx = Context.background().withTimeout(Duration.ofDays(1_000))) {
                assertThrows(DeadlineExceededException.class, () -> lim.await(ctx));
            }
        });
        assertEquals(0, lim.tokens(), "nothing was taken");
        assertEquals(Duration.ofNanos(Long.MAX_VALUE / 2), lim.reserve(1).delay());
    }

    @Test
    void zeroBurst_grantsNothing() {
        var lim = limiter(10, 0);
        time.advance(s(10));
        assertFalse(lim.allow());
        assertTrue(lim.allow(0));
        assertThrows(IllegalArgumentException.class, () -> lim.reserve(1));
    }

    @Test
    void set_afterARateOfZero_goesOn() {
        var lim = limiter(0, 1);
        assertTrue(lim.allow());
        lim.set(10, 1);
        assertFalse(lim.allow());
        time.advance(D);
        assertTrue(lim.allow());
    }

    @Test
    void tinyRate_oneAndThenNoneForLong() {
        var lim = limiter(1e-10, 1);
        assertTrue(lim.allow());
        time.advance(s(100));
        assertFalse(lim.allow());
        assertTrue(lim.reserve(1).delay().compareTo(Duration.ofDays(365 * 140)) > 0);
    }

    // Reserve.

    @Test
    void reserve_waitsGrowWithWhatIsReserved() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        reserve(lim, 2, 2);
        at(3);
        reserve(lim, 2, 4);
    }

    @Test
    void reserve_moreThanTheBurst_isRefusedAndTakesNothing() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        var e = assertThrows(IllegalArgumentException.class, () -> lim.reserve(3));
        assertTrue(e.getMessage().startsWith("rate: Reserve(n=3) exceeds limiter's burst 2"), e.getMessage());
        reserve(lim, 2, 2);
    }

    @Test
    void reserve_thenAllow_doesNotOvertake() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        at(1);
        assertFalse(lim.allow(2));
        reserve(lim, 2, 2);
        assertFalse(lim.allow());
        at(2);
        assertFalse(lim.allow(), "they belong to the one who waited");
        at(3);
        assertTrue(lim.allow());
    }

    @Test
    void cancel_last_givesAllBack() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        Reservation r = reserve(lim, 2, 2);
        at(1);
        r.cancel();
        assertEquals(1, lim.tokens());
        reserve(lim, 2, 2);
    }

    @Test
    void cancel_tooLate_givesNothingBack() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        Reservation r = reserve(lim, 2, 2);
        at(3);
        r.cancel();
        reserve(lim, 2, 4);
    }

    @Test
    void cancel_atItsInstant_stillGivesBack() {
        var lim = limiter(10, 2);
        Reservation r = reserve(lim, 2, 0);
        r.cancel();
        assertEquals(2, lim.tokens());
        r = reserve(lim, 2, 0);
        time.advance(1);
        r.cancel();
        assertFalse(lim.allow());
    }

    @Test
    void cancel_twice_givesBackOnce() {
        var lim = limiter(10, 4);
        reserve(lim, 4, 0);
        reserve(lim, 1, 1);
        Reservation r = reserve(lim, 2, 3);
        r.cancel();
        r.cancel();
        r.cancel();
        assertEquals(-1, lim.tokens());
        assertTrue(r.toString().endsWith("cancelled"), r.toString());
    }

    @Test
    void cancel_othersHaveReservedAsMuch_givesNothingBack() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        Reservation r = reserve(lim, 1, 1);
        reserve(lim, 1, 2);
        r.cancel();
        reserve(lim, 1, 3);
    }

    @Test
    void cancel_othersHaveReservedLess_givesTheRestBack() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        Reservation r = reserve(lim, 2, 2);
        reserve(lim, 1, 3);
        at(2);
        r.cancel();
        reserve(lim, 2, 4);
    }

    @Test
    void cancel_severalInTurn_asIfTheyHadNotBeen() {
        var lim = limiter(10, 4);
        reserve(lim, 4, 0);
        Reservation a = reserve(lim, 3, 3);
        reserve(lim, 1, 4);
        Reservation c = reserve(lim, 1, 5);
        at(1);
        c.cancel();
        a.cancel();
        reserve(lim, 3, 5);
    }

    @Test
    void cancel_atThreePerSecond_isExact() {
        var lim = limiter(3, 3);
        lim.allow(3);
        Reservation a = lim.reserve(1);
        Reservation b = lim.reserve(2);
        assertEquals(333_333_334, a.delay().toNanos());
        assertEquals(1_000_000_000, b.delay().toNanos());
        a.cancel();
        assertEquals(-3, lim.tokens(), "the other has reserved as much");
        b.cancel();
        assertEquals(-1, lim.tokens());
        assertEquals(666_666_667, lim.reserve(1).delay().toNanos());
    }

    @Test
    void cancel_atOnceBesideOthersThatDidNotWait_givesAllBack() {
        var lim = limiter(10, 10);
        Reservation a = reserve(lim, 5, 0);
        reserve(lim, 3, 0);
        a.cancel();
        assertEquals(7, lim.tokens());
    }

    @Test
    void cancel_intoAFullBucket_doesNotOverfill() {
        var lim = limiter(10, 4);
        reserve(lim, 4, 0);
        Reservation r = reserve(lim, 4, 4);
        lim.set(10, 2);
        at(4);
        r.cancel();
        assertEquals(2, lim.tokens());
    }

    // Set.

    @Test
    void set_rate_countsForWhatComes() {
        var lim = limiter(5, 2);
        reserve(lim, 2, 0);
        reserve(lim, 2, 4);
        lim.set(10, 2);
        reserve(lim, 2, 4);
        assertEquals(10, lim.rate());
    }

    @Test
    void set_burst_largerAndSmaller() {
        var lim = limiter(10, 2);
        reserve(lim, 2, 0);
        reserve(lim, 2, 2);
        lim.set(10, 4);
        reserve(lim, 4, 6);
        assertEquals(4, lim.burst());
        at(20);
        assertEquals(4, lim.tokens());
        lim.set(10, 1);
        assertEquals(1, lim.tokens());
    }

    @Test
    void set_thenCancel_givesBackByTheRateThatHeld() {
        var lim = limiter(5, 2);
        reserve(lim, 2, 0);
        Reservation r = reserve(lim, 2, 4);
        reserve(lim, 1, 6);
        at(1);
        lim.setEvery(D, 2);
        at(2);
        r.cancel(); // one of the two: the other was reserved since
        // There were -2.5 at 1, -1.5 at 2; one came back.
        assertEquals(-0.5, lim.tokens());
    }

    @Test
    void set_partOfAToken_isKept() {
        var lim = limiter(10, 2);
        lim.allow(2);
        time.advance(50_000_000);
        lim.set(3, 2);
        assertEquals(0.5, lim.tokens());
        time.advance(166_666_666);
        assertFalse(lim.allow());
        time.advance(1);
        assertTrue(lim.allow());
    }

    @Test
    void badArguments_areRefusedAndChangeNothing() {
        var lim = limiter(10, 2);
        for (double bad : new double[] {-1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> RateLimiter.perSecond(bad, 1));
            assertThrows(IllegalArgumentException.class, () -> lim.set(bad, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> RateLimiter.perSecond(1, -1));
        assertThrows(IllegalArgumentException.class, () -> RateLimiter.every(s(1), -1));
        assertThrows(IllegalArgumentException.class, () -> lim.set(1, -1));
        assertThrows(IllegalArgumentException.class, () -> lim.setEvery(s(1), -1));
        assertThrows(IllegalArgumentException.class, () -> lim.allow(-1));
        assertThrows(IllegalArgumentException.class, () -> lim.reserve(-1));
        assertThrows(IllegalArgumentException.class, () -> lim.await(Context.background(), -1));
        assertThrows(NullPointerException.class, () -> lim.await(null));
        assertThrows(NullPointerException.class, () -> RateLimiter.every(null, 1));
        assertEquals("rate.Limiter (10 per second, burst 2, 2 tokens)", lim.toString());
    }

    // Await.

    /// Starts one who waits for `n` tokens, and then notes when that was.
    private Started waiter(RateLimiter lim, int n, List<Long> at) {
        Started started = time.go(() -> {
            lim.await(Context.background(), n);
            at.add(time.nanoTime() - START);
        });
        time.awaitIdle();
        return started;
    }

    @Test
    void await_severalWaiters_inTheirOrderAtTheExactInstants() {
        var lim = limiter(3, 2);
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        var waiters = new ArrayList<Started>();
        for (int n : new int[] {2, 1, 2, 1, 1}) {
            waiters.add(waiter(lim, n, at));
        }
        assertEquals(List.of(0L), at);
        assertEquals(4, time.timers());
        time.advance(333_333_333);
        assertEquals(1, at.size());
        time.advance(s(10));
        time.awaitIdle();
        assertEquals(List.of(0L, 333_333_334L, 1_000_000_000L, 1_333_333_334L, 1_666_666_667L), at);
        for (Started waiter : waiters) {
            waiter.check();
        }
    }

    @Test
    void await_manyWaiters_noWindowHasMoreThanBurstAndRate() {
        var lim = limiter(100, 5);
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        var random = new Random(19);
        for (int i = 0; i < 200; i++) {
            int late = random.nextInt(50);
            time.go(() -> {
                Context.background().sleep(Duration.ofMillis(late));
                for (int k = 0; k < 3; k++) {
                    lim.await(Context.background());
                    at.add(time.nanoTime() - START);
                }
            });
        }
        time.advance(s(10));
        time.awaitIdle();
        assertEquals(600, at.size());
        for (int i = 0; i < 600; i++) {
            for (int j = i; j < 600; j++) {
                long span = at.get(j) - at.get(i);
                assertTrue(j - i + 1 <= 5 + span / 10_000_000, j - i + 1 + " within " + span + " ns");
            }
        }
        assertEquals(5_950_000_000L, at.getLast() - at.getFirst(), "and none was lost");
    }

    @Test
    void await_moreThanTheBurst_failsAtOnce() {
        var lim = limiter(10, 3);
        time.run(() -> {
            var e = assertThrows(IllegalArgumentException.class, () -> lim.await(Context.background(), 4));
            assertTrue(e.getMessage().startsWith("rate: Wait(n=4) exceeds limiter's burst 3"), e.getMessage());
        });
        assertEquals(3, lim.tokens());
    }

    @Test
    void await_pastTheDeadline_failsAtOnceTakesNothingAndSaysHowLong() {
        var lim = limiter(10, 3);
        lim.allow(3);
        Started waiter = time.go(() -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMillis(250))) {
                var e = assertThrows(DeadlineExceededException.class, () -> lim.await(ctx, 3));
                assertEquals(
                        "rate: Wait(n=3) would exceed context deadline: the tokens come in PT0.3S, and PT0.25S were left;"
                                + " none was taken",
                        e.getMessage());
                assertTrue(e.isTimeout());
                assertFalse(ctx.isDone());
                assertNull(e.cancelRecord());
                assertEquals(0, lim.tokens());
                assertEquals(START, time.nanoTime());
                lim.await(ctx, 2);
                assertEquals(START + 200_000_000, time.nanoTime());
            }
        });
        time.advance(s(1));
        time.awaitIdle();
        waiter.check();
    }

    @Test
    void await_endedContext_takesNothing() {
        var lim = limiter(10, 3);
        time.run(() -> {
            try (var ctx = Context.background().withCancel()) {
                ctx.cancel();
                assertThrows(CancelledException.class, () -> lim.await(ctx));
                assertEquals(3, lim.tokens());
            }
        });
    }

    @Test
    void await_cancelled_givesBackAndTheNextComesSooner() {
        var lim = limiter(10, 2);
        lim.allow(2);
        var ctx = in(() -> Context.background().withCancel());
        Started cut = time.go(() -> assertThrows(CancelledException.class, () -> lim.await(ctx, 2)));
        time.awaitIdle();
        assertEquals(-2, lim.tokens());
        at(1);
        ctx.cancel();
        time.awaitIdle();
        cut.check();
        assertEquals(1, lim.tokens());
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        Started next = waiter(lim, 2, at);
        time.advance(D);
        time.awaitIdle();
        next.check();
        assertEquals(List.of(200_000_000L), at);
    }

    @Test
    void await_deadlineOfTheCancelKind_givesBackToo() {
        var lim = limiter(0, 1);
        lim.allow();
        var ctx = in(() -> Context.background().withCancel());
        Started waiter = time.go(() -> assertThrows(CancelledException.class, () -> lim.await(ctx)));
        time.advance(Duration.ofDays(1_000));
        assertFalse(waiter.isFinished(), "at a rate of 0 only the context ends the wait");
        ctx.cancel();
        time.awaitIdle();
        waiter.check();
    }

    @Test
    void await_interrupted_givesBackWithTheFlagSet() throws Exception {
        var lim = limiter(10, 2);
        lim.allow(2);
        Started waiter = time.go(() -> {
            assertThrows(InterruptedWaitException.class, () -> lim.await(Context.background(), 2));
            assertTrue(Thread.interrupted());
        });
        time.awaitIdle();
        waiter.thread().interrupt();
        Until.until("it has ended", waiter::isFinished);
        time.awaitIdle();
        waiter.check();
        assertEquals(0, lim.tokens());
    }

    // The real clock.

    @Test
    void allow_realThreads_neverMoreThanBurstAndRate() throws Exception {
        var lim = RateLimiter.perSecond(50_000, 100);
        long start = System.nanoTime();
        var granted = new AtomicLong();
        var cancelled = new AtomicLong();
        var spell = Spell.of(Duration.ofMillis(500), () -> granted.get() > 1_000 && cancelled.get() > 1_000);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            boolean cancels = i == 0;
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (spell.lasts()) {
                    if (cancels) {
                        lim.reserve(3).cancel();
                        cancelled.incrementAndGet();
                    } else if (lim.allow()) {
                        granted.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        double most = 100 + (System.nanoTime() - start) * 50_000e-9;
        assertTrue(granted.get() <= most, granted + " and not at most " + most);
        assertTrue(granted.get() > 1_000 && cancelled.get() > 1_000,
                granted + " granted, " + cancelled + " given back");
    }

    @Test
    void allow_realThreadsAtARateOfZero_exactlyTheBurst() throws Exception {
        var lim = RateLimiter.perSecond(0, 300_000);
        var granted = new AtomicLong();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                long mine = 0;
                while (lim.allow()) {
                    mine++;
                }
                granted.addAndGet(mine);
            }));
        }
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        assertEquals(300_000, granted.get());
    }

    @Test
    void await_realClock_isInTime() {
        var lim = RateLimiter.every(Duration.ofMillis(2), 1);
        long start = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            lim.await(Context.background());
        }
        assertTrue(System.nanoTime() - start >= 10_000_000);
        assertInstanceOf(Reservation.class, lim.reserve(1));
    }
}
