package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What cannot be seen, or not reached, from outside.
class LockCoreTest {
    private static final int SLOW = 1 << 31;
    private static final int HELD = 1 << 30;
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

    @Test
    void acquireShared_atTheMost_isRefusedAndChangesNothing() {
        for (int slow : new int[] {0, SLOW}) {
            var core = new LockCore(false, "full");
            core.state = LockCore.MOST_READERS | slow;
            String message = assertThrows(IllegalStateException.class, core::acquireShared)
                    .getMessage();
            assertEquals("sync: too many readers of RWMutex: there are 1073741823: \"full\"", message);
            assertThrows(IllegalStateException.class, () -> core.acquireShared(null));
            assertFalse(core.tryAcquireShared());
            assertFalse(core.tryAcquire());
            assertFalse(core.release());
            assertEquals(LockCore.MOST_READERS, core.readerCount());
            assertTrue(core.releaseShared());
            core.acquireShared();
            assertEquals(LockCore.MOST_READERS, core.state);
        }
    }

    @Test
    void acquireShared_atTheMostInDebugMode_saysWhereItWasMade() {
        boolean before = Debug.set(true);
        try {
            var core = new LockCore(false, "full");
            core.state = LockCore.MOST_READERS | SLOW;
            String message = assertThrows(IllegalStateException.class, core::acquireShared)
                    .getMessage();
            assertTrue(message.contains("too many readers") && message.contains("; made at LockCoreTest.java:"),
                    message);
        } finally {
            Debug.set(before);
        }
    }

    /// A pin that was left behind is cleared by the next section, so that the short ways are open again.
    @Test
    void word_pinnedForNothing_isClearedByTheNextRelease() {
        var core = new LockCore(false, "");
        core.acquire();
        assertEquals(SelectCore.DEFAULT, poll(core, false));
        assertEquals(HELD | SLOW, core.state);
        assertTrue(core.release());
        assertEquals(0, core.state);
        core.acquireShared();
        core.acquireShared();
        assertEquals(SelectCore.DEFAULT, poll(core, false));
        assertEquals(2 | SLOW, core.state);
        assertTrue(core.releaseShared());
        assertEquals(1, core.state);
        assertEquals(0, poll(core, true));
        assertEquals(2, core.state);
    }

    private static int poll(LockCore core, boolean reads) {
        var select = new SelectCore(false);
        select.acquire(core, reads);
        return select.poll();
    }

    /// While a writer is on its way to a mutex, the others do not meet a section.
    @Test
    void word_mutexWithAWriterOnItsWay_isNotSlow() throws Exception {
        var core = new LockCore(true, "");
        core.acquire();
        Thread first = Thread.startVirtualThread(core::acquire);
        Thread second = Thread.startVirtualThread(core::acquire);
        while (core.look().waitingWriters() < 2) {
            Thread.onSpinWait();
        }
        assertEquals(HELD | SLOW, core.state);
        assertTrue(core.release());
        assertTrue(first.join(LIMIT) || second.join(LIMIT));
        assertEquals(HELD | SLOW, core.state, "one has it, the other waits");
        assertTrue(core.release());
        assertTrue(first.join(LIMIT));
        assertTrue(second.join(LIMIT));
        assertEquals(HELD, core.state);
    }

    /// A writer that waits keeps readers out; the one that was woken does not, until it waits again.
    @Test
    void acquireShared_writerWaits_staysBehindIt() throws Exception {
        var core = new LockCore(false, "");
        core.acquireShared();
        Thread writer = Thread.startVirtualThread(core::acquire);
        queued(core, 1);
        for (int k = 0; k < 20; k++) {
            assertFalse(core.tryAcquireShared(), "a reader beside a writer that waits");
        }
        assertTrue(core.releaseShared());
        assertTrue(writer.join(LIMIT));
        assertTrue(core.release());
        assertEquals(0, core.state);
    }

    /// The readers that waited for a writer come before the next one, also when it takes them a while to come.
    @Test
    void release_readersOnTheirWay_nextWriterStaysBehindThem() throws Exception {
        for (int i = 0; i < 200; i++) {
            var core = new LockCore(false, "");
            var order = Collections.synchronizedList(new ArrayList<String>());
            var threads = new ArrayList<Thread>();
            core.acquire();
            for (int k = 1; k <= 3; k++) {
                int n = k;
                threads.add(Thread.startVirtualThread(() -> {
                    core.acquireShared();
                    order.add("reader");
                    core.releaseShared();
                }));
                Until.until("readers wait", () -> core.look().waitingReaders() == n);
            }
            threads.add(Thread.startVirtualThread(() -> {
                core.acquire();
                order.add("writer");
                core.release();
            }));
            queued(core, 1);
            assertTrue(core.release());
            for (Thread thread : threads) {
                assertTrue(thread.join(LIMIT));
            }
            assertEquals(List.of("reader", "reader", "reader", "writer"), order);
            assertEquals(0, core.state);
        }
    }

    /// A writer that was woken and came too late is before one that has waited since.
    @Test
    void acquire_lostARace_goesBackToTheHead() throws Exception {
        var core = new LockCore(true, "");
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var threads = new ArrayList<Thread>();
        core.acquire();
        for (int k = 1; k <= 2; k++) {
            int n = k;
            Thread thread = Thread.startVirtualThread(() -> {
                core.acquire();
                order.add(n);
                core.release();
            });
            threads.add(thread);
            parked(core, thread, k);
        }
        gate.hold(threads.getFirst());
        assertTrue(core.release());
        gate.awaitHeld(threads.getFirst());
        assertTrue(core.tryAcquire(), "who is on its way keeps nobody out");
        gate.pass(threads.getFirst());
        parked(core, threads.getFirst(), 2);
        gate.open();
        assertTrue(core.release());
        for (Thread thread : threads) {
            assertTrue(thread.join(LIMIT));
        }
        assertEquals(List.of(1, 2), order);
        assertEquals(0, core.state);
    }

    /// Waits until `thread` has parked, and `waiters` are there with it.
    private void parked(LockCore core, Thread thread, int waiters) throws Exception {
        Until.until(waiters + " wait, and it has parked", () -> {
            LockCore.View now = core.look();
            return !gate.isHeld(thread) && now.waitingWriters() + now.waitingReaders() == waiters
                    && thread.getState() == Thread.State.WAITING;
        });
    }

    private static void queued(LockCore core, int writers) throws Exception {
        Until.until(writers + " wait", () -> core.look().waitingWriters() == writers);
    }
}
