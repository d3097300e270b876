package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who has waited long enough is handed the lock: after how long, and what becomes of that when it is cancelled at the same time.
class LockHungerTest {
    // What the documents promise: not read from Tuning.
    private static final long MILLISECOND = 1_000_000;
    private static final int RACES = 4;
    private static final int HELD = 1 << 30;
    private static final int SLOW = 1 << 31;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final WakeGate gate = new WakeGate();

    @BeforeEach
    void install() {
        gate.install();
    }

    @AfterEach
    void remove() {
        gate.remove();
    }

    /// Who waits, and against whom.
    private enum Race {
        MUTEX(true, false, false),
        WRITERS(false, false, false),
        WRITER_AGAINST_READERS(false, false, true),
        READER_AGAINST_WRITERS(false, true, false);

        final boolean mutex;
        final boolean waiterReads;
        final boolean othersRead;

        Race(boolean mutex, boolean waiterReads, boolean othersRead) {
            this.mutex = mutex;
            this.waiterReads = waiterReads;
            this.othersRead = othersRead;
        }
    }

    /// However little time it takes: the clock stands.
    @ParameterizedTest
    @EnumSource
    @Item("MU-06")
    void acquire_lostFourRaces_isHandedTheLock(Race race) throws Exception {
        assertEquals(RACES, racesLost(race, 0));
    }

    /// So it is after one race when that and the wait before took more than a millisecond.
    @ParameterizedTest
    @EnumSource
    @Item("MU-06")
    void acquire_lostARaceAndAMillisecond_isHandedTheLock(Race race) throws Exception {
        assertEquals(RACES, racesLost(race, MILLISECOND), "a millisecond");
        assertEquals(1, racesLost(race, MILLISECOND + 1), "more than a millisecond");
    }

    /// How many races are lost by one who has waited for so long before the first.
    private int racesLost(Race race, long nanos) throws Exception {
        var scheduler = new ManualScheduler();
        LockCore core = scheduler.call(() -> new LockCore(race.mutex, ""));
        scheduler.inside(() -> take(core, race.othersRead));
        var waiter = scheduler.go(() -> take(core, race.waiterReads));
        scheduler.awaitIdle();
        gate.hold(waiter.thread());
        scheduler.advance(nanos);
        int lost = 0;
        while (scheduler.call(() -> giveBack(core, race.othersRead) && tryTake(core, race.othersRead))) {
            lost++;
            assertTrue(lost <= 100, "never handed over");
            gate.awaitHeld(waiter.thread());
            gate.pass(waiter.thread());
            scheduler.awaitIdle();
        }
        gate.open();
        scheduler.awaitIdle();
        waiter.check();
        scheduler.inside(() -> assertTrue(giveBack(core, race.waiterReads)));
        assertEquals(SLOW, core.state, "a bubble's lock, and free");
        return lost;
    }

    /// It is taken for the one who is cancelled a moment later, before that one has run: so it has the lock.
    @ParameterizedTest
    @EnumSource
    void release_handsOverThenCancel_itIsHadAllTheSame(Race race) throws Exception {
        var scene = new Scene(race);
        gate.hold(scene.victim);
        assertTrue(giveBack(scene.core, race.othersRead));
        gate.awaitHeld(scene.victim);
        assertEquals(race.waiterReads ? 1 : HELD, scene.core.state & ~SLOW, "before it runs");
        assertFalse(scene.core.tryAcquire());
        scene.ctx.cancel();
        gate.open();
        assertNull(scene.outcome(), "not cancelled: it had happened");
        scene.finish();
    }

    /// Who is cancelled first gets nothing, and the next one the lock, while the first still stands in the queue.
    @ParameterizedTest
    @EnumSource
    void release_hungryOneIsCancelled_theNextHasTheLock(Race race) throws Exception {
        var scene = new Scene(race);
        gate.hold(scene.victim);
        scene.ctx.cancel();
        gate.awaitHeld(scene.victim);
        assertTrue(giveBack(scene.core, race.othersRead));
        assertTrue(scene.next.join(LIMIT), "the next one waits for who was cancelled");
        gate.open();
        assertSame(Objects.requireNonNull(ContextBase.nodeOf(scene.ctx)).ending(), scene.outcome());
        scene.finish();
    }

