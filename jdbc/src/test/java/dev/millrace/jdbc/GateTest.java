package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
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

    /// Calls and two ends race: one thread is told that it ends, and no call is in then or enters later.
    @Test
    void races_oneThreadEndsWithNoCallInside() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            var gate = new Gate();
            var inside = new AtomicInteger();
            var ended = new AtomicInteger();
            var wrong = new AtomicInteger();
            Runnable over = () -> {
                ended.incrementAndGet();
                wrong.addAndGet(inside.get());
            };
            Runnable call = () -> {
                for (int i = 0; i < 3 && gate.enter(); i++) {
                    inside.incrementAndGet();
                    if (ended.get() > 0) {
                        wrong.incrementAndGet();
                    }
                    inside.decrementAndGet();
                    if (gate.leave()) {
                        over.run();
                    }
                }
            };
            Runnable end = () -> {
                if (gate.end()) {
                    over.run();
                }
            };
            var threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = Thread.startVirtualThread(i % 2 == 0 ? call : end);
            }
            for (Thread t : threads) {
                t.join();
            }
            assertEquals(1, ended.get(), "round " + round);
            assertEquals(0, wrong.get(), "round " + round);
        }
    }
}
