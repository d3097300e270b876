package dev.millrace.chan;

import static dev.millrace.sync.LockTools.go;
import static dev.millrace.sync.LockTools.isUnused;
import static dev.millrace.sync.LockTools.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.sync.LockTools;
import dev.millrace.sync.LockTools.Running;
import dev.millrace.sync.Locker;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A lock as a case of a select.
@Timeout(60)
class SelectLockTest {
    @Test
    void lock_free_isTakenByTheCaseThatHappens() throws Exception {
        var mu = new Mutex();
        assertEquals(7, Select.<Integer>first().lock(mu, () -> mu.isLocked() ? 7 : 0).run());
        assertTrue(mu.isLocked());
        mu.unlock();
        assertEquals("locked", Select.first(Case.lock(mu, () -> "locked"), Case.orElse(() -> "busy")));
        assertEquals("busy", Select.first(Case.lock(mu, () -> "locked"), Case.orElse(() -> "busy")));
        mu.unlock();
        isUnused(mu);
    }

    @Test
    void lock_eachSideOfAnRWMutex_isTakenAsItSays() throws Exception {
        var rw = new RWMutex();
        var select = Selector.random();
        var read = select.lock(rw.readLocker());
        var write = select.lock(rw);
        assertEquals("read lock of rwmutex", read.toString());
        assertEquals("lock of rwmutex", write.toString());
        write.enabled(false);
        assertSame(read, select.poll());
        assertSame(read, select.await());
        assertEquals(2, rw.readers());
        write.enabled(true);
        read.enabled(false);
        assertNull(select.poll());
        rw.rUnlock();
        rw.rUnlock();
        assertSame(write, select.await());
        assertTrue(rw.isLocked());
        read.enabled(true);
        assertNull(select.poll());
        rw.unlock();
        isUnused(rw);
    }

