package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A wait group in a select, and what it looks like from outside.
class WaitGroupEventTest {
    private final WaitGroup wg = new WaitGroup();

    @Test
    void allDone_counterIsZero_hasCome() {
        assertTrue(wg.allDone().isDone());
        wg.add(1);
        wg.done();
        assertTrue(wg.allDone().isDone());
        wg.allDone().await();
    }

    @Test
    void allDone_counted_comesWithTheNextZero() {
        wg.add(2);
        Done event = wg.allDone();
        assertEquals(event, wg.allDone(), "one event for all who ask");
        assertFalse(event.isDone());
        wg.done();
        assertFalse(event.isDone());
        assertFalse(event.await(Duration.ZERO));
        wg.done();
        assertTrue(event.isDone());
    }

    @Test
    void allDone_usedAgain_hasComeAndTheNextIsAnother() {
        wg.add(1);
        Done first = wg.allDone();
        wg.done();
        wg.add(1);
        Done second = wg.allDone();
        assertTrue(first.isDone());
        assertFalse(second.isDone());
        assertNotEquals(first, second);
        wg.add(-1);
        assertTrue(second.isDone());
    }

    @Test
    void allDone_besideWaiters_allAreReleased() throws Exception {
        wg.add(1);
        Actor waits = Actor.go(wg::await);
        Actor hears = Actor.go(() -> wg.allDone().await());
        Until.until("one waits", () -> wg.snapshot().waiting() == 1);
        Until.waits(hears.thread());
        wg.done();
        waits.join();
        hears.join();
    }

    @Test
    void select_withOtherCases_happensWhenAllIsDone() throws Exception {
        var stop = Chan.<String>unbuffered();
        wg.add(1);
        Actor selects = Actor.go(() -> assertEquals("done", Select.<String>first()
                .receive(stop, why -> why)
                .event(wg.allDone(), () -> "done")
                .run()));
        Until.waits(selects.thread());
        wg.done();
        selects.join();
        wg.add(1);
        assertEquals("too slow", Select.<String>first()
                .event(wg.allDone(), () -> "done")
                .timeout(Duration.ofMillis(1), () -> "too slow")
                .run());
        wg.done();
    }

    /// Who asks while the last one is done gets an event that comes, whoever was first.
    @Test
    void allDone_againstTheLastDone_alwaysComes() {
        int[] seen = new int[2]; // it had come already, or not yet
        var spell = Spell.of(Duration.ofMillis(300), () -> seen[0] >= 20 && seen[1] >= 20);
        while (spell.lasts()) {
            wg.add(1);
            var plain = new int[1];
            Actor last = Actor.go(() -> {
                plain[0] = 7;
                wg.done();
            });
            Actor.stagger();
            Done event = wg.allDone();
            seen[event.isDone() ? 0 : 1]++;
            assertTrue(event.await(Duration.ofSeconds(20)), "lost");
            assertEquals(7, plain[0]);
            last.join();
        }
        assertTrue(seen[0] >= 20 && seen[1] >= 20, seen[0] + " had come, " + seen[1] + " had not");
    }

    @Test
    void allDone_inABubble_letsItsClockMove() {
        var time = new ManualScheduler();
        var at = new AtomicReference<Long>();
        var main = time.go(() -> {
            var group = new WaitGroup();
            group.go(Context.background(), c -> c.sleep(Duration.ofSeconds(5)));
            long start = time.nanoTime();
            assertEquals("done", Select.<String>first()
                    .event(group.allDone(), () -> "done")
                    .timeout(Duration.ofSeconds(9), () -> "too slow")
                    .run());
            at.set(time.nanoTime() - start);
        });
        time.advance(Duration.ofSeconds(5));
        time.awaitIdle();
        main.check();
        assertEquals(5_000_000_000L, at.get());
        assertEquals(0, time.timers());
    }

    /// What belongs to a bubble is not waited for from outside, as with a context of it.
    @Test
    void allDone_ofABubble_isRefusedOutside() {
        var time = new ManualScheduler("A");
        time.run(() -> wg.add(1));
        Done event = wg.allDone();
        assertFalse(event.isDone());
        assertTrue(assertThrows(IllegalStateException.class, event::await).getMessage().contains("bubble A"));
        time.run(wg::done);
        assertTrue(event.isDone());
    }

    @Test
    void snapshot_saysTheCounterAndWhoWaits() throws Exception {
        assertEquals(new WaitGroupSnapshot(0, 0, Duration.ZERO), wg.snapshot());
        wg.add(2);
        Actor waits = Actor.go(wg::await);
        Until.until("it has parked", () -> wg.snapshot().longestWait().isPositive());
        assertEquals(2, wg.snapshot().count());
        assertEquals(1, wg.snapshot().waiting());
        assertEquals("sync.WaitGroup.Wait (counter 2, 1 waiting)", wg.toString());
        Until.waits(waits.thread());
        assertEquals(wg.toString(), String.valueOf(LockSupport.getBlocker(waits.thread())));
        wg.add(-2);
        waits.join();
        assertEquals(new WaitGroupSnapshot(0, 0, Duration.ZERO), wg.snapshot());
    }
}
