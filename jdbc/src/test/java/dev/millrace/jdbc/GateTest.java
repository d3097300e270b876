package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class GateTest {
    @Test
    void end_noCall_endsOnce() {
        var gate = new Gate();
        assertFalse(gate.isEnding());
        assertTrue(gate.end());
        assertTrue(gate.isEnding());
        assertFalse(gate.end());
        assertFalse(gate.enter());
    }

    @Test
    void end_callsAreRunning_theLastThatLeavesEnds() {
        var gate = new Gate();
        assertTrue(gate.enter());
        assertTrue(gate.enter());
        assertFalse(gate.leave());
        assertTrue(gate.enter());
        assertFalse(gate.end());
        assertFalse(gate.enter());
        assertFalse(gate.leave());
        assertFalse(gate.end());
        assertTrue(gate.leave());
        assertFalse(gate.end());
    }

    /// A call and an end race from a common start: one of them is told to end it, and nobody enters later.
    @Test
    void races_oneThreadEndsWithNoCallInside() throws Exception {
        int rounds = 50_000;
        var gates = new Gate[rounds];
        java.util.Arrays.setAll(gates, _ -> new Gate());
        var ended = new AtomicIntegerArray(rounds);
        var inside = new AtomicIntegerArray(rounds);
        var wrong = new AtomicInteger();
        var at = new AtomicIntegerArray(2);
        Thread calls = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < rounds; i++) {
                meet(at, 0, i);
                for (int n = 0; n < 200 && gates[i].enter(); n++) { // so the end comes at any moment of a call
                    inside.set(i, 1);
                    wrong.addAndGet(ended.get(i));
                    inside.set(i, 0);
                    if (gates[i].leave()) {
                        ended.incrementAndGet(i);
                    }
                }
            }
        });
        Thread ends = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < rounds; i++) {
                meet(at, 1, i);
                for (int spins = i & 63; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                if (gates[i].end()) {
                    wrong.addAndGet(inside.get(i));
                    ended.incrementAndGet(i);
                }
            }
        });
        calls.join();
        ends.join();
        for (int i = 0; i < rounds; i++) {
            assertEquals(1, ended.get(i), "round " + i);
            assertFalse(gates[i].enter(), "round " + i);
        }
        assertEquals(0, wrong.get());
    }

    @Test
    void calls_ofTwoThreads_areAllCounted() throws Exception {
        var gate = new Gate();
        var wrong = new AtomicInteger();
        Runnable calls = () -> {
            for (int i = 0; i < 300_000; i++) {
                if (!gate.enter() || gate.leave()) {
                    wrong.incrementAndGet();
                }
            }
        };
        Thread other = Thread.ofPlatform().daemon().start(calls);
        calls.run();
        other.join();
        assertEquals(0, wrong.get());
        assertTrue(gate.end(), "a call is still counted");
    }

    private static void meet(AtomicIntegerArray at, int me, int round) {
        at.set(me, round);
        for (int spins = 0; at.get(1 - me) < round; spins++) {
            if (spins > 100) {
                Thread.yield();
            }
        }
    }
}
