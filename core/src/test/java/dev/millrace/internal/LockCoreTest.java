package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What cannot be seen, or not reached, from outside.
class LockCoreTest {
    private static final int SLOW = 1 << 31;
    private static final int HELD = 1 << 30;

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
        assertTrue(first.join(Duration.ofSeconds(20)) || second.join(Duration.ofSeconds(20)));
        assertEquals(HELD | SLOW, core.state, "one has it, the other waits");
        assertTrue(core.release());
        assertTrue(first.join(Duration.ofSeconds(20)));
        assertTrue(second.join(Duration.ofSeconds(20)));
        assertEquals(HELD, core.state);
    }
}
