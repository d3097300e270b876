package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedSemaphoreTest {
    static void waiting(WeightedSemaphore sem, int n) throws Exception {
        Until.until(n + " wait for " + sem, () -> sem.snapshot().waiters() == n);
    }

    static void state(long size, long held, int waiters, long wanted, WeightedSemaphore sem) {
        SemaphoreSnapshot now = sem.snapshot();
        assertEquals(
                new SemaphoreSnapshot(sem.name(), size, held, waiters, wanted, now.longestWait()), now);
    }

    /// One who waits for `n`, in the queue when this returns.
    private static Actor waiter(WeightedSemaphore sem, long n) throws Exception {
        int before = sem.snapshot().waiters();
        Actor actor = Actor.go(() -> sem.acquire(n));
        waiting(sem, before + 1);
        return actor;
    }

    @Test
    @Item({"SM-01"})
    void tryAcquire_sizeTwo_trueTwiceThenFalseUntilReleased() {
        var sem = new WeightedSemaphore(2);
        var got = new ArrayList<Boolean>();
        sem.acquire(1);
        got.add(sem.tryAcquire(1));
        got.add(sem.tryAcquire(1));
        sem.release(2);
        got.add(sem.tryAcquire(1));
        sem.acquire(Context.background(), 1);
        got.add(sem.tryAcquire(1));
        assertEquals(List.of(true, false, true, false), got);
        assertEquals(0, sem.available());
        assertEquals(2, sem.size());
        state(2, 2, 0, 0, sem);
    }

    @Test
    @Item({"SM-01"})
    void tryAcquire_weights_areCounted() {
        var sem = new WeightedSemaphore(Long.MAX_VALUE);
        assertTrue(sem.tryAcquire(Long.MAX_VALUE - 1));
        assertFalse(sem.tryAcquire(2));
        assertTrue(sem.tryAcquire(1));
        assertTrue(sem.tryAcquire(0));
        assertFalse(sem.tryAcquire(Long.MAX_VALUE));
        sem.release(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, sem.available());
    }

    /// Size and held share a word while the size fits into half of it.
    @Test
    void semaphore_sizesAroundHalfAWord_countAlike() {
        for (long size : new long[] {Integer.MAX_VALUE - 1L, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, 1L << 32}) {
            var sem = new WeightedSemaphore(size);
            sem.acquire(size);
            state(size, size, 0, 0, sem);
            assertFalse(sem.tryAcquire(1));
            assertTrue(sem.tryAcquire(0));
            assertThrows(IllegalStateException.class, () -> sem.release(size + 1));
            sem.release(size - 3);
            assertEquals(size - 3, sem.available());

            for (long other : new long[] {2, Long.MAX_VALUE, 4, size}) {
                sem.resize(other);
                state(other, 3, 0, 0, sem);
                assertEquals(Math.max(0, other - 3), sem.available());
                assertFalse(sem.tryAcquire(other));
                assertThrows(IllegalStateException.class, () -> sem.release(4));
                assertEquals(other > 3, sem.tryAcquire(1));
                sem.release(other > 3 ? 1 : 0);
            }
            sem.release(3);
            state(size, 0, 0, 0, sem);
        }
    }

    @Test
    @Item({"SM-02"})
    void acquire_noneFree_waitsAndIsServedInOrder() throws Exception {
        var sem = new WeightedSemaphore(1);
        sem.acquire(1);
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var actors = new ArrayList<Actor>();
        for (int i = 0; i < 20; i++) {
            int me = i;
            Actor.Body body = () -> {
                sem.acquire(1);
                order.add(me);
                sem.release(1);
            };
            actors.add(i % 2 == 0 ? Actor.go(body) : Actor.platform(body));
            waiting(sem, i + 1);
        }
        assertEquals(List.of(), order);
        sem.release(1);
        Actor.join(actors);
        assertEquals(java.util.stream.IntStream.range(0, 20).boxed().toList(), order);
        state(1, 0, 0, 0, sem);
    }

    @Test
    @Item({"SM-02"})
    void release_ofMany_letsInAllWhoFit() throws Exception {
        var sem = new WeightedSemaphore(6);
        sem.acquire(6);
        Actor one = waiter(sem, 1);
        Actor two = waiter(sem, 2);
        Actor four = waiter(sem, 4);
        state(6, 6, 3, 7, sem);
        sem.release(6);
        one.join();
        two.join();
        state(6, 3, 1, 4, sem);
        sem.release(1);
        four.join();
        state(6, 6, 0, 0, sem);
    }

    @Test
    @Item({"SM-03"})
    void acquire_largeAtTheHead_blocksSmallOnesAndTries() throws Exception {
        var sem = new WeightedSemaphore(10);
        sem.acquire(5);
        Actor large = waiter(sem, 8);
        Actor small = waiter(sem, 1);
        assertEquals(5, sem.available());
        assertAll(
                () -> assertFalse(sem.tryAcquire(1)),
                () -> assertFalse(sem.tryAcquire(0)),
                () -> assertNull(sem.tryPermit(1)),
                () -> assertFalse(large.hasEnded()),
                () -> assertFalse(small.hasEnded()));
        state(10, 5, 2, 9, sem);
        sem.release(5);
        large.join();
        small.join();
        state(10, 9, 0, 0, sem);
        assertTrue(sem.tryAcquire(1));
    }

    /// Go's `TestLargeAcquireDoesntStarve`.
    @Test
    @Item({"SM-03"})
    void acquire_largeUnderChurnOfSmallOnes_comesToItsTurn() throws Exception {
        int n = 8;
        var sem = new WeightedSemaphore(n);
        var stop = new java.util.concurrent.atomic.AtomicBoolean();
        sem.acquire(n);
        List<Actor> churn = Actor.go(n, () -> {
            while (!stop.get()) {
                sem.acquire(1);
                Thread.yield();
                sem.release(1);
            }
        });
        sem.release(n);
        try (var ctx = Context.background().withTimeout(Duration.ofSeconds(20))) {
            for (int round = 0; round < 50; round++) {
                sem.acquire(ctx, n);
                sem.release(n);
            }
        } finally {
            stop.set(true);
        }
        Actor.join(churn);
        state(n, 0, 0, 0, sem);
    }

    @Test
    @Item({"SM-04"})
    void acquire_moreThanSize_waitsForItsContextAndBlocksNobody() throws Exception {
        var sem = new WeightedSemaphore(2);
        try (var ctx = Context.background().withCancel()) {
            Actor tooMuch = Actor.go(() -> sem.acquire(ctx, 3));
            waiting(sem, 1);
            assertFalse(sem.tryAcquire(3));
            assertTrue(sem.tryAcquire(0));
            sem.acquire(1);
            assertTrue(sem.tryAcquire(1));
            sem.release(2);
            assertFalse(tooMuch.hasEnded());
            state(2, 0, 1, 3, sem);
            ctx.cancel("enough");
            tooMuch.failure(CancelledException.class);
        }
        state(2, 0, 0, 0, sem);
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(10))) {
            assertThrows(DeadlineExceededException.class, () -> sem.acquire(ctx, 3));
        }
        state(2, 0, 0, 0, sem);
        assertTrue(sem.tryAcquire(2));
    }

    @Test
    @Item({"SM-05"})
    void acquire_underAnEndedContext_failsAlsoWhenTokensAreFree() {
        var sem = new WeightedSemaphore(1);
        var ctx = Context.background().withCancel();
        ctx.cancel("before");
        assertThrows(CancelledException.class, () -> sem.acquire(ctx, 1));
        assertThrows(CancelledException.class, () -> sem.acquire(ctx, 0));
        assertThrows(CancelledException.class, () -> sem.permit(ctx, 1));
        state(1, 0, 0, 0, sem);
    }

    @Test
    @Item({"SM-06"})
    void acquire_headIsCancelled_letsInTheNextThatFit() throws Exception {
        var sem = new WeightedSemaphore(10);
        sem.acquire(5);
        try (var ctx = Context.background().withCancel()) {
            Actor head = Actor.go(() -> sem.acquire(ctx, 6));
            waiting(sem, 1);
            Actor two = waiter(sem, 2);
            Actor three = waiter(sem, 3);
            Actor one = waiter(sem, 1);
            ctx.cancel("enough");
            head.failure(CancelledException.class);
            two.join();
            three.join();
            state(10, 10, 1, 1, sem);
            assertFalse(one.hasEnded());
            sem.release(1);
            one.join();
        }
    }

    @Test
    @Item({"SM-06"})
    void acquire_oneInTheMiddleIsCancelled_changesNothingForTheOthers() throws Exception {
        var sem = new WeightedSemaphore(10);
        sem.acquire(5);
        try (var ctx = Context.background().withCancel()) {
            Actor head = waiter(sem, 6);
            Actor middle = Actor.go(() -> sem.acquire(ctx, 1));
            waiting(sem, 2);
            Actor last = waiter(sem, 1);
            ctx.cancel("enough");
            middle.failure(CancelledException.class);
            state(10, 5, 2, 7, sem);
            sem.release(5);
            head.join();
            last.join();
            state(10, 7, 0, 0, sem);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Item({"SM-06", "SM-10"})
    void acquire_headIsInterrupted_throwsKeepsTheFlagAndLetsInTheNext(boolean underContext) throws Exception {
        var sem = new WeightedSemaphore(3);
        sem.acquire(2);
        try (var ctx = Context.background().withCancel()) {
            Actor head = Actor.go(() -> {
                if (underContext) {
                    sem.acquire(ctx, 2);
                } else {
                    sem.acquire(2);
                }
            });
            waiting(sem, 1);
            Actor next = waiter(sem, 1);
            head.thread().interrupt();
            head.failure(InterruptedWaitException.class);
            assertTrue(head.wasFlagged());
            next.join();
            state(3, 3, 0, 0, sem);
            assertEquals(0, java.util.Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners());
        }
    }

    @Test
    void acquire_flagSetBefore_succeedsWhenFreeAndThrowsWhenItWouldWait() {
        var sem = new WeightedSemaphore(1);
        Thread.currentThread().interrupt();
        try {
            sem.acquire(1);
            assertTrue(Thread.currentThread().isInterrupted());
            assertThrows(InterruptedWaitException.class, () -> sem.acquire(1));
            assertTrue(Thread.currentThread().isInterrupted());
        } finally {
            Thread.interrupted();
        }
        state(1, 1, 0, 0, sem);
    }

    @Test
    @Item({"SM-08"})
    void release_moreThanHeld_isRefusedAndChangesNothing() throws Exception {
        var sem = new WeightedSemaphore(2);
        assertEquals(
                "semaphore: released more than held: 0 are held, and 1 were to be released",
                assertThrows(IllegalStateException.class, () -> sem.release(1)).getMessage());
        sem.acquire(2);
        Actor waits = waiter(sem, 1);
        assertEquals(
                "semaphore: released more than held: 2 are held, and 3 were to be released",
                assertThrows(IllegalStateException.class, () -> sem.release(3)).getMessage());
        state(2, 2, 1, 1, sem);
        assertFalse(waits.hasEnded());
        sem.release(2);
        waits.join();
        state(2, 1, 0, 0, sem);
    }

    @Test
    void weights_negative_areRefusedAndChangeNothing() {
        var sem = new WeightedSemaphore(2);
        var text = "semaphore: weight must be >= 0, was -3";
        assertAll(
                () -> refused(text, () -> sem.acquire(-3)),
                () -> refused(text, () -> sem.acquire(Context.background(), -3)),
                () -> refused(text, () -> sem.tryAcquire(-3)),
                () -> refused(text, () -> sem.release(-3)),
                () -> refused(text, () -> sem.permit(Context.background(), -3)),
                () -> refused(text, () -> sem.tryPermit(-3)),
                () -> refused("semaphore: size must be >= 0, was -1", () -> sem.resize(-1)),
                () -> refused("semaphore: size must be >= 0, was -1", () -> new WeightedSemaphore(-1)),
                () -> state(2, 0, 0, 0, sem));
    }

    private static void refused(String text, Runnable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }

    @Test
    @Item({"SM-09"})
    void acquire_nothingOfNothing_succeedsUnlessSomebodyWaits() throws Exception {
        var none = new WeightedSemaphore(0);
        none.acquire(0);
        none.acquire(Context.background(), 0);
        assertTrue(none.tryAcquire(0));
        assertFalse(none.tryAcquire(1));
        none.release(0);
        var sem = new WeightedSemaphore(1);
        sem.acquire(1);
        assertTrue(sem.tryAcquire(0));
        Actor waits = waiter(sem, 1);
        assertFalse(sem.tryAcquire(0));
        Actor nothing = waiter(sem, 0);
        sem.release(1);
        waits.join();
        nothing.join();
        assertTrue(sem.tryAcquire(0));
    }

    @Test
    @Item({"SM-10"})
    void acquire_failed_leavesTheSemaphoreAsItWas() throws Exception {
        var sem = new WeightedSemaphore(3);
        sem.acquire(2);
        for (long n : new long[] {2, 3, 4}) {
            try (var ctx = Context.background().withCancel()) {
                Actor fails = Actor.go(() -> sem.acquire(ctx, n));
                waiting(sem, 1);
                ctx.cancel("enough");
                fails.failure(CancelledException.class);
                assertEquals(0, java.util.Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners());
            }
            assertFalse(sem.tryAcquire(n));
            state(3, 2, 0, 0, sem);
        }
        assertTrue(sem.tryAcquire(1));
    }

    @Test
    void acquire_granted_leavesNothingAtTheContext() throws Exception {
        var sem = new WeightedSemaphore(1);
        try (var ctx = Context.background().withCancel()) {
            sem.acquire(1);
            Actor waits = Actor.go(() -> sem.acquire(ctx, 1));
            waiting(sem, 1);
            sem.release(1);
            waits.join();
            assertEquals(0, java.util.Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners());
        }
    }

    // Permits.

    @Test
    void permit_closedTwice_givesBackOnce() {
        var sem = WeightedSemaphore.named("db", 5);
        Permit kept;
        try (var permit = sem.permit(Context.background(), 3)) {
            kept = permit;
            assertEquals(3, permit.weight());
            assertEquals("permit for 3 of semaphore \"db\" (3 of 5 held, 0 waiting)", permit.toString());
            assertNull(sem.tryPermit(3));
            try (var second = sem.tryPermit(2)) {
                assertNotNull(second);
                assertEquals(0, sem.available());
            }
            assertEquals(2, sem.available());
        }
        state(5, 0, 0, 0, sem);
        sem.acquire(4);
        kept.close();
        state(5, 4, 0, 0, sem);
        assertEquals("closed permit for 3 of semaphore \"db\" (4 of 5 held, 0 waiting)", kept.toString());
    }

    @Test
    void permit_closedByManyThreads_givesBackOnce() throws Exception {
        var sem = new WeightedSemaphore(100);
        for (int round = 0; round < 200; round++) {
            sem.acquire(50);
            Permit permit = sem.permit(Context.background(), 10);
            Actor.join(Actor.go(4, permit::close));
            state(100, 50, 0, 0, sem);
            sem.release(50);
        }
    }

    @Test
    @Item({"SM-08"})
    void permit_closeIsRefused_isAsItWas() {
        var sem = WeightedSemaphore.named("db", 5);
        Permit permit = sem.permit(Context.background(), 3);
        sem.release(1); // by mistake
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    "semaphore: released more than held: 2 are held, and 3 were to be released",
                    assertThrows(IllegalStateException.class, permit::close).getMessage());
            state(5, 2, 0, 0, sem);
            assertEquals("permit for 3 of semaphore \"db\" (2 of 5 held, 0 waiting)", permit.toString());
        }
        sem.acquire(1); // the mistake is mended
        permit.close();
        permit.close();
        state(5, 0, 0, 0, sem);
        assertEquals("closed permit for 3 of semaphore \"db\" (0 of 5 held, 0 waiting)", permit.toString());
    }

    /// Several close while it cannot be closed yet: each is refused until one can give back. Nobody takes the refusal of another for a close.
    @Test
    void permit_closesBeforeAndAfterTheyAreRefused_oneGivesBackAndNoneReturnsBefore() throws Exception {
        int[] closes = new int[2]; // refused; not
        var spell = Spell.of(Duration.ofMillis(500), () -> closes[0] >= 20 && closes[1] >= 20);
        while (spell.lasts()) {
            var sem = new WeightedSemaphore(5);
            Permit permit = sem.permit(Context.background(), 3);
            sem.release(1);
            var mended = new AtomicBoolean();
            List<Actor> closers = Actor.go(3, () -> {
                Actor.stagger();
                permit.close();
                assertTrue(mended.get(), "it could not be closed yet");
            });
            Actor.stagger();
            mended.set(true);
            sem.acquire(1);
            int gaveUp = 0;
            for (Actor closer : closers) {
                Throwable t = closer.outcome();
                if (t != null) {
                    assertEquals(IllegalStateException.class, t.getClass(), () -> "" + t);
                    gaveUp++;
                }
            }
            assertEquals(gaveUp == 3 ? 3 : 0, sem.snapshot().held());
            permit.close();
            state(5, 0, 0, 0, sem);
            closes[0] += gaveUp;
            closes[1] += 3 - gaveUp;
        }
        assertTrue(closes[0] >= 20 && closes[1] >= 20, "refused " + closes[0] + ", not " + closes[1]);
    }

    /// A bubble's permit that somebody closes from outside.
    @Test
    void permit_closedFromOutsideItsBubble_isAsItWas() {
        var time = new ManualScheduler();
        var sem = new AtomicReference<WeightedSemaphore>();
        var permit = new AtomicReference<Permit>();
        time.run(() -> {
            sem.set(new WeightedSemaphore(5));
            permit.set(sem.get().permit(Context.background(), 3));
        });
        assertThrows(IllegalStateException.class, () -> permit.get().close());
        assertEquals(3, sem.get().snapshot().held());
        time.run(() -> permit.get().close());
        assertEquals(0, sem.get().snapshot().held());
        assertTrue(time.lowest() >= 0);
    }

    @Test
    void permit_contextEnds_throwsAndHoldsNothing() throws Exception {
        var sem = new WeightedSemaphore(1);
        sem.acquire(1);
        try (var ctx = Context.background().withCancel()) {
            Actor waits = Actor.go(() -> sem.permit(ctx, 1));
            waiting(sem, 1);
            ctx.cancel("enough");
            waits.failure(CancelledException.class);
        }
        state(1, 1, 0, 0, sem);
    }

    // Resize.

    @Test
    void resize_larger_letsInThoseWhoFitNow() throws Exception {
        var sem = new WeightedSemaphore(2);
        sem.acquire(2);
        Actor one = waiter(sem, 1);
        Actor two = waiter(sem, 2);
        sem.resize(4);
        one.join();
        state(4, 3, 1, 2, sem);
        assertFalse(two.hasEnded());
        sem.resize(5);
        two.join();
        state(5, 5, 0, 0, sem);
    }

    @Test
    void resize_smallerThanHeld_givesNothingOutUntilTheExcessIsBack() throws Exception {
        var sem = new WeightedSemaphore(10);
        sem.acquire(8);
        sem.resize(3);
        state(3, 8, 0, 0, sem);
        assertEquals(0, sem.available());
        assertFalse(sem.tryAcquire(0));
        Actor one = waiter(sem, 1);
        sem.release(5);
        assertFalse(one.hasEnded());
        state(3, 3, 1, 1, sem);
        sem.release(1);
        one.join();
        state(3, 3, 0, 0, sem);
        sem.release(3);
        assertEquals(3, sem.available());
    }

    @Test
    @Item({"SM-04"})
    void resize_makesTheImpossiblePossible_admitsAtTheEndOfTheQueue() throws Exception {
        var sem = new WeightedSemaphore(2);
        sem.acquire(2);
        Actor five = waiter(sem, 5);
        Actor four = waiter(sem, 4);
        Actor one = waiter(sem, 1);
        sem.resize(4);
        one.join();
        state(4, 3, 2, 9, sem);
        assertFalse(sem.tryAcquire(1), "the one who asks for four waits like others now");
        sem.release(3);
        four.join();
        assertFalse(five.hasEnded());
        sem.resize(9);
        five.join();
        state(9, 9, 0, 0, sem);
    }

    @Test
    void resize_makesTheHeadImpossible_letsInThoseBehind() throws Exception {
        var sem = new WeightedSemaphore(5);
        sem.acquire(3);
        Actor four = waiter(sem, 4);
        Actor two = waiter(sem, 2);
        Actor one = waiter(sem, 1);
        sem.resize(3);
        state(3, 3, 3, 7, sem);
        sem.release(3);
        two.join();
        one.join();
        assertFalse(four.hasEnded());
        state(3, 3, 1, 4, sem);
        sem.resize(7);
        four.join();
        state(7, 7, 0, 0, sem);
    }

    @Test
    void resize_whileTheImpossibleGivesUp_leavesNobody() throws Exception {
        var sem = new WeightedSemaphore(5);
        sem.acquire(5);
        try (var ctx = Context.background().withCancel()) {
            var all = new ArrayList<Actor>();
            for (long n : new long[] {5, 2, 4, 1, 6}) {
                all.add(Actor.go(() -> sem.acquire(ctx, n)));
                waiting(sem, all.size());
            }
            sem.resize(3);
            ctx.cancel("enough");
            for (Actor actor : all) {
                actor.failure(CancelledException.class);
            }
        }
        state(3, 5, 0, 0, sem);
    }

    // For people.

    @Test
    void texts_andBlocker_sayWhatIsWaitedFor() throws Exception {
        var sem = WeightedSemaphore.named("db", 10);
        sem.acquire(10);
        assertEquals("semaphore \"db\" (10 of 10 held, 0 waiting)", sem.toString());
        Actor waits = waiter(sem, 3);
        Until.waits(waits.thread());
        assertEquals(
                "semacquire 3 of semaphore \"db\" (10 of 10 held, 1 waiting)",
                String.valueOf(LockSupport.getBlocker(waits.thread())));
        assertEquals("semaphore (0 of 1 held, 0 waiting)", new WeightedSemaphore(1).toString());
        sem.release(3);
        waits.join();
    }

    @Test
    void snapshot_ofHugeWaiters_doesNotOverflow() throws Exception {
        var sem = new WeightedSemaphore(1);
        Actor a = waiter(sem, Long.MAX_VALUE);
        Actor b = waiter(sem, Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, sem.snapshot().wanted());
        a.thread().interrupt();
        b.thread().interrupt();
        a.failure(InterruptedWaitException.class);
        b.failure(InterruptedWaitException.class);
    }

    @Test
    void snapshot_virtualTime_tellsTheLongestWait() {
        var time = new ManualScheduler();
        var made = new AtomicReference<WeightedSemaphore>();
        time.run(() -> made.set(new WeightedSemaphore(1)));
        WeightedSemaphore sem = made.get();
        time.run(() -> sem.acquire(1));
        time.go(() -> sem.acquire(1));
        time.awaitIdle();
        time.advance(Duration.ofSeconds(3));
        time.go(() -> sem.acquire(1));
        time.awaitIdle();
        time.advance(Duration.ofSeconds(2));
        assertEquals(Duration.ofSeconds(5), sem.snapshot().longestWait());
        time.run(() -> sem.release(1));
        assertEquals(Duration.ofSeconds(2), sem.snapshot().longestWait());
        time.run(() -> sem.release(1));
        assertTrue(time.lowest() >= 0);
        assertEquals(Duration.ZERO, sem.snapshot().longestWait());
    }
}
