package dev.millrace.sync;

import static dev.millrace.sync.LockTools.go;
import static dev.millrace.sync.LockTools.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Select;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.internal.Debug;
import dev.millrace.internal.LockWarnings;
import dev.millrace.sync.LockTools.Running;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What debug mode says about locks.
class LockDebugTest {
    private LockWarnings debug;
    private List<String> warnings;

    @BeforeEach
    void on() {
        debug = new LockWarnings();
        warnings = debug.all;
    }

    @AfterEach
    void off() {
        debug.close();
    }

    private static int sites(String warning) {
        return warning.split("LockDebugTest\\.java:", -1).length - 1;
    }

    @Test
    void lock_twoLocksInBothOrders_warnsOnceWithFourSites() {
        var a = Mutex.named("a");
        var b = Mutex.named("b");
        for (int i = 0; i < 2; i++) {
            a.holding(() -> b.holding(() -> {}));
        }
        assertEquals(List.of(), warnings);
        for (int i = 0; i < 2; i++) {
            b.holding(() -> a.holding(() -> {}));
            a.holding(() -> b.holding(() -> {}));
        }
        assertEquals(1, warnings.size(), warnings::toString);
        String text = warnings.getFirst();
        assertTrue(text.startsWith("lock order: "), text);
        assertTrue(text.contains("mutex \"a\"") && text.contains("mutex \"b\""), text);
        assertEquals(4, sites(text), text);
    }

    @Test
    void lock_oneOrderOrTriedOrOneAfterTheOther_doesNotWarn() {
        var a = new Mutex();
        var b = new RWMutex();
        a.holding(() -> b.holding(() -> {}));
        b.holding(() -> {
            assertTrue(a.tryLock());
            a.unlock();
        });
        b.holding(() -> {});
        a.holding(() -> {});
        b.holding(() -> Select.<Integer>first().lock(a, () -> 1).run());
        a.unlock();
        assertEquals(List.of(), warnings);
    }

    @Test
    void lock_severalInARing_warnsOnceWithAllSites() {
        var a = Mutex.named("a");
        var b = RWMutex.named("b");
        var c = Mutex.named("c");
        var d = Mutex.named("d");
        for (int i = 0; i < 2; i++) {
            a.holding(() -> b.holding(() -> {}));
            b.holding(() -> c.holding(() -> {}));
            b.holding(() -> d.holding(() -> {})); // leads to nowhere
        }
        assertEquals(List.of(), warnings);
        for (int i = 0; i < 2; i++) {
            c.holding(() -> a.holding(() -> {}));
            a.holding(() -> b.holding(() -> {}));
            b.holding(() -> c.holding(() -> {}));
        }
        assertEquals(1, warnings.size(), warnings::toString);
        String text = warnings.getFirst();
        assertTrue(text.startsWith("lock order: ") && text.contains(" locks mutex \"a\" at "), text);
        assertTrue(text.contains(" mutex \"c\" was locked at ") && text.contains(" rwmutex \"b\" was locked at "),
                text);
        assertFalse(text.contains("\"d\""), text);
        assertTrue(text.endsWith(": 3 goroutines that do one of these each, at once, may wait for each other"), text);
        assertEquals(6, sites(text), text);
    }

    @Test
    void lock_aSecondRingOverAPairOfTheFirst_warnsOfThatToo() {
        var a = Mutex.named("a");
        var b = Mutex.named("b");
        var c = Mutex.named("c");
        a.holding(() -> b.holding(() -> {}));
        b.holding(() -> a.holding(() -> {}));
        assertEquals(1, warnings.size(), warnings::toString);
        b.holding(() -> c.holding(() -> {}));
        c.holding(() -> a.holding(() -> {}));
        assertEquals(2, warnings.size(), warnings::toString);
        assertTrue(warnings.getLast().contains(": 3 goroutines that "), warnings::toString);
    }

    @Test
    void lock_manyInOneOrder_doesNotWarn() {
        var all = new ArrayList<Mutex>();
        for (int i = 0; i < 6; i++) {
            all.add(Mutex.named("m" + i));
        }
        for (int outer = 5; outer >= 0; outer--) { // from the last on, so that pairs join to ways later
            for (int inner = outer + 1; inner < 6; inner++) {
                Mutex in = all.get(inner);
                all.get(outer).holding(() -> in.holding(() -> {}));
            }
        }
        assertEquals(List.of(), warnings);
        all.getLast().holding(() -> {
            assertTrue(all.getFirst().tryLock(), "who tries does not wait");
            all.getFirst().unlock();
        });
        assertEquals(List.of(), warnings);
    }

    /// The search is bounded, and still sees a pair among the many.
    @Test
    void lock_besideThousands_warnsOfThePair() {
        var hub = Mutex.named("hub");
        var other = Mutex.named("other");
        var many = new ArrayList<Mutex>();
        hub.holding(() -> {
            for (int i = 0; i < 3_000; i++) {
                var leaf = new Mutex();
                many.add(leaf);
                leaf.holding(() -> {});
            }
            other.holding(() -> {});
        });
        assertEquals(List.of(), warnings);
        other.holding(() -> hub.holding(() -> {}));
        assertEquals(1, warnings.size(), warnings::toString);
        assertEquals(3_000, many.size()); // they are not collected before
    }

