package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Case;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The semaphore as a case of a select.
class SemaphoreSelectTest {
    private static void state(long size, long held, int waiters, WeightedSemaphore sem) {
        WeightedSemaphoreTest.state(size, held, waiters, sem.snapshot().wanted(), sem);
    }

    @Test
    void acquire_tokensFree_takesThem() {
        var sem = new WeightedSemaphore(5);
        assertEquals("got", Select.<String>first().acquire(sem, 3, () -> "got").run());
        state(5, 3, 0, sem);
        assertEquals("got", Select.first(Case.acquire(sem, 2, () -> "got"), Case.orElse(() -> "none")));
        state(5, 5, 0, sem);
        assertEquals("none", Select.first(Case.acquire(sem, 1, () -> "got"), Case.orElse(() -> "none")));
        assertEquals("got", Select.first(Case.acquire(sem, 0, () -> "got"), Case.orElse(() -> "none")));
        state(5, 5, 0, sem);
    }

    @Test
    void acquire_otherCaseHappens_holdsNothing() throws Exception {
        var sem = new WeightedSemaphore(2);
        var chan = Chan.<String>buffered(1);
        sem.acquire(1);
        var got = new AtomicReference<String>();
        Actor selects = Actor.go(() -> got.set(Select.<String>first()
                .acquire(sem, 2, () -> "acquired")
                .receive(chan, text -> text)
                .run()));
        WeightedSemaphoreTest.waiting(sem, 1);
        chan.send("received");
        selects.join();
        assertEquals("received", got.get());
        state(2, 1, 0, sem);
        assertTrue(sem.tryAcquire(1));
    }

    @Test
    void acquire_granted_leavesNothingInTheOtherQueues() throws Exception {
        var sem = new WeightedSemaphore(2);
        var second = new WeightedSemaphore(1);
        var chan = Chan.<String>unbuffered();
        sem.acquire(2);
        second.acquire(1);
        var got = new AtomicReference<String>();
        Actor selects = Actor.go(() -> got.set(Select.<String>first()
                .receive(chan, text -> text)
                .acquire(second, 1, () -> "second")
                .acquire(sem, 2, () -> "acquired")
                .run()));
        WeightedSemaphoreTest.waiting(sem, 1);
        WeightedSemaphoreTest.waiting(second, 1);
        sem.release(1);
        assertFalse(selects.hasEnded());
        sem.release(1);
        selects.join();
        assertEquals("acquired", got.get());
        state(2, 2, 0, sem);
        state(1, 1, 0, second);
        assertEquals(0, chan.snapshot().blockedReceivers());
    }

    @Test
    void acquire_losesAtTheHead_letsInWhoStoodBehind() throws Exception {
        var sem = new WeightedSemaphore(3);
        sem.acquire(2);
        var chan = Chan.<Integer>buffered(1);
        Actor selects = Actor.go(() -> Select.<Integer>first()
                .acquire(sem, 3, () -> 0)
                .receive(chan, n -> n)
                .run());
        WeightedSemaphoreTest.waiting(sem, 1);
        Actor behind = Actor.go(() -> sem.acquire(1));
        WeightedSemaphoreTest.waiting(sem, 2);
        Until.waits(behind.thread());
        chan.send(1);
        selects.join();
        behind.join();
        state(3, 3, 0, sem);
    }

    @Test
    void acquire_timeoutAtTheHead_letsInWhoStoodBehind() throws Exception {
        var sem = new WeightedSemaphore(3);
        sem.acquire(2);
        var go = new java.util.concurrent.CountDownLatch(1);
        Actor selects = Actor.go(() -> assertEquals("late", Select.<String>first()
                .acquire(sem, 3, () -> "acquired")
                .timeout(Duration.ofMillis(100), () -> "late")
                .run()));
        WeightedSemaphoreTest.waiting(sem, 1);
        Actor behind = Actor.go(() -> {
            go.countDown();
            sem.acquire(1);
        });
        go.await();
        selects.join();
        behind.join();
        state(3, 3, 0, sem);
    }

    @Test
    void acquire_somebodyWaits_isNotReady() throws Exception {
        var sem = new WeightedSemaphore(3);
        sem.acquire(2);
        Actor large = Actor.go(() -> sem.acquire(3));
        WeightedSemaphoreTest.waiting(sem, 1);
        for (int i = 0; i < 100; i++) {
            assertEquals("none", Select.<String>first()
                    .acquire(sem, 1, () -> "got")
                    .acquire(sem, 0, () -> "got")
                    .orElse(() -> "none")
                    .run());
        }
        sem.release(2);
        large.join();
        state(3, 3, 0, sem);
    }

    @Test
    void acquire_twoCasesOfOneSemaphore_takesForOneOnly() throws Exception {
        var sem = new WeightedSemaphore(5);
        sem.acquire(5);
        var got = new AtomicReference<Integer>();
        for (int round = 0; round < 200; round++) {
            Actor selects = Actor.go(() -> got.set(Select.<Integer>first()
                    .acquire(sem, 2, () -> 2)
                    .acquire(sem, 2, () -> -2)
                    .run()));
            WeightedSemaphoreTest.waiting(sem, 2);
            sem.release(4);
            selects.join();
            state(5, 3, 0, sem);
            assertEquals(2, Math.abs(got.get()));
            assertTrue(sem.tryAcquire(2));
        }
    }

