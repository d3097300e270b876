package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.millrace.verify.Item;
import org.junit.jupiter.api.Test;

class CondQueueTest {
    private final CondQueue queue = new CondQueue();

    @Test
    @Item({"CO-07"})
    void withdraw_nothingCame_leavesTheOthersAsTheyWere() {
        var a = queue.join(null, "test");
        var b = queue.join(null, "test");
        queue.withdraw(a);
        assertEquals(1, queue.waiting());
        assertNull(b.outcome());
        queue.signal();
        assertSame(Waiter.READY, b.outcome());
        assertEquals(0, queue.waiting());
    }

    @Test
    @Item({"CO-07"})
    void withdraw_signalled_passesItOnToTheNext() {
        var a = queue.join(null, "test");
        var b = queue.join(null, "test");
        var c = queue.join(null, "test");
        queue.signal();
        assertSame(Waiter.READY, a.outcome());
        assertNull(b.outcome());
        queue.withdraw(a);
        assertSame(Waiter.READY, b.outcome());
        queue.withdraw(b); // and on
        assertSame(Waiter.READY, c.outcome());
        queue.withdraw(c);
        assertEquals(0, queue.waiting());
    }

    @Test
    @Item({"CO-04", "CO-07"})
    void withdraw_signalledBeforeOthersCame_wakesNoNewcomer() {
        var a = queue.join(null, "test");
        queue.signal();
        var newcomer = queue.join(null, "test");
        queue.withdraw(a);
        assertNull(newcomer.outcome());
        assertEquals(1, queue.waiting());
        queue.signal();
        assertSame(Waiter.READY, newcomer.outcome());
    }

    @Test
    void withdraw_signalPassedOnTwice_keepsWhenItWasSent() {
        var a = queue.join(null, "test");
        var b = queue.join(null, "test");
        queue.signal();
        var newcomer = queue.join(null, "test");
        queue.withdraw(a);
        assertSame(Waiter.READY, b.outcome());
        queue.withdraw(b);
        assertNull(newcomer.outcome());
    }

    @Test
    @Item({"CO-04"})
    void withdraw_wokenByABroadcast_wakesNobody() {
        var a = queue.join(null, "test");
        queue.broadcast();
        var newcomer = queue.join(null, "test");
        queue.withdraw(a);
        assertNull(newcomer.outcome());
        assertEquals(1, queue.waiting());
    }

    @Test
    void signal_firstHasGivenUp_goesToTheNext() {
        var a = queue.join(null, "test");
        var b = queue.join(null, "test");
        a.claim(Waiter.INTERRUPTED);
        queue.signal();
        assertSame(Waiter.READY, b.outcome());
        assertEquals(0, queue.waiting());
        assertSame(Waiter.INTERRUPTED, queue.await(a, null, "test"));
        assertEquals(0, queue.waiting());
    }
}
