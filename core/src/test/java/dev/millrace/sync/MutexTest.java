package dev.millrace.sync;

import static dev.millrace.sync.LockTools.go;
import static dev.millrace.sync.LockTools.isUnused;
import static dev.millrace.sync.LockTools.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.sync.LockTools.Running;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MutexTest {
    @Test
    @Item("MU-02")
    void tryLock_heldAndFree_isFalseAndTrue() {
        var mu = new Mutex();
        assertTrue(mu.tryLock());
        assertTrue(mu.isLocked());
        assertFalse(mu.tryLock());
        mu.unlock();
        assertFalse(mu.isLocked());
        mu.lock();
        assertFalse(mu.tryLock());
        mu.unlock();
        assertTrue(mu.tryLock());
        mu.unlock();
    }

    @Test
    @Item("MU-03")
    void unlock_byAnotherGoroutine_isLegalAndServesWhoWaits() throws Exception {
        var mu = new Mutex();
        mu.lock();
        Running waiter = go(mu::lock);
        waiting(mu, 1);
        go(mu::unlock).join();
        waiter.join();
        assertTrue(mu.isLocked());
        mu.unlock();
        isUnused(mu);
    }

    @Test
    @Item("MU-04")
    @Hazard(33)
    void unlock_fresh_isRefusedInGosWordsAndChangesNothing() {
        var mu = new Mutex();
        var e = assertThrows(SyncError.class, mu::unlock);
        assertEquals("fatal error: sync: unlock of unlocked mutex", e.getMessage());
        assertFalse(mu.isLocked());
        assertTrue(mu.tryLock());
        mu.unlock();
    }

    @Test
    @Item("MU-04")
    void unlock_twice_isRefusedWithTheName() {
        var mu = Mutex.named("jobs");
        mu.lock();
        mu.unlock();
        var e = assertThrows(SyncError.class, mu::unlock);
        assertEquals("fatal error: sync: unlock of unlocked mutex: \"jobs\"", e.getMessage());
        mu.lock();
        assertTrue(mu.isLocked());
    }

    @Test
    @Item("MU-04")
    void unlock_twiceAfterSomebodyHadWaited_isRefused() throws Exception {
        var mu = new Mutex();
        mu.lock();
        Running waiter = go(mu::lock);
        waiting(mu, 1);
        mu.unlock();
        waiter.join();
        mu.unlock();
        assertThrows(SyncError.class, mu::unlock);
        isUnused(mu);
    }

    @Test
    @Item("MU-05")
    void lock_againByWhoHasIt_waitsUntilSomebodyUnlocks() throws Exception {
        var mu = new Mutex();
        Running twice = go(() -> {
            mu.lock();
            mu.lock();
        });
        waiting(mu, 1);
        assertFalse(twice.hasEnded());
        mu.unlock();
        twice.join();
        assertTrue(mu.isLocked());
    }

    @Test
    @Item("MU-07")
    void unlock_beforeLock_publishesPlainWrites() throws Exception {
        var mu = new Mutex();
        var plain = new int[2];
        mu.lock();
        Running reader = go(() -> {
            mu.lock();
            plain[1] = plain[0];
            mu.unlock();
        });
        waiting(mu, 1);
        plain[0] = 7;
        mu.unlock();
        reader.join();
        mu.lock();
        assertEquals(7, plain[1]);
    }

    @Test
    void unlock_severalWait_servesThemInOrder() throws Exception {
        var mu = new Mutex();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        mu.lock();
        var all = new ArrayList<Running>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            all.add(go(() -> {
                mu.lock();
                order.add(n);
                mu.unlock();
            }));
            waiting(mu, i + 1);
        }
        mu.unlock();
        LockTools.joinAll(all);
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        isUnused(mu);
    }

    // Under a context.

    @Test
    void lock_underAnEndedContext_throwsAlsoWhenFree() {
        var mu = new Mutex();
        var ctx = Context.background().withCancel();
        ctx.cancel("enough");
        assertThrows(CancelledException.class, () -> mu.lock(ctx));
        assertFalse(mu.isLocked());
        assertThrows(CancelledException.class, () -> mu.holding(ctx, () -> fail("the body ran")));
        assertThrows(CancelledException.class, () -> mu.callHolding(ctx, () -> fail("the body ran")));
        mu.lock();
        assertThrows(CancelledException.class, () -> mu.lock(ctx));
        assertTrue(mu.isLocked());
    }

    @Test
    void lock_contextEndsFirst_throwsAndLeavesNoTrace() throws Exception {
        var mu = new Mutex();
        mu.lock();
        var ctx = Context.background().withCancel();
        Running victim = go(() -> mu.lock(ctx));
        waiting(mu, 1);
        var cause = new IOException("planted");
        ctx.cancel(cause);
        Throwable t = victim.outcome();
        assertEquals(CancelledException.class, t.getClass());
        assertSame(cause, t.getCause());
        waiting(mu, 0);
        assertTrue(mu.isLocked());
        mu.unlock();
        isUnused(mu);
    }

    @Test
    void lock_underVirtualTime_waitsAsLongAsTheDeadlineSays() {
        var time = new ManualScheduler();
        var mu = new AtomicReference<Mutex>();
        time.run(() -> {
            mu.set(new Mutex());
            mu.get().lock();
        });
        var waiter = time.go(() -> {
            try (var ctx = Context.background().withTimeout(Duration.ofSeconds(3))) {
                assertThrows(DeadlineExceededException.class, () -> mu.get().lock(ctx));
            }
        });
        time.awaitIdle(); // somebody who waits for a lock does not keep the clock from moving
        assertFalse(waiter.isFinished());
        assertEquals(1, mu.get().snapshot().waitingWriters());
        time.advance(Duration.ofSeconds(2));
        assertFalse(waiter.isFinished());
        assertEquals(Duration.ofSeconds(2), mu.get().snapshot().longestWait());
        time.advance(Duration.ofSeconds(1));
        waiter.check();
        assertEquals(0, mu.get().snapshot().waitingWriters());
    }

    @Test
    void lock_servedUnderAContext_leavesNothingBehindThere() throws Exception {
        var mu = new Mutex();
        try (var ctx = Context.background().withCancel()) {
            for (int i = 0; i < 10; i++) {
                mu.lock();
                Running waiter = go(() -> mu.lock(ctx));
                waiting(mu, 1);
                mu.unlock();
                waiter.join();
                mu.unlock();
            }
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
        }
        isUnused(mu);
    }

    // Interrupts.

    @Test
    void lock_interrupted_waitsOnAndKeepsTheFlag() throws Exception {
        var mu = new Mutex();
        mu.lock();
        Running waiter = go(mu::lock);
        waiting(mu, 1);
        Until.waits(waiter.thread());
        waiter.thread().interrupt();
        Until.until("it has seen the interrupt and waits again", () -> !waiter.thread().isInterrupted()
                && waiter.thread().getState() == Thread.State.WAITING);
        assertFalse(waiter.hasEnded());
        mu.unlock();
        waiter.join();
        assertTrue(waiter.wasFlagged());
        assertTrue(mu.isLocked());
    }

    @Test
    void lock_underAContextInterrupted_throwsKeepsTheFlagAndLocksNothing() throws Exception {
        var mu = new Mutex();
        mu.lock();
        try (var ctx = Context.background().withCancel()) {
            Running victim = go(() -> mu.lock(ctx));
            Running other = go(mu::lock);
            waiting(mu, 2);
            victim.thread().interrupt();
            var e = assertInstanceOf(InterruptedWaitException.class, victim.outcome());
            assertTrue(e.getMessage().startsWith("sync.Mutex.Lock was interrupted"), e.getMessage());
            assertTrue(victim.wasFlagged());
            waiting(mu, 1);
            mu.unlock();
            other.join();
            mu.unlock();
            isUnused(mu);
        }
    }

    @Test
    void lock_flagSetBefore_locksWhatIsFree() {
        var mu = new Mutex();
        Thread.currentThread().interrupt();
        mu.lock();
        mu.unlock();
        mu.lock(Context.background());
        assertThrows(InterruptedWaitException.class, () -> mu.lock(Context.background()));
        assertTrue(Thread.interrupted());
        assertTrue(mu.isLocked());
    }

    // Bodies.

    @Test
    void holding_anyEndOfTheBody_unlocks() throws Exception {
        var mu = new Mutex();
        mu.holding(() -> assertTrue(mu.isLocked()));
        assertFalse(mu.isLocked());
        int seven = mu.callHolding(() -> mu.isLocked() ? 7 : 0);
        assertEquals(7, seven);
        assertEquals(8, mu.<Integer, RuntimeException>callHolding(Context.background(), () -> 8));
        assertFalse(mu.isLocked());
        var planted = new IOException("planted");
        assertSame(planted, assertThrows(IOException.class, () -> mu.holding(() -> {
            throw planted;
        })));
        assertSame(planted, assertThrows(IOException.class, () -> mu.callHolding(() -> {
            throw planted;
        })));
        assertSame(planted, assertThrows(IOException.class, () -> mu.holding(Context.background(), () -> {
            throw planted;
        })));
        isUnused(mu);
        assertThrows(NullPointerException.class, () -> mu.holding(null));
        assertThrows(NullPointerException.class, () -> mu.lock(null));
        isUnused(mu);
    }

    // Looking.

    @Test
    void toString_freeLockedAndWaitedFor_saysSo() throws Exception {
        var mu = Mutex.named("jobs");
        assertEquals("mutex \"jobs\" (unlocked)", mu.toString());
        assertEquals("mutex (unlocked)", new Mutex().toString());
        mu.lock();
        Running waiter = go(mu::lock);
        waiting(mu, 1);
        assertEquals("mutex \"jobs\" (locked, 1 waiting)", mu.toString());
        Until.waits(waiter.thread());
        var blocked = LockSupport.getBlocker(waiter.thread()).toString();
        assertEquals("sync.Mutex.Lock on mutex \"jobs\" (locked, 1 waiting)", blocked);
        LockSnapshot now = mu.snapshot();
        assertEquals("jobs", now.name());
        assertTrue(now.locked());
        assertEquals(1, now.waitingWriters());
        assertEquals(0, now.waitingReaders() + now.readers());
        Until.until("the wait is measured", () -> !mu.snapshot().longestWait().isZero());
        assertEquals(List.of(), now.holders());
        mu.unlock();
        waiter.join();
        mu.unlock();
        assertEquals(Duration.ZERO, mu.snapshot().longestWait());
        assertThrows(NullPointerException.class, () -> Mutex.named(null));
        assertNotEquals(new Mutex(), new Mutex());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tryLock_othersWait_maySucceedBeforeThem(boolean again) throws Exception {
        var mu = new Mutex();
        for (int i = 0; i < 200; i++) {
            mu.lock();
            Running waiter = go(() -> {
                mu.lock();
                mu.unlock();
            });
            waiting(mu, 1);
            mu.unlock();
            if (mu.tryLock()) { // before the waiter has come, or after it has gone
                assertTrue(mu.isLocked());
                if (again) {
                    assertFalse(mu.tryLock());
                }
                mu.unlock();
            }
            waiter.join();
        }
        isUnused(mu);
    }
}
