package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Select;
import dev.millrace.context.Done;
import dev.millrace.go.Go;
import dev.millrace.go.Spell;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The event of an `OnceValue` and its kin, and what they look like from outside.
class OnceEventTest {
    @Test
    void done_value_comesWithIt() {
        var value = OnceValue.of(() -> 7);
        Done event = value.done();
        assertFalse(event.isDone(), "to ask for it computes nothing");
        assertEquals(event, value.done());
        value.get();
        assertTrue(event.isDone());
        assertTrue(value.done().isDone());
        var asked = OnceValue.of(() -> 7);
        asked.get();
        assertTrue(asked.done().isDone(), "asked for afterwards");
    }

    @Test
    void done_failureForGood_comesToo() {
        OnceValue<Integer> value = OnceValue.of(() -> {
            throw new IllegalStateException("planted");
        });
        Done event = value.done();
        assertThrows(IllegalStateException.class, value::get);
        assertTrue(event.isDone());
        assertTrue(value.done().isDone());
    }

    @Test
    void done_retrying_comesWithTheValueOnly() {
        var calls = new AtomicInteger();
        OnceValue<Integer> value = OnceValue.retrying(() -> {
            if (calls.incrementAndGet() < 3) {
                throw new IllegalStateException("planted");
            }
            return 7;
        });
        Done event = value.done();
        for (int i = 0; i < 2; i++) {
            assertThrows(IllegalStateException.class, value::get);
            assertFalse(event.isDone());
            assertFalse(value.done().isDone());
        }
        assertEquals(7, value.get());
        assertTrue(event.isDone());
    }

    @Test
    void done_functionExits_comes() {
        OnceValue<Integer> value = OnceValue.of(() -> {
            Go.exit();
            return 7;
        });
        Done event = value.done();
        Go.go(value::get);
        assertTrue(event.await(Duration.ofSeconds(20)));
    }

    @Test
    void done_ofFuncAndValues_comes() {
        var func = OnceFunc.of(() -> {});
        var values = OnceValues.of(() -> OnceValues.both(1, 2));
        assertFalse(func.done().isDone());
        assertFalse(values.done().isDone());
        func.run();
        values.get();
        assertTrue(func.done().isDone());
        assertTrue(values.done().isDone());
    }

    @Test
    void select_valueThatIsComputed_happensAndGetDoesNotWait() {
        var go = new CountDownLatch(1);
        var value = OnceValue.of(() -> {
            await(go);
            return "page";
        });
        Actor computes = Actor.go(value::get);
        Actor selects = Actor.go(() -> assertEquals("page", Select.<String>first()
                .event(value.done(), value::get)
                .timeout(Duration.ofSeconds(20), () -> "too slow")
                .run()));
        assertEquals("not yet", Select.<String>first()
                .event(value.done(), value::get)
                .orElse(() -> "not yet")
                .run());
        go.countDown();
        selects.join();
        computes.join();
    }

    /// Who asks while the function ends gets an event that comes, whoever was first.
    @Test
    void done_againstTheEnd_alwaysComes() {
        int[] seen = new int[2]; // it had come already, or not yet
        var spell = Spell.of(Duration.ofMillis(300), () -> seen[0] >= 20 && seen[1] >= 20);
        while (spell.lasts()) {
            var plain = new int[1];
            var value = OnceValue.of(() -> plain[0] = 7);
            Actor computes = Actor.go(value::get);
            Actor.stagger();
            Done event = value.done();
            seen[event.isDone() ? 0 : 1]++;
            assertTrue(event.await(Duration.ofSeconds(20)), "lost");
            assertEquals(7, plain[0]);
            computes.join();
        }
        assertTrue(seen[0] >= 20 && seen[1] >= 20, seen[0] + " had come, " + seen[1] + " had not");
    }

    @Test
    void done_ofABubble_isRefusedOutside() {
        var time = new ManualScheduler("A");
        OnceValue<Integer> value = time.call(() -> OnceValue.of(() -> 7));
        Done event = value.done();
        assertThrows(IllegalStateException.class, event::await);
        time.run(value::get);
        assertTrue(event.isDone());
    }

    @Test
    void snapshot_beforeDuringAndAfter_saysWhoRunsAndWhoWaits() throws Exception {
        var go = new CountDownLatch(1);
        var value = OnceValue.of(() -> {
            await(go);
            return 7;
        });
        assertEquals(new OnceSnapshot(false, "", 0, Duration.ZERO), value.snapshot());
        Thread loader = Thread.ofVirtual().name("loader").start(value::get);
        Until.until("it runs", () -> value.snapshot().runner().equals("loader"));
        Actor waits = Actor.go(value::get);
        Until.until("one has parked", () -> value.snapshot().longestWait().isPositive());
        assertEquals(1, value.snapshot().waiting());
        assertFalse(value.snapshot().done());
        Until.waits(waits.thread());
        assertEquals(
                "sync.OnceValue (running, 1 waiting)", String.valueOf(LockSupport.getBlocker(waits.thread())));
        go.countDown();
        loader.join();
        waits.join();
        assertEquals(new OnceSnapshot(true, "", 0, Duration.ZERO), value.snapshot());
    }

    @Test
    void snapshot_ofFuncAndValues_isTheSame() {
        var func = OnceFunc.of(() -> {
            throw new IllegalStateException("planted");
        });
        var values = OnceValues.of(() -> OnceValues.both(1, 2));
        assertThrows(IllegalStateException.class, func::run);
        values.get();
        assertEquals(new OnceSnapshot(true, "", 0, Duration.ZERO), func.snapshot(), "failed for good");
        assertEquals(new OnceSnapshot(true, "", 0, Duration.ZERO), values.snapshot());
    }

    private static void await(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