    /// The second case is still in the queue when the first has happened: it must keep nobody out.
    @Test
    void acquire_twoCasesOfOneSemaphore_letWhoStandsBehindIn() throws Exception {
        var sem = new WeightedSemaphore(5);
        sem.acquire(5);
        Actor selects = Actor.go(() -> Select.<Integer>first()
                .acquire(sem, 2, () -> 2)
                .acquire(sem, 2, () -> -2)
                .run());
        WeightedSemaphoreTest.waiting(sem, 2);
        Actor behind = Actor.go(() -> sem.acquire(1));
        WeightedSemaphoreTest.waiting(sem, 3);
        sem.release(5);
        state(5, 3, 0, sem);
        selects.join();
        behind.join();
    }

    @Test
    void acquire_moreThanSize_waitsApartUntilAResize() throws Exception {
        var sem = new WeightedSemaphore(2);
        Actor selects = Actor.go(() -> Select.<Integer>first().acquire(sem, 3, () -> 3).run());
        WeightedSemaphoreTest.waiting(sem, 1);
        assertTrue(sem.tryAcquire(2));
        sem.release(2);
        assertFalse(selects.hasEnded());
        sem.resize(3);
        selects.join();
        state(3, 3, 0, sem);
    }

    @Test
    void acquire_contextOrInterruptEndsTheSelect_holdsNothing() throws Exception {
        var sem = new WeightedSemaphore(1);
        sem.acquire(1);
        try (var ctx = Context.background().withCancel()) {
            Actor cancelled = Actor.go(
                    () -> Select.<Integer>first().acquire(sem, 1, () -> 1).run(ctx));
            WeightedSemaphoreTest.waiting(sem, 1);
            ctx.cancel("enough");
            cancelled.failure(CancelledException.class);
            sem.release(1);
            assertThrows(CancelledException.class, () -> Select.<Integer>first()
                    .acquire(sem, 1, () -> 1)
                    .run(ctx));
            state(1, 0, 0, sem);
            sem.acquire(1);
        }
        Actor interrupted =
                Actor.go(() -> Select.<Integer>first().acquire(sem, 1, () -> 1).run());
        WeightedSemaphoreTest.waiting(sem, 1);
        interrupted.thread().interrupt();
        interrupted.failure(InterruptedWaitException.class);
        assertTrue(interrupted.wasFlagged());
        state(1, 1, 0, sem);
    }

    @Test
    void acquire_ordered_takesTheFirstThatIsFree() {
        var a = new WeightedSemaphore(1);
        var b = new WeightedSemaphore(1);
        for (int i = 0; i < 50; i++) {
            assertEquals("a", ordered(a, b));
            assertEquals("b", ordered(a, b));
            a.release(1);
            b.release(1);
        }
    }

    private static String ordered(WeightedSemaphore a, WeightedSemaphore b) {
        return Select.<String>ordered()
                .acquire(a, 1, () -> "a")
                .acquire(b, 1, () -> "b")
                .run();
    }

    @Test
    void acquire_bothFree_eitherIsTaken() {
        var a = new WeightedSemaphore(1000);
        var b = new WeightedSemaphore(1000);
        for (int i = 0; i < 1000; i++) {
            Select.<Integer>first().acquire(a, 1, () -> 0).acquire(b, 1, () -> 0).run();
        }
        assertEquals(1000, a.available() + b.available());
        assertTrue(a.available() > 300 && b.available() > 300, a + ", " + b);
    }

    @Test
    void acquire_handlerThrows_tokensStayTaken() {
        var sem = new WeightedSemaphore(1);
        assertThrows(IllegalArgumentException.class, () -> Select.<Integer>first()
                .acquire(sem, 1, () -> {
                    throw new IllegalArgumentException("planted");
                })
                .run());
        state(1, 1, 0, sem);
    }

    @Test
    void acquire_badArguments_areRefused() {
        var sem = new WeightedSemaphore(1);
        assertThrows(IllegalArgumentException.class, () -> Select.<Integer>first().acquire(sem, -1, () -> 1));
        assertThrows(IllegalArgumentException.class, () -> Selector.random().acquire(sem, -1));
        assertThrows(NullPointerException.class, () -> Select.<Integer>first().acquire(null, 1, () -> 1));
        assertThrows(NullPointerException.class, () -> Select.<Integer>first().acquire(sem, 1, null));
        assertThrows(NullPointerException.class, () -> Case.acquire(null, 1, () -> 1));
        var select = Select.<Integer>first();
        assertThrows(IllegalArgumentException.class, () -> select.acquire(sem, -1, () -> 1));
        assertEquals(7, select.orElse(() -> 7).run(), "nothing was added");
    }

    @Test
    void selector_runAgainAndAgain_takesEachTime() {
        var sem = WeightedSemaphore.named("db", 4);
        var select = Selector.random();
        var take = select.acquire(sem, 2);
        assertEquals("acquire 2 of semaphore \"db\" (0 of 4 held, 0 waiting)", take.toString());
        assertSame(take, select.await());
        assertSame(take, select.poll());
        state(4, 4, 0, sem);
        assertNull(select.poll());
        assertNull(select.await(Duration.ofMillis(1)));
        sem.release(4);
        take.enabled(false);
        assertNull(select.poll());
        take.enabled(true);
        assertSame(take, select.await(Context.background()));
        state(4, 2, 0, sem);
    }

    @Test
    void selector_waits_isSeenInTheSemaphoreAndInADump() throws Exception {
        var sem = new WeightedSemaphore(1);
        sem.acquire(1);
        var select = Selector.random();
        select.acquire(sem, 1);
        Actor selects = Actor.go(select::await);
        WeightedSemaphoreTest.waiting(sem, 1);
        Until.waits(selects.thread());
        assertEquals("select (1 cases)", String.valueOf(LockSupport.getBlocker(selects.thread())));
        sem.release(1);
        selects.join();
        state(1, 1, 0, sem);
    }
}