    @Test
    void lock_busy_waitsAndIsGivenTheLock() throws Exception {
        var mu = new Mutex();
        var in = Chan.<Integer>unbuffered();
        mu.lock();
        Running waiter = go(() -> assertEquals(
                "locked",
                Select.<String>first().receive(in, _ -> "received").lock(mu, () -> "locked").run()));
        waiting(mu, 1);
        mu.unlock();
        waiter.join();
        assertTrue(mu.isLocked());
        assertEquals(0, in.snapshot().blockedReceivers());
        mu.unlock();
        isUnused(mu);
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "cancel", "timeout", "interrupt", "observed"})
    void lock_anotherCaseHappens_nothingIsLockedAndNobodyWaits(String other) throws Exception {
        var rw = new RWMutex();
        var in = Chan.<Integer>unbuffered();
        rw.rLock();
        try (var ctx = Context.background().withCancel();
                var observed = Context.background().withCancel()) {
            Running waiter = go(() -> {
                var select = Select.<String>first()
                        .lock(rw, () -> "locked")
                        .receive(in, _ -> "value")
                        .done(ctx, _ -> "cancel");
                if (other.equals("timeout")) {
                    select.timeout(Duration.ofMillis(20), () -> "timeout");
                }
                assertEquals(other, other.equals("observed") ? select.run(observed) : select.run());
            });
            if (!other.equals("timeout")) {
                waiting(rw, 1, 0);
            }
            Running reader = go(rw::rLock); // behind the select, unless that has timed out by now
            if (!other.equals("timeout")) {
                waiting(rw, 1, 1);
            }
            switch (other) {
                case "value" -> in.send(1);
                case "cancel" -> ctx.cancel();
                case "interrupt" -> waiter.thread().interrupt();
                case "observed" -> observed.cancel();
                default -> {}
            }
            switch (other) {
                case "interrupt" -> assertInstanceOf(InterruptedWaitException.class, waiter.outcome());
                case "observed" -> assertInstanceOf(CancelledException.class, waiter.outcome());
                default -> waiter.join();
            }
            reader.join(); // it waited only because of the select
            assertEquals(2, rw.readers());
        }
        rw.rUnlock();
        rw.rUnlock();
        isUnused(rw);
    }

    @Test
    void lock_freeBesideAReadyChannel_eachIsTakenAsOften() throws Exception {
        var mu = new Mutex();
        var in = Chan.<Integer>buffered(1);
        var select = Selector.random();
        var lock = select.lock(mu);
        var receive = select.receive(in);
        in.send(1);
        int locks = 0;
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            var happened = select.await();
            if (happened == lock) {
                locks++;
                mu.unlock();
            } else {
                assertSame(receive, happened);
                in.send(1);
            }
        }
        assertTrue(Math.abs(locks - n / 2) < 5 * Math.sqrt(n) / 2, locks + " of " + n); // five standard deviations
        isUnused(mu);
    }

    @Test
    void orElse_lockBusy_isTakenAndLeavesNoTrace() throws Exception {
        var mu = new Mutex();
        var rw = new RWMutex();
        mu.lock();
        rw.rLock();
        var select = Selector.random();
        select.lock(mu);
        select.lock(rw);
        for (int i = 0; i < 1_000; i++) {
            assertNull(select.poll());
        }
        assertNull(select.await(Duration.ZERO));
        waiting(mu, 0);
        waiting(rw, 0, 0);
        assertTrue(rw.tryRLock(), "no writer waits");
        rw.rUnlock();
        mu.unlock();
        rw.rUnlock();
        isUnused(mu);
        isUnused(rw);
    }

    @Test
    void orElse_writerWaits_readersCaseIsNotReady() throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        Running writer = go(rw::lock);
        waiting(rw, 1, 0);
        assertEquals("busy", Select.first(Case.lock(rw.readLocker(), () -> "read"), Case.orElse(() -> "busy")));
        rw.rUnlock();
        writer.join();
        rw.unlock();
        isUnused(rw);
    }

    /// At each instant at least one of the two is free, but for what the select itself does.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void orElse_oneOfTwoLocksIsAlwaysFree_isNeverTaken(boolean ordered) throws Exception {
        var a = new Mutex();
        var b = new Mutex();
        var over = new AtomicBoolean();
        var wrong = new AtomicInteger();
        // A lock moves between two mutexes: it is unlocked here before it is locked there.
        a.lock();
        Thread platform = Thread.ofPlatform().daemon().start(() -> {
            boolean onA = true;
            while (!over.get()) {
                Mutex now = onA ? a : b;
                Mutex next = onA ? b : a;
                now.unlock(); // both are free
                next.lock(); // the select may have it for a moment
                onA = !onA;
            }
            (onA ? a : b).unlock();
        });
        var select = ordered ? Selector.ordered() : Selector.random();
        var first = select.lock(a);
        select.lock(b);
        long end = System.nanoTime() + 500_000_000L;
        while (System.nanoTime() - end < 0) {
            var happened = select.poll();
            if (happened == null) {
                wrong.incrementAndGet();
            } else if (happened == first) {
                a.unlock();
            } else {
                b.unlock();
            }
        }
        over.set(true);
        assertTrue(platform.join(Duration.ofSeconds(20)));
        assertEquals(0, wrong.get());
        isUnused(a);
        isUnused(b);
    }

    @Test
    void ordered_severalReady_takesTheFirst() throws Exception {
        var mu = new Mutex();
        var in = Chan.<Integer>buffered(2);
        var latest = Chan.<Integer>latest();
        in.send(1);
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "lock",
                    Select.<String>ordered().lock(mu, () -> "lock").receive(in, _ -> "value").run());
            assertEquals(
                    "sent",
                    Select.<String>ordered()
                            .lock(mu, () -> "lock")
                            .send(latest, i, () -> "sent")
                            .receive(in, _ -> "value")
                            .run());
            mu.unlock();
        }
        assertEquals(2, latest.receive());
        mu.lock();
        var ctx = Context.background().withCancel();
        ctx.cancel();
        assertEquals(
                "value",
                Select.<String>ordered()
                        .lock(mu, () -> "lock")
                        .receive(in, _ -> "value")
                        .done(ctx, _ -> "done")
                        .run());
        assertEquals(
                "done",
                Select.<String>ordered()
                        .lock(mu, () -> "lock")
                        .receive(in, _ -> "value")
                        .done(ctx, _ -> "done")
                        .run());
        mu.unlock();
        assertEquals(
                "done",
                Select.<String>ordered()
                        .done(ctx, _ -> "done")
                        .lock(mu, () -> "lock")
                        .run());
        assertFalse(mu.isLocked());
        assertThrows(
                IllegalStateException.class,
                () -> {
                    var selector = Selector.ordered();
                    selector.lock(mu);
                    selector.send(in);
                    selector.await();
                });
        isUnused(mu);
    }

    @Test
    void lock_bothSidesOfOneRWMutexInOneSelect_waitForEachOtherNever() throws Exception {
        var rw = new RWMutex();
        rw.lock();
        var read = new AtomicInteger();
        Running both = go(() -> Select.<Integer>first()
                .lock(rw, () -> 0)
                .lock(rw.readLocker(), read::incrementAndGet)
                .lock(rw, () -> 0)
                .run());
        waiting(rw, 2, 1);
        rw.unlock();
        both.join();
        assertEquals(1, read.get(), "readers go first");
        assertEquals(1, rw.readers());
        waiting(rw, 0, 0);
        rw.rUnlock();
        isUnused(rw);
    }

    @Test
    void lock_handlerFails_callerHasTheLock() {
        var mu = new Mutex();
        var planted = new IllegalArgumentException("planted");
        assertSame(planted, assertThrows(IllegalArgumentException.class, () -> Select.<Integer>first()
                .lock(mu, () -> {
                    throw planted;
                })
                .run()));
        assertTrue(mu.isLocked());
        assertThrows(NullPointerException.class, () -> Select.<Integer>first().lock(null, () -> 1));
        assertThrows(NullPointerException.class, () -> Selector.random().lock(null));
        assertThrows(NullPointerException.class, () -> Case.lock(null, () -> 1));
    }

    /// Selects that wait for a lock that stays busy and are ended by a value: 100,000 of them leave nobody in the lock's queue.
    @Test
    void select_hundredThousandTimes_leavesNobodyWaiting() throws Exception {
        var mu = new Mutex();
        var rw = new RWMutex();
        mu.lock();
        rw.rLock();
        var in = Chan.<Integer>unbuffered();
        int n = 100_000;
        Running sender = go(() -> {
            for (int i = 0; i < n; i++) {
                in.send(i);
            }
        });
        var select = Selector.random();
        select.lock(mu);
        select.lock(rw);
        var value = select.receive(in);
        for (int i = 0; i < n; i++) {
            assertSame(value, select.await());
        }
        sender.join();
        waiting(mu, 0);
        waiting(rw, 0, 0);
        assertTrue(rw.tryRLock());
        rw.rUnlock();
        rw.rUnlock();
        mu.unlock();
        isUnused(mu);
        isUnused(rw);
    }

    /// Each select gets either the value or the lock, never both, while both come at once.
    @Test
    void select_lockAndValueComeAtOnce_exactlyOneHappens() throws Exception {
        var mu = new Mutex();
        var in = Chan.<Integer>unbuffered();
        int locks = 0;
        for (int i = 0; i < 3_000; i++) {
            mu.lock();
            Locker locker = mu;
            var got = new ArrayList<String>(1);
            Running waiter = go(() -> got.add(Select.<String>first()
                    .lock(locker, () -> "lock")
                    .receive(in, _ -> "value")
                    .run()));
            if ((i & 1) == 0) {
                waiting(mu, 1);
            }
            Running unlocker = go(mu::unlock);
            boolean sent = in.trySend(i);
            waiter.join();
            unlocker.join();
            assertEquals(sent ? "value" : "lock", got.getFirst());
            assertEquals(!sent, mu.isLocked());
            if (!sent) {
                locks++;
                mu.unlock();
            }
        }
        assertTrue(locks > 0);
        isUnused(mu);
    }
}