    @Test
    void lock_againByWhoHasIt_warnsBeforeItWaits() throws Exception {
        var mu = Mutex.named("m");
        Running twice = go(() -> {
            mu.lock();
            mu.lock();
        });
        waiting(mu, 1);
        assertEquals(1, warnings.size(), warnings::toString);
        String text = warnings.getFirst();
        assertTrue(text.startsWith("self-deadlock: ") && text.contains("mutex \"m\""), text);
        assertEquals(2, sites(text), text);
        mu.unlock();
        twice.join();
    }

    @Test
    void rLock_again_warnsOnceOfTheWriterThatMayComeBetween() {
        var rw = RWMutex.named("table");
        for (int i = 0; i < 2; i++) {
            rw.rLock();
            rw.rLock();
            rw.rUnlock();
            rw.rUnlock();
        }
        assertEquals(1, warnings.size(), warnings::toString);
        String text = warnings.getFirst();
        assertTrue(text.startsWith("recursive read lock: ") && text.contains("rwmutex \"table\""), text);
        assertEquals(2, sites(text), text);
    }

    @Test
    void unlock_byAnotherGoroutine_takesItOffTheRecord() throws Exception {
        var a = new Mutex();
        var b = new Mutex();
        a.lock();
        assertEquals(1, a.snapshot().holders().size());
        go(a::unlock).join();
        assertEquals(List.of(), a.snapshot().holders());
        b.lock(); // nothing is held any more: no order is noted
        b.unlock();
        b.holding(() -> a.holding(() -> {}));
        assertEquals(List.of(), warnings);
    }

    @Test
    void snapshot_saysWhoHasItSinceWhereAndWhereItWasMade() {
        var rw = new RWMutex();
        rw.rLock();
        assertTrue(rw.tryRLock());
        List<LockSnapshot.Holder> holders = rw.snapshot().holders();
        assertEquals(2, holders.size());
        for (LockSnapshot.Holder holder : holders) {
            assertTrue(holder.reads());
            assertEquals("LockDebugTest.java", holder.site().getFileName());
            assertTrue(holder.goroutine().contains("main") || !holder.goroutine().isEmpty());
        }
        assertEquals("LockDebugTest.java", rw.snapshot().site().getFileName());
        assertTrue(rw.toString().startsWith("rwmutex made at LockDebugTest.java:"), rw.toString());
        rw.rUnlock();
        rw.rUnlock();
        assertEquals(List.of(), rw.snapshot().holders());
        Debug.set(false);
        assertNull(new Mutex().snapshot().site());
    }

    @Test
    void unlock_ofUnlocked_saysWhereItWasUnlockedLast() {
        var mu = Mutex.named("m");
        String fresh = assertThrows(SyncError.class, mu::unlock).getMessage();
        assertTrue(
                fresh.startsWith("fatal error: sync: unlock of unlocked mutex: \"m\"; made at LockDebugTest.java:"),
                fresh);
        mu.lock();
        mu.unlock();
        String text = assertThrows(SyncError.class, mu::unlock).getMessage();
        assertTrue(text.startsWith("fatal error: sync: unlock of unlocked mutex: \"m\" was unlocked last at "), text);
        assertEquals(2, sites(text), text);
        assertFalse(mu.isLocked());
        mu.lock();
        assertEquals(1, mu.snapshot().holders().size());
        var rw = new RWMutex();
        rw.rLock();
        assertThrows(SyncError.class, rw::unlock);
        assertEquals(1, rw.snapshot().holders().size(), "nothing has changed");
    }

    @Test
    void misuse_ofCounters_saysWhereTheyWereMade() {
        String released =
                assertThrows(IllegalStateException.class, () -> new WeightedSemaphore(1).release(1)).getMessage();
        assertTrue(released.contains("; made at LockDebugTest.java:"), released);
        String negative = assertThrows(IllegalStateException.class, () -> new WaitGroup().done()).getMessage();
        assertTrue(negative.contains("; made at LockDebugTest.java:"), negative);
    }

    @Test
    void lock_givenUp_isNotHeld() throws Exception {
        var mu = new Mutex();
        mu.lock();
        try (var ctx = Context.background().withCancel()) {
            Running victim = go(() -> mu.lock(ctx));
            waiting(mu, 1);
            ctx.cancel();
            assertEquals(CancelledException.class, victim.outcome().getClass());
        }
        assertEquals(1, mu.snapshot().holders().size());
        Running waiter = go(mu::lock);
        waiting(mu, 1);
        mu.unlock();
        waiter.join();
        assertEquals(1, mu.snapshot().holders().size());
        assertEquals(List.of(), warnings);
    }
}
