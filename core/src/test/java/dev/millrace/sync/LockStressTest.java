package dev.millrace.sync;

import static dev.millrace.sync.LockTools.go;
import static dev.millrace.sync.LockTools.isUnused;
import static dev.millrace.sync.LockTools.onPlatform;
import static dev.millrace.sync.LockTools.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.sync.LockTools.Running;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(100)
class LockStressTest {
    private static final long SECOND = 1_000_000_000L;

    /// Who is inside, and whether that is allowed. Plain fields: the lock alone orders them.
    private static final class Room {
        int writes;
        final AtomicInteger inside = new AtomicInteger(); // a writer counts 1,000
        final AtomicInteger most = new AtomicInteger();

        void write() {
            if (inside.getAndAdd(1_000) != 0) {
                throw new AssertionError("a writer met " + inside.get());
            }
            writes++;
            if ((writes & 15) == 0) {
                Thread.yield();
            }
            inside.addAndGet(-1_000);
        }

        void read() {
            int n = inside.incrementAndGet();
            if (n >= 1_000) {
                throw new AssertionError("a reader met " + n);
            }
            most.accumulateAndGet(n, Math::max);
            if ((n & 3) == 0) {
                Thread.yield();
            }
            inside.decrementAndGet();
        }
    }

    /// Go's own test: HammerMutex.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Item("MU-01")
    void mutex_tenThreadsWithTryLockMixedIn_excludes(boolean virtual) throws Exception {
        var mu = new Mutex();
        var room = new Room();
        var done = new AtomicInteger();
        var all = new ArrayList<Running>();
        for (int t = 0; t < 10; t++) {
            LockTools.Body body = () -> {
                for (int i = 0; i < 1_000; i++) {
                    if (i % 3 == 0) {
                        if (mu.tryLock()) {
                            room.write();
                            done.incrementAndGet();
                            mu.unlock();
                        }
                        continue;
                    }
                    mu.lock();
                    room.write();
                    done.incrementAndGet();
                    mu.unlock();
                }
            };
            all.add(virtual ? go(body) : onPlatform(body));
        }
        LockTools.joinAll(all);
        assertEquals(done.get(), room.writes);
        isUnused(mu);
    }

    /// A hog that locks again at once.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Item("MU-06")
    @Hazard(33)
    void mutex_hogLocksAgainAtOnce_aWaiterGetsInSoon(boolean rw) throws Exception {
        var mutex = new Mutex();
        var rwMutex = new RWMutex();
        Locker mu = rw ? rwMutex : mutex;
        var over = new AtomicBoolean();
        var hogs = new AtomicLong();
        Running hog = onPlatform(() -> {
            while (!over.get()) {
                mu.lock();
                long end = System.nanoTime() + 100_000;
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                mu.unlock();
                hogs.incrementAndGet();
            }
        });
        LockTools.Body ten = () -> {
            for (int i = 0; i < 10; i++) {
                LockSupport.parkNanos(100_000);
                mu.lock();
                mu.unlock();
            }
        };
        try {
            Until.until("the hog has had it once", () -> hogs.get() > 0);
            long start = System.nanoTime();
            Running virtual = go(ten);
            Running platform = onPlatform(ten);
            virtual.join();
            platform.join();
            long took = System.nanoTime() - start;
            assertTrue(took < 5 * SECOND, "took " + Duration.ofNanos(took));
        } finally {
            over.set(true);
        }
        hog.join();
        isUnused(mutex);
        isUnused(rwMutex);
    }

