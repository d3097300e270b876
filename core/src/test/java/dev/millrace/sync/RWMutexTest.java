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

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.sync.LockTools.Running;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RWMutexTest {
    @Test
    @Item("RW-01")
    void rLock_severalReaders_overlap() throws Exception {
        var rw = new RWMutex();
        var inside = new CyclicBarrier(3);
        var all = new ArrayList<Running>();
        for (int i = 0; i < 3; i++) {
            all.add(go(() -> {
                rw.rLock();
                inside.await(20, TimeUnit.SECONDS);
                rw.rUnlock();
            }));
        }
        LockTools.joinAll(all);
        isUnused(rw);
    }

    @Test
    @Item({"RW-01", "RW-04"})
    void tryForms_eachState_excludeAsTheyMust() {
        var rw = new RWMutex();
        assertTrue(rw.tryRLock());
        assertTrue(rw.tryRLock());
        assertEquals(2, rw.readers());
        assertFalse(rw.isLocked());
        assertFalse(rw.tryLock(), "while read-locked");
        rw.rUnlock();
        assertFalse(rw.tryLock());
        rw.rUnlock();
        assertTrue(rw.tryLock());
        assertTrue(rw.isLocked());
        assertFalse(rw.tryRLock());
        assertFalse(rw.tryLock());
        rw.unlock();
        assertTrue(rw.tryRLock());
        rw.rUnlock();
    }

    @Test
    @Item("RW-02")
    void rLock_writerWaits_waitsBehindIt() throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        Running writer = go(rw::lock);
        waiting(rw, 1, 0);
        assertFalse(rw.tryRLock());
        assertFalse(rw.tryLock());
        Running reader = go(rw::rLock);
        waiting(rw, 1, 1);
        rw.rUnlock();
        writer.join();
        assertTrue(rw.isLocked());
        assertFalse(reader.hasEnded());
        rw.unlock();
        reader.join();
        assertEquals(1, rw.readers());
        rw.rUnlock();
        isUnused(rw);
    }

    /// Go's order: W R R R W2.
    @Test
    @Item("RW-03")
    void unlock_readersAndAWriterWait_readersGoFirst() throws Exception {
        var rw = new RWMutex();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        rw.lock();
        Running second = go(() -> {
            rw.lock();
            order.add("W2");
            rw.unlock();
        });
        waiting(rw, 1, 0); // it waits before any of the readers
        var all = new ArrayList<>(List.of(second));
        var inside = new CyclicBarrier(3);
        for (int i = 0; i < 3; i++) {
            all.add(go(() -> {
                rw.rLock();
                order.add("R");
                inside.await(20, TimeUnit.SECONDS);
                rw.rUnlock();
            }));
            waiting(rw, 1, i + 1);
        }
        rw.unlock();
        LockTools.joinAll(all);
        assertEquals(List.of("R", "R", "R", "W2"), order);
        isUnused(rw);
    }

    @Test
    @Item("RW-03")
    void unlock_readersWait_newReadersComeInToo() throws Exception {
        var rw = new RWMutex();
        rw.lock();
        Running reader = go(rw::rLock);
        waiting(rw, 0, 1);
        rw.unlock();
        reader.join();
        assertTrue(rw.tryRLock());
        assertEquals(2, rw.readers());
        rw.rUnlock();
        rw.rUnlock();
        isUnused(rw);
    }

    @Test
    void rUnlock_notTheLast_letsNoWriterIn() throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        rw.rLock();
        Running writer = go(rw::lock);
        waiting(rw, 1, 0);
        rw.rUnlock();
        assertEquals(1, rw.readers());
        waiting(rw, 1, 0);
        assertFalse(writer.hasEnded());
        rw.rUnlock();
        writer.join();
        rw.unlock();
        isUnused(rw);
    }

    // Misuse.

    private enum Misuse {
        UNLOCK_FRESH(true),
        UNLOCK_TWICE(true) {
            @Override
            void prepare(RWMutex rw) {
                rw.lock();
                rw.unlock();
            }
        },
        UNLOCK_WHEN_READ_LOCKED(true) {
            @Override
            void prepare(RWMutex rw) {
                rw.rLock();
            }
        },
        UNLOCK_AFTER_READ_LOCK(true) {
            @Override
            void prepare(RWMutex rw) {
                rw.rLock();
                rw.rUnlock();
            }
        },
        RUNLOCK_FRESH(false),
        RUNLOCK_TWICE(false) {
            @Override
            void prepare(RWMutex rw) {
                rw.rLock();
                rw.rUnlock();
            }
        },
        RUNLOCK_WHEN_LOCKED(false) {
            @Override
            void prepare(RWMutex rw) {
                rw.lock();
            }
        },
        RUNLOCK_AFTER_LOCK(false) {
            @Override
            void prepare(RWMutex rw) {
                rw.lock();
                rw.unlock();
            }
        };

        final boolean writer;

        Misuse(boolean writer) {
            this.writer = writer;
        }

        void prepare(RWMutex rw) {}

        void commit(RWMutex rw) {
            if (writer) {
                rw.unlock();
            } else {
                rw.rUnlock();
            }
        }

        String words() {
            return "fatal error: sync: " + (writer ? "Unlock" : "RUnlock") + " of unlocked RWMutex";
        }
    }

    @ParameterizedTest
    @EnumSource
    @Item("RW-05")
    void unlock_whatIsNotLocked_isRefusedInGosWordsAndChangesNothing(Misuse misuse) throws Exception {
        var rw = RWMutex.named("table");
        misuse.prepare(rw);
        LockSnapshot before = rw.snapshot();
        var e = assertThrows(SyncError.class, () -> misuse.commit(rw));
        assertEquals(misuse.words() + ": \"table\"", e.getMessage());
        assertEquals(before, rw.snapshot());
        if (rw.isLocked()) {
            rw.unlock();
        }
        if (rw.readers() > 0) {
            rw.rUnlock();
        }
        isUnused(rw);
        var fresh = new RWMutex();
        misuse.prepare(fresh);
        assertEquals(
                misuse.words(),
                assertThrows(SyncError.class, () -> misuse.commit(fresh)).getMessage());
    }

    @Test
    @Item("RW-05")
    void unlock_misusedWhileOthersWait_changesNothing() throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        Running writer = go(rw::lock);
        waiting(rw, 1, 0);
        Running reader = go(rw::rLock);
        waiting(rw, 1, 1);
        assertThrows(SyncError.class, rw::unlock);
        waiting(rw, 1, 1);
        assertEquals(1, rw.readers());
        rw.rUnlock();
        writer.join();
        assertThrows(SyncError.class, rw::rUnlock);
        waiting(rw, 0, 1);
        assertTrue(rw.isLocked());
        rw.unlock();
        reader.join();
        rw.rUnlock();
        isUnused(rw);
    }

    // The readers' side.

    @Test
    @Item("RW-06")
    void readLocker_isTheReadingSide() throws Exception {
        var rw = new RWMutex();
        Locker reader = rw.readLocker();
        assertEquals(reader, rw.readLocker());
        assertEquals(reader.hashCode(), rw.readLocker().hashCode());
        assertNotEquals(reader, new RWMutex().readLocker());
        assertNotEquals(reader, rw);
        reader.lock();
        assertTrue(reader.tryLock());
        reader.lock(Context.background());
        assertEquals(3, rw.readers());
        assertFalse(rw.tryLock());
        rw.rUnlock();
        reader.unlock();
        reader.unlock();
        assertEquals(7, reader.<Integer, RuntimeException>callHolding(() -> rw.readers() + 6));
        reader.holding(Context.background(), () -> assertEquals(1, rw.readers()));
        assertThrows(SyncError.class, reader::unlock);
        rw.lock();
        assertFalse(reader.tryLock());
        Running waiter = go(reader::lock);
        waiting(rw, 0, 1);
        rw.unlock();
        waiter.join();
        assertEquals("reader of rwmutex (1 reader)", reader.toString());
        reader.unlock();
        isUnused(rw);
    }

    // Giving up.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lock_writerGivesUp_letsInReadersThatWaitedOnlyBecauseOfIt(boolean interrupt) throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        try (var ctx = Context.background().withCancel()) {
            Running writer = go(() -> rw.lock(ctx));
            waiting(rw, 1, 0);
            Running reader = go(rw::rLock);
            Running another = go(rw::rLock);
            waiting(rw, 1, 2);
            if (interrupt) {
                writer.thread().interrupt();
                assertInstanceOf(InterruptedWaitException.class, writer.outcome());
                assertTrue(writer.wasFlagged());
            } else {
                ctx.cancel();
                assertInstanceOf(CancelledException.class, writer.outcome());
            }
            reader.join();
            another.join();
            assertEquals(3, rw.readers());
            assertTrue(rw.tryRLock(), "no writer waits any more");
        }
        for (int i = 0; i < 4; i++) {
            rw.rUnlock();
        }
        isUnused(rw);
    }

    @Test
    void lock_oneOfTwoWritersGivesUp_readersStillWait() throws Exception {
        var rw = new RWMutex();
        rw.rLock();
        try (var ctx = Context.background().withCancel()) {
            Running first = go(() -> rw.lock(ctx));
            waiting(rw, 1, 0);
            Running second = go(rw::lock);
            waiting(rw, 2, 0);
            Running reader = go(rw::rLock);
            waiting(rw, 2, 1);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, first.outcome());
            waiting(rw, 1, 1);
            rw.rUnlock();
            second.join();
            assertFalse(reader.hasEnded());
            rw.unlock();
            reader.join();
        }
        rw.rUnlock();
        isUnused(rw);
    }

    @Test
    void rLock_contextEnds_throwsAndLeavesNoTrace() throws Exception {
        var rw = new RWMutex();
        rw.lock();
        try (var ctx = Context.background().withCancel()) {
            Running reader = go(() -> rw.rLock(ctx));
            Running other = go(rw::rLock);
            waiting(rw, 0, 2);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, reader.outcome());
            waiting(rw, 0, 1);
            assertThrows(CancelledException.class, () -> rw.rLock(ctx));
            assertThrows(CancelledException.class, () -> rw.readLocker().lock(ctx));
            assertThrows(CancelledException.class, () -> rw.lock(ctx));
            rw.unlock();
            other.join();
            assertEquals(1, rw.readers());
            assertThrows(CancelledException.class, () -> rw.rLock(ctx), "also when it could lock");
            assertEquals(1, rw.readers());
        }
        rw.rUnlock();
        isUnused(rw);
    }

    @Test
    void rLock_interrupted_plainWaitsOnAndTheOtherFormThrows() throws Exception {
        var rw = new RWMutex();
        rw.lock();
        Running plain = go(rw::rLock);
        Running other = go(() -> rw.rLock(Context.background()));
        waiting(rw, 0, 2);
        plain.thread().interrupt();
        other.thread().interrupt();
        var e = assertInstanceOf(InterruptedWaitException.class, other.outcome());
        assertTrue(e.getMessage().startsWith("sync.RWMutex.RLock"), e.getMessage());
        assertTrue(other.wasFlagged());
        assertFalse(plain.hasEnded());
        rw.unlock();
        plain.join();
        assertTrue(plain.wasFlagged());
        rw.rUnlock();
        isUnused(rw);
    }

    // Looking.

    @Test
    void toString_eachState_saysSo() throws Exception {
        var rw = RWMutex.named("table");
        assertEquals("rwmutex \"table\" (unlocked)", rw.toString());
        rw.rLock();
        assertEquals("rwmutex \"table\" (1 reader)", rw.toString());
        rw.rLock();
        Running writer = go(rw::lock);
        waiting(rw, 1, 0);
        Running reader = go(rw::rLock);
        waiting(rw, 1, 1);
        assertEquals("rwmutex \"table\" (2 readers, 2 waiting)", rw.toString());
        assertEquals("table", rw.name());
        Until.waits(writer.thread());
        Until.waits(reader.thread());
        assertTrue(LockSupport.getBlocker(writer.thread()).toString()
                .startsWith("sync.RWMutex.Lock on rwmutex \"table\""));
        assertTrue(LockSupport.getBlocker(reader.thread()).toString()
                .startsWith("sync.RWMutex.RLock on rwmutex \"table\""));
        rw.rUnlock();
        rw.rUnlock();
        writer.join();
        assertEquals("rwmutex \"table\" (locked, 1 waiting)", rw.toString());
        rw.unlock();
        reader.join();
        rw.rUnlock();
        assertSame(rw.readLocker(), rw.readLocker());
    }

    @Test
    void snapshot_virtualTime_tellsTheLongestWaitOfBothQueues() {
        var time = new ManualScheduler();
        var made = new AtomicReference<RWMutex>();
        time.run(() -> {
            made.set(RWMutex.named("table"));
            made.get().lock();
        });
        RWMutex rw = made.get();
        time.go(rw::rLock);
        time.awaitIdle();
        time.advance(Duration.ofSeconds(3));
        time.go(rw::lock);
        time.awaitIdle();
        time.advance(Duration.ofSeconds(2));
        waits(rw, 1, 1, Duration.ofSeconds(5)); // the reader is first
        assertEquals("reader of rwmutex \"table\" (locked, 2 waiting)", rw.readLocker().toString());
        time.run(rw::unlock); // lets the reader in
        time.go(rw::rLock); // stays behind the writer
        time.awaitIdle();
        time.advance(Duration.ofSeconds(4));
        waits(rw, 1, 1, Duration.ofSeconds(6)); // the writer is
        assertEquals("reader of rwmutex \"table\" (1 reader, 2 waiting)", rw.readLocker().toString());
        time.run(rw::rUnlock);
        time.advance(Duration.ofSeconds(1));
        waits(rw, 0, 1, Duration.ofSeconds(5));
        time.run(rw::unlock);
        waits(rw, 0, 0, Duration.ZERO);
        time.run(rw::rUnlock);
        assertTrue(time.lowest() >= 0);
    }

    private static void waits(RWMutex rw, int writers, int readers, Duration longest) {
        LockSnapshot now = rw.snapshot();
        assertEquals(List.of(writers, readers, longest),
                List.of(now.waitingWriters(), now.waitingReaders(), now.longestWait()));
    }
}
