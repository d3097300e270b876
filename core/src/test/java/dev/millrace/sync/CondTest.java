package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ContextBase;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CondTest {
    private final Mutex lock = new Mutex();
    private final Cond cond = new Cond(lock);

    private static void waiting(Cond cond, int n) throws Exception {
        Until.until(n + " wait", () -> cond.waiting() == n);
    }

    /// One who waits, in line when this returns; it runs `after` with the lock held.
    private Actor waiter(Runnable after) throws Exception {
        int before = cond.waiting();
        Actor actor = Actor.go(() -> {
            lock.lock();
            try {
                cond.await();
                after.run();
            } finally {
                lock.unlock();
            }
        });
        waiting(cond, before + 1);
        return actor;
    }

    @Test
    @Item({"CO-01"})
    void signal_nobodyWaits_isLost() throws Exception {
        cond.signal();
        cond.broadcast();
        Actor waits = waiter(() -> {});
        Until.waits(waits.thread());
        assertFalse(waits.hasEnded());
        assertEquals(1, cond.waiting());
        cond.signal();
        waits.join();
    }

    /// Go's `TestCondSignalGenerations`.
    @Test
    @Item({"CO-02"})
    void signal_hundredWait_eachWakesTheOneWhoWaitsLongest() throws Exception {
        int n = 100;
        var woken = Collections.synchronizedList(new ArrayList<Integer>());
        var actors = new ArrayList<Actor>();
        for (int i = 0; i < n; i++) {
            int me = i;
            actors.add(waiter(() -> woken.add(me)));
        }
        for (int i = 0; i < n; i++) {
            assertEquals(i, woken.size());
            cond.signal();
            actors.get(i).join();
            assertEquals(n - 1 - i, cond.waiting());
        }
        assertEquals(IntStream.range(0, n).boxed().toList(), woken);
    }

    @Test
    @Item({"CO-02"})
    void signal_lockHeld_wakesExactlyOneWhoWaitsForTheLock() throws Exception {
        var woken = new AtomicInteger();
        var actors = List.of(
                waiter(woken::incrementAndGet), waiter(woken::incrementAndGet), waiter(woken::incrementAndGet));
        lock.lock();
        cond.signal();
        assertEquals(2, cond.waiting());
        assertEquals(0, woken.get(), "the lock is held");
        lock.unlock();
        actors.get(0).join();
        assertEquals(1, woken.get());
        assertEquals(2, cond.waiting());
        cond.broadcast();
        Actor.join(actors);
    }

    @Test
    @Item({"CO-03"})
    void broadcast_twoHundredWait_eachIsWokenOnce() throws Exception {
        var woken = new AtomicInteger();
        for (int round = 0; round < 5; round++) {
            var actors = new ArrayList<Actor>();
            for (int i = 0; i < 200; i++) {
                actors.add(Actor.go(() -> {
                    lock.lock();
                    cond.await();
                    woken.incrementAndGet();
                    lock.unlock();
                }));
            }
            waiting(cond, 200);
            cond.broadcast();
            Actor.join(actors);
            assertEquals(200 * (round + 1), woken.get());
            assertEquals(0, cond.waiting());
        }
    }

    @Test
    @Item({"CO-04"})
    void broadcast_thenANewcomer_isNotWoken() throws Exception {
        Actor before = waiter(() -> {});
        lock.lock();
        cond.broadcast();
        lock.unlock();
        before.join();
        Actor after = waiter(() -> {});
        Until.waits(after.thread());
        assertEquals(1, cond.waiting());
        assertFalse(after.hasEnded());
        cond.signal();
        after.join();
    }

    /// Go's `TestCondSignalStealing`: the one who waits is woken, not one who comes right after.
    @Test
    @Item({"CO-04"})
    void signal_newcomerRightAfter_takesNothing_thousandRounds() throws Exception {
        for (int round = 0; round < 1000; round++) {
            var m = new Mutex();
            var c = new Cond(m);
            var state = new boolean[1]; // guarded by m
            Actor first = Actor.go(() -> {
                m.lock();
                c.await();
                m.unlock();
            });
            waiting(c, 1);
            Actor newcomer = Actor.go(() -> {
                m.lock();
                while (!state[0]) {
                    c.await();
                }
                m.unlock();
            });
            if (round % 2 == 0) {
                Actor.stagger();
            }
            c.signal();
            first.join();
            m.lock();
            state[0] = true;
            m.unlock();
            c.broadcast();
            newcomer.join();
        }
    }

    @Test
    @Item({"CO-05"})
    void await_woken_holdsTheLockAgain() throws Exception {
        var inside = new AtomicBoolean();
        var over = new AtomicBoolean();
        Actor waits = Actor.go(() -> {
            lock.lock();
            cond.await();
            inside.set(true);
            assertFalse(lock.tryLock(), "it is held by this");
            lock.unlock();
            over.set(true);
        });
        waiting(cond, 1);
        assertTrue(lock.tryLock(), "the wait has given it back");
        cond.signal();
        assertEquals(0, cond.waiting());
        Until.waits(waits.thread());
        assertFalse(inside.get());
        lock.unlock();
        waits.join();
        assertTrue(over.get());
        assertTrue(lock.tryLock());
    }

    @Test
    @Item({"CO-05"})
    void await_unparkedWithoutASignal_waitsOn() throws Exception {
        Actor waits = waiter(() -> {});
        for (int i = 0; i < 100; i++) {
            Until.waits(waits.thread());
            LockSupport.unpark(waits.thread());
        }
        Until.waits(waits.thread());
        assertEquals(1, cond.waiting());
        assertFalse(waits.hasEnded());
        cond.signal();
        waits.join();
    }

    @Test
    @Item({"CO-06"})
    void signalAndBroadcast_withAndWithoutTheLock_wake() throws Exception {
        for (boolean held : new boolean[] {false, true}) {
            for (boolean all : new boolean[] {false, true}) {
                Actor waits = waiter(() -> {});
                if (held) {
                    lock.lock();
                }
                if (all) {
                    cond.broadcast();
                } else {
                    cond.signal();
                }
                if (held) {
                    lock.unlock();
                }
                waits.join();
            }
        }
    }

    @Test
    @Item({"CO-07"})
    void await_withoutTheLock_isTheLocksErrorAndLeavesNobody() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            assertTrue(assertThrows(SyncError.class, cond::await).getMessage()
                    .startsWith("fatal error: sync: unlock of unlocked mutex"));
            assertThrows(SyncError.class, () -> cond.await(ctx));
            assertThrows(SyncError.class, () -> cond.awaitUntil(() -> false));
            assertThrows(SyncError.class, () -> cond.awaitUntil(ctx, () -> false));
        }
        assertEquals(0, cond.waiting());
        assertTrue(lock.tryLock());
        lock.unlock();
        Actor waits = waiter(() -> {});
        cond.signal();
        waits.join();
    }

    @Test
    @Item({"CO-08"})
    void cond_overAMutex_isAQueueOfOnePlace() throws Exception {
        var box = new int[] {-1}; // guarded by lock
        int n = 2000;
        Actor producer = Actor.go(() -> {
            for (int i = 0; i < n; i++) {
                lock.lock();
                cond.awaitUntil(() -> box[0] < 0);
                box[0] = i;
                cond.broadcast();
                lock.unlock();
            }
        });
        Actor consumer = Actor.platform(() -> {
            for (int i = 0; i < n; i++) {
                lock.lock();
                cond.awaitUntil(() -> box[0] >= 0);
                assertEquals(i, box[0]);
                box[0] = -1;
                cond.broadcast();
                lock.unlock();
            }
        });
        producer.join();
        consumer.join();
        assertSame(lock, cond.locker());
    }

    // Contexts.

    @Test
    void await_underAnEndedContext_throwsWithTheLockStillHeld() {
        var ctx = Context.background().withCancel();
        ctx.cancel("before");
        lock.lock();
        assertThrows(CancelledException.class, () -> cond.await(ctx));
        assertThrows(CancelledException.class, () -> cond.awaitUntil(ctx, () -> true));
        assertFalse(lock.tryLock());
        lock.unlock();
        assertThrows(CancelledException.class, () -> cond.await(ctx), "it looks before it gives the lock back");
        assertEquals(0, cond.waiting());
    }

    @Test
    @Hazard(37)
    void await_contextEnds_locksAgainThenThrowsAndTakesNoSignal() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Actor givesUp = Actor.go(() -> {
                lock.lock();
                try {
                    cond.await(ctx);
                } finally {
                    lock.unlock(); // an error when it does not hold it
                }
            });
            waiting(cond, 1);
            Actor other = waiter(() -> {});
            lock.lock();
            ctx.cancel("enough");
            waiting(cond, 1);
            Until.waits(givesUp.thread());
            assertFalse(givesUp.hasEnded(), "it waits for the lock");
            cond.signal();
            lock.unlock();
            givesUp.failure(CancelledException.class);
            other.join();
            assertEquals(0, Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners());
        }
    }

    @Test
    void await_wokenThenContextEnds_returnsNormally() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Actor waits = Actor.go(() -> {
                lock.lock();
                cond.await(ctx);
                lock.unlock();
            });
            waiting(cond, 1);
            lock.lock();
            cond.signal();
            ctx.cancel("too late");
            lock.unlock();
            waits.join();
        }
    }

    @Test
    void awaitUntil_conditionBecomesTrue_returnsAfterItsWakeUp() throws Exception {
        var ready = new boolean[1]; // guarded by lock
        var asked = new AtomicInteger();
        try (var ctx = Context.background().withCancel()) {
            var actors = new ArrayList<Actor>();
            for (boolean under : new boolean[] {false, true}) {
                actors.add(Actor.go(() -> {
                    lock.lock();
                    java.util.function.BooleanSupplier condition = () -> {
                        assertFalse(lock.tryLock(), "the lock is held");
                        asked.incrementAndGet();
                        return ready[0];
                    };
                    if (under) {
                        cond.awaitUntil(ctx, condition);
                    } else {
                        cond.awaitUntil(condition);
                    }
                    lock.unlock();
                }));
            }
            waiting(cond, 2);
            cond.broadcast();
            Until.until("asked again", () -> asked.get() == 4 && cond.waiting() == 2);
            lock.lock();
            ready[0] = true;
            lock.unlock();
            cond.broadcast();
            Actor.join(actors);
            assertEquals(6, asked.get());
        }
    }

    @Test
    void awaitUntil_contextEnds_throwsWithTheLockHeld() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Actor waits = Actor.go(() -> {
                lock.lock();
                try {
                    cond.awaitUntil(ctx, () -> false);
                } finally {
                    lock.unlock();
                }
            });
            waiting(cond, 1);
            ctx.cancel("enough");
            waits.failure(CancelledException.class);
            assertTrue(lock.tryLock());
        }
    }

    @Test
    void awaitUntil_conditionThrows_holdsTheLock() {
        lock.lock();
        assertThrows(IllegalArgumentException.class, () -> cond.awaitUntil(() -> {
            throw new IllegalArgumentException("planted");
        }));
        assertFalse(lock.tryLock());
        assertThrows(NullPointerException.class, () -> cond.awaitUntil(null));
        assertThrows(NullPointerException.class, () -> new Cond(null));
    }

    // Interrupts.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void await_interrupted_locksAgainThrowsKeepsTheFlagAndTakesNoSignal(boolean underContext) throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Actor victim = Actor.go(() -> {
                lock.lock();
                try {
                    if (underContext) {
                        cond.await(ctx);
                    } else {
                        cond.await();
                    }
                } finally {
                    lock.unlock();
                }
            });
            waiting(cond, 1);
            Actor other = waiter(() -> {});
            lock.lock();
            victim.thread().interrupt();
            waiting(cond, 1);
            cond.signal();
            lock.unlock();
            victim.failure(InterruptedWaitException.class);
            assertTrue(victim.wasFlagged());
            other.join();
        }
    }

    @Test
    void await_flagSetBefore_throwsWithTheLockHeld() {
        lock.lock();
        Thread.currentThread().interrupt();
        try {
            assertThrows(InterruptedWaitException.class, cond::await);
            assertTrue(Thread.currentThread().isInterrupted());
            assertFalse(lock.tryLock());
            lock.unlock();
        } finally {
            Thread.interrupted();
        }
        assertEquals(0, cond.waiting());
    }

    @Test
    void toString_andBlocker_sayHowManyWait() throws Exception {
        assertEquals("sync.Cond.Wait (0 waiting, with " + lock + ")", cond.toString());
        Actor waits = waiter(() -> {});
        Until.waits(waits.thread());
        assertEquals(
                "sync.Cond.Wait (1 waiting, with " + lock + ")",
                String.valueOf(LockSupport.getBlocker(waits.thread())));
        cond.signal();
        waits.join();
    }

    @Test
    @Item({"CO-08"})
    void cond_overAnRWMutexAndItsReaders_wakes() throws Exception {
        var rw = new RWMutex();
        for (Locker l : List.of(rw, rw.readLocker())) {
            var c = new Cond(l);
            var actors = Actor.go(10, () -> {
                l.lock();
                c.await();
                l.unlock();
            });
            waiting(c, 10);
            if (l == rw) {
                assertTrue(rw.tryLock()); // the waits have given it back
                rw.unlock();
            } else {
                rw.lock();               // no reader holds it
                rw.unlock();
            }
            c.broadcast();
            Actor.join(actors);
            assertThrows(SyncError.class, c::await);
            assertEquals(0, c.waiting());
        }
    }

    /// Go's TestRLocker with Cond: readers that wait let a writer in.
    @Test
    @Item({"CO-08"})
    void cond_overReaders_aWriterChangesWhatTheyWaitFor() throws Exception {
        var rw = new RWMutex();
        var c = new Cond(rw.readLocker());
        var ready = new boolean[1]; // guarded by rw
        var actors = Actor.go(10, () -> {
            rw.readLocker().lock();
            c.awaitUntil(() -> ready[0]);
            rw.readLocker().unlock();
        });
        waiting(c, 10);
        rw.lock();
        ready[0] = true;
        rw.unlock();
        c.broadcast();
        Actor.join(actors);
    }

    @Test
    void snapshot_someWait_saysHowManyAndForHowLong() throws Exception {
        assertEquals(new CondSnapshot(0, Duration.ZERO), cond.snapshot());
        Actor first = waiter(() -> {});
        Actor second = waiter(() -> {});
        Until.until("both have parked", () -> cond.snapshot().longestWait().toNanos() > 0);
        assertEquals(2, cond.snapshot().waiting());
        cond.broadcast();
        first.join();
        second.join();
        assertEquals(new CondSnapshot(0, Duration.ZERO), cond.snapshot());
    }
}