    /// Go's own test: HammerRWMutex.
    @ParameterizedTest
    @CsvSource({"1, 2", "3, 2", "10, 2", "5, 1", "0, 4"})
    @Item("RW-01")
    @Hazard(34)
    void rwMutex_readersAndWriters_exclude(int readers, int writers) throws Exception {
        var rw = new RWMutex();
        var room = new Room();
        var all = new ArrayList<Running>();
        int rounds = 2_000;
        for (int t = 0; t < readers; t++) {
            all.add(go(() -> {
                for (int i = 0; i < rounds; i++) {
                    if (i % 5 != 0) {
                        rw.rLock();
                    } else if (!rw.tryRLock()) {
                        continue;
                    }
                    room.read();
                    rw.rUnlock();
                }
            }));
        }
        var tried = new AtomicInteger();
        for (int t = 0; t < writers; t++) {
            all.add(go(() -> {
                for (int i = 0; i < rounds; i++) {
                    if (i % 5 != 0) {
                        rw.lock();
                    } else if (!rw.tryLock()) {
                        continue;
                    } else {
                        tried.incrementAndGet();
                    }
                    room.write();
                    rw.unlock();
                }
            }));
        }
        LockTools.joinAll(all);
        assertEquals(writers * (rounds - rounds / 5) + tried.get(), room.writes);
        isUnused(rw);
    }

    @Test
    @Item("RW-07")
    @Hazard(34)
    void rwMutex_streamOfReaders_doesNotStarveAWriter() throws Exception {
        var rw = new RWMutex();
        var over = new AtomicBoolean();
        var reads = new AtomicLong();
        var all = new ArrayList<Running>();
        var ready = new CountDownLatch(2);
        for (int t = 0; t < 2; t++) {
            all.add(onPlatform(() -> { // so that there is nearly always a reader
                while (!over.get()) {
                    rw.rLock();
                    reads.incrementAndGet();
                    ready.countDown();
                    long end = System.nanoTime() + 50_000;
                    while (System.nanoTime() - end < 0) {
                        Thread.onSpinWait();
                    }
                    rw.rUnlock();
                }
            }));
        }
        ready.await();
        try {
            long took = 0;
            for (int i = 0; i < 20; i++) {
                long before = reads.get();
                Until.until("the readers are at it", () -> reads.get() > before + 1);
                long start = System.nanoTime();
                rw.lock();
                rw.unlock();
                took += System.nanoTime() - start;
            }
            assertTrue(took < 5 * SECOND, "took " + Duration.ofNanos(took));
        } finally {
            over.set(true);
        }
        LockTools.joinAll(all);
        isUnused(rw);
    }

    @Test
    @Item("RW-07")
    @Hazard(34)
    void rwMutex_streamOfWriters_doesNotStarveAReader() throws Exception {
        var rw = new RWMutex();
        var over = new AtomicBoolean();
        var writes = new AtomicLong();
        var all = new ArrayList<Running>();
        for (int t = 0; t < 3; t++) {
            all.add(onPlatform(() -> {
                while (!over.get()) {
                    rw.lock();
                    writes.incrementAndGet();
                    rw.unlock();
                }
            }));
        }
        try {
            long took = 0;
            for (int i = 0; i < 20; i++) {
                long before = writes.get();
                Until.until("the writers are at it", () -> writes.get() > before);
                long start = System.nanoTime();
                rw.rLock();
                rw.rUnlock();
                took += System.nanoTime() - start;
            }
            assertTrue(took < 5 * SECOND, "took " + Duration.ofNanos(took));
        } finally {
            over.set(true);
        }
        LockTools.joinAll(all);
        isUnused(rw);
    }