    /// The two at once, until each has been faster some times.
    @ParameterizedTest
    @EnumSource
    @Hazard(33)
    void release_handsOverAgainstACancel_nothingIsLost(Race race) throws Exception {
        int[] faster = new int[2]; // the release, the cancel
        var spell = Spell.of(Duration.ofMillis(250), () -> faster[0] >= 10 && faster[1] >= 10);
        while (spell.lasts()) {
            var scene = new Scene(race);
            int pauses = ThreadLocalRandom.current().nextInt(-2_000, 2_000);
            Thread killer = Thread.startVirtualThread(() -> {
                spin(-pauses);
                scene.ctx.cancel();
            });
            spin(pauses);
            assertTrue(giveBack(scene.core, race.othersRead));
            faster[scene.outcome() == null ? 0 : 1]++;
            assertTrue(killer.join(LIMIT));
            scene.finish();
        }
        assertTrue(faster[0] >= 10 && faster[1] >= 10, "released " + faster[0] + ", cancelled " + faster[1]);
    }

    private static void spin(int pauses) {
        for (int i = 0; i < pauses; i++) {
            Thread.onSpinWait();
        }
    }

    /// A lock that this thread has, for which one waits who is to be handed it next, and behind that one another.
    private final class Scene {
        final Race race;
        final LockCore core;
        final CancellableContext ctx = Context.background().withCancel();
        final Thread victim;
        final Thread next;
        private final AtomicReference<Object> outcome = new AtomicReference<>();

        Scene(Race race) throws Exception {
            this.race = race;
            this.core = new LockCore(race.mutex, "");
            take(core, race.othersRead);
            Node node = Objects.requireNonNull(ContextBase.nodeOf(ctx));
            victim = Thread.startVirtualThread(() -> {
                Object cut = race.waiterReads ? core.acquireShared(node) : core.acquire(node);
                outcome.set(cut);
                if (cut == null) {
                    giveBack(core, race.waiterReads);
                }
            });
            parked(victim);
            Until.until("it has waited long enough", () -> core.look().longestWait() > MILLISECOND);
            gate.hold(victim);
            assertTrue(giveBack(core, race.othersRead));
            gate.awaitHeld(victim);
            assertTrue(tryTake(core, race.othersRead), "who has lost no race is handed nothing");
            gate.pass(victim);
            parked(victim);
            gate.letGo(victim);
            next = Thread.startVirtualThread(() -> {
                core.acquire();
                core.release();
            });
            Until.until("the next one waits",
                    () -> core.look().waitingWriters() == (race.waiterReads ? 1 : 2));
        }

        private void parked(Thread thread) throws Exception {
            Until.until("it waits", () -> {
                LockCore.View now = core.look();
                return !gate.isHeld(thread) && now.waitingWriters() + now.waitingReaders() == 1
                        && thread.getState() == Thread.State.WAITING;
            });
        }

        /// Null when the victim has had the lock.
        Object outcome() throws Exception {
            assertTrue(victim.join(LIMIT), () -> "the victim hangs at " + core);
            return outcome.get();
        }

        void finish() throws Exception {
            assertTrue(next.join(LIMIT), () -> "the next one hangs at " + core);
            assertEquals(0, core.state);
            ctx.close();
        }
    }

    private static void take(LockCore core, boolean reads) {
        if (reads) {
            core.acquireShared();
        } else {
            core.acquire();
        }
    }

    private static boolean tryTake(LockCore core, boolean reads) {
        return reads ? core.tryAcquireShared() : core.tryAcquire();
    }

    private static boolean giveBack(LockCore core, boolean reads) {
        return reads ? core.releaseShared() : core.release();
    }
}
