package dev.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CutTest {
    /// Who ends the context has won and has not come to the close yet: the call does not go on with something that is still open.
    @Test
    void exit_cutThatHasNotClosedYet_closesItself() throws Exception {
        var ctx = Context.background().withCancel();
        var calls = new AtomicInteger();
        var closed = new AtomicBoolean();
        var comes = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Cut cut = Cut.enter(
                ctx,
                () -> {
                    if (calls.incrementAndGet() == 1) {
                        comes.countDown();
                        await(goOn);
                    }
                    closed.set(true);
                },
                Long.MAX_VALUE);
        Thread canceller = Thread.ofPlatform().start(ctx::cancel);
        comes.await();
        assertFalse(cut.exit());
        assertTrue(closed.get(), "the call would end, and what it was cut short on were open");
        assertInstanceOf(CancelledException.class, Cut.ended(ctx, null));
        goOn.countDown();
        canceller.join();
    }

    @Test
    void exit_cameFirst_nothingIsClosed() {
        var closes = new AtomicInteger();
        try (var ctx = Context.background().withCancel()) {
            Cut cut = Cut.enter(ctx, closes::incrementAndGet, Long.MAX_VALUE);
            assertTrue(cut.exit());
            ctx.cancel();
            assertTrue(cut.exit());
            assertEquals(0, closes.get());
        }
    }

    @Test
    void enter_contextThatHasEnded_beginsNothing() {
        var closes = new AtomicInteger();
        try (var ctx = Context.background().withCancel()) {
            ctx.cancel();
            assertThrows(CancelledException.class, () -> Cut.enter(ctx, closes::incrementAndGet, Long.MAX_VALUE));
            assertEquals(0, closes.get());
        }
    }

    /// A connection may live as long as its context, with a million reads.
    @Test
    void exit_lastReference_theContextKeepsNothing() {
        try (var ctx = Context.background().withCancel()) {
            var gone = new WeakReference<>(over(ctx));
            while (gone.get() != null) {
                System.gc();
            }
            assertFalse(ctx.isDone());
        }
    }

    private static Cut over(Context ctx) {
        Cut cut = Cut.enter(ctx, () -> {}, Long.MAX_VALUE);
        assertTrue(cut.exit());
        return cut;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