    /// All ways to lock at once, some of them cut short: who holds the lock is alone, nobody is forgotten, nothing is left.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void locks_allFormsMixedAndCutShort_excludeAndFinish(boolean readersToo) throws Exception {
        var rw = new RWMutex();
        var mutex = new Mutex();
        Locker writer = readersToo ? rw : mutex;
        Locker reader = readersToo ? rw.readLocker() : mutex;
        var room = new Room();
        var locked = new AtomicInteger();
        var cut = new AtomicInteger();
        var noise = Chan.<Integer>buffered(1);
        var spell = Spell.of(Duration.ofSeconds(1), () -> locked.get() > 1_000 && cut.get() > 100);
        var all = new ArrayList<Running>();
        for (int t = 0; t < 12; t++) {
            int kind = t % 6;
            all.add(go(() -> {
                var random = ThreadLocalRandom.current();
                var select = Selector.random();
                var none = select.receive(noise);
                var write = select.lock(writer);
                var read = select.lock(reader);
                int misses = 0;
                while (spell.lasts()) {
                    boolean writes = random.nextBoolean() || !readersToo;
                    Locker mine = writes ? writer : reader;
                    boolean got = false;
                    switch (kind) {
                        case 0 -> {
                            mine.lock();
                            got = true;
                        }
                        case 1 -> got = mine.tryLock();
                        case 2, 3 -> {
                            try (var ctx = Context.background().withCancel()) {
                                Thread me = Thread.currentThread();
                                boolean interrupt = kind == 3;
                                Thread killer = Thread.startVirtualThread(() -> {
                                    if (interrupt) {
                                        me.interrupt();
                                    } else {
                                        ctx.cancel();
                                    }
                                });
                                try {
                                    mine.lock(ctx);
                                    got = true;
                                } catch (ContextException | InterruptedWaitException e) {
                                    cut.incrementAndGet();
                                }
                                boolean waits = true;
                                while (waits) {
                                    try {
                                        killer.join();
                                        waits = false;
                                    } catch (InterruptedException e) {
                                        // its own, perhaps
                                    }
                                }
                                Thread.interrupted();
                            }
                        }
                        case 4 -> {
                            var happened = select.await();
                            got = happened != none;
                            writes = happened == write || !readersToo;
                            mine = writes ? writer : reader;
                        }
                        default -> {
                            noise.trySend(1);
                            var happened = select.poll();
                            got = happened == write || happened == read;
                            writes = happened == write || !readersToo;
                            mine = writes ? writer : reader;
                        }
                    }
                    if (got) {
                        locked.incrementAndGet();
                        if (writes) {
                            room.write();
                        } else {
                            room.read();
                        }
                        mine.unlock();
                    } else if (++misses % 64 == 0) {
                        LockSupport.parkNanos(1_000); // who only yields may keep the one with the lock from its carrier
                    } else {
                        Thread.yield();
                    }
                }
                noise.trySend(1);
            }));
        }
        while (spell.lasts()) {
            LockSupport.parkNanos(1_000_000);
        }
        long over = System.nanoTime();
        for (Running r : all) {
            while (!r.hasEnded() && System.nanoTime() - over < 20 * SECOND) {
                noise.trySend(1); // for who waits in its last select
                LockSupport.parkNanos(100_000);
            }
            r.join();
        }
        assertTrue(locked.get() > 1_000, locked + " locks");
        assertTrue(cut.get() > 100, cut + " cut short");
        isUnused(rw);
        isUnused(mutex);
    }

    /// The lock is given to a waiter at the very moment at which its context ends: either it has it, or the next one has.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unlock_againstACancel_losesNoHandOff(boolean reads) throws Exception {
        var rw = new RWMutex();
        int[] faster = new int[2]; // the unlock, the cancel
        var spell = Spell.of(Duration.ofSeconds(1), () -> faster[0] >= 20 && faster[1] >= 20);
        for (int rounds = 0; spell.lasts(); rounds++) {
            try (var ctx = Context.background().withCancel()) {
                if (reads) {
                    rw.rLock();
                } else {
                    rw.lock();
                }
                var got = new AtomicBoolean();
                Running victim = go(() -> {
                    try {
                        rw.lock(ctx);
                        got.set(true);
                        rw.unlock();
                    } catch (ContextException e) {
                        // so be it
                    }
                });
                waiting(rw, 1, 0);
                Running next = go(() -> {
                    rw.rLock();
                    rw.rUnlock();
                });
                Running last = go(() -> {
                    rw.lock();
                    rw.unlock();
                });
                waiting(rw, 2, 1);
                Running killer = go(ctx::cancel);
                if ((rounds & 1) == 0) { // the cancel has its start now, in the other rounds it may be late
                    spin(ThreadLocalRandom.current().nextInt(20_000));
                }
                if (reads) {
                    rw.rUnlock();
                } else {
                    rw.unlock();
                }
                killer.join();
                victim.join();
                next.join();
                last.join();
                faster[got.get() ? 0 : 1]++;
            }
        }
        assertTrue(faster[0] >= 20 && faster[1] >= 20, "unlocked " + faster[0] + ", cancelled " + faster[1]);
        isUnused(rw);
    }

    private static void spin(int pauses) {
        for (int i = 0; i < pauses; i++) {
            Thread.onSpinWait();
        }
    }

    /// A writer gives up while readers queue behind it, again and again: none of them is forgotten.
    /// By `Go.yield()`: readers that go by `Thread.yield()` alone keep both carriers from a writer whom a timer has woken.
    @Test
    void rwMutex_writersGiveUpWhileReadersCome_allReadersGetIn() throws Exception {
        var rw = new RWMutex();
        rw.rLock(); // a reader that stays: no unlock will serve anybody
        var over = new AtomicBoolean();
        var gaveUp = new AtomicInteger();
        var all = new ArrayList<Running>();
        for (int t = 0; t < 2; t++) {
            all.add(go(() -> {
                while (!over.get()) {
                    try (var ctx = Context.background().withTimeout(Duration.ofNanos(
                            ThreadLocalRandom.current().nextInt(100_000)))) {
                        rw.lock(ctx);
                        throw new AssertionError("a writer beside a reader");
                    } catch (ContextException e) {
                        gaveUp.incrementAndGet();
                        Go.yield();
                    }
                }
            }));
        }
        var reads = new AtomicInteger();
        var spell = Spell.of(Duration.ofSeconds(1), () -> reads.get() > 1_000 && gaveUp.get() > 100);
        var readers = new ArrayList<Running>();
        for (int t = 0; t < 4; t++) {
            readers.add(go(() -> {
                while (spell.lasts()) {
                    rw.rLock();
                    reads.incrementAndGet();
                    rw.rUnlock();
                    Go.yield();
                }
            }));
        }
        LockTools.joinAll(readers);
        over.set(true);
        LockTools.joinAll(all);
        assertTrue(reads.get() > 1_000 && gaveUp.get() > 100, reads + " reads, " + gaveUp + " writers gave up");
        rw.rUnlock();
        isUnused(rw);
    }

    /// Nothing but the lock orders the additions, on all ways to have it: at once, after a pause, after a park, handed over.
    @Test
    @Item("MU-07")
    void mutex_hundredThreadsAddPlainly_noneIsLost() throws Exception {
        var mu = new Mutex();
        var plain = new int[1];
        var all = new ArrayList<Running>();
        for (int t = 0; t < 100; t++) {
            all.add(go(() -> {
                for (int i = 0; i < 2_000; i++) {
                    mu.lock();
                    plain[0]++;
                    mu.unlock();
                }
            }));
        }
        LockTools.joinAll(all);
        assertEquals(200_000, plain[0]);
        isUnused(mu);
    }

    /// Two locks that two selects want in opposite order.
    @Test
    void select_twoLocksInOppositeOrder_neverDeadlocks() throws Exception {
        var a = new Mutex();
        var b = new Mutex();
        var all = new ArrayList<Running>();
        var done = new AtomicInteger();
        for (int t = 0; t < 4; t++) {
            boolean turned = t % 2 == 0;
            all.add(go(() -> {
                for (int i = 0; i < 5_000; i++) {
                    Mutex mine = Select.<Mutex>first()
                            .lock(turned ? a : b, () -> turned ? a : b)
                            .lock(turned ? b : a, () -> turned ? b : a)
                            .run();
                    done.incrementAndGet();
                    mine.unlock();
                }
            }));
        }
        LockTools.joinAll(all);
        assertEquals(20_000, done.get());
        isUnused(a);
        isUnused(b);
    }
}
