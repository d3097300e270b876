package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import dev.millrace.testing.Leaks;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Case 47: a body that swallows its interrupt and waits again is not ended by its context; but somebody says so. One that is interrupted again and again is.
class SwallowTest {
    @Test
    @Hazard(47)
    void body_thatSwallowsItsInterrupt_isALeak() throws Exception {
        var queue = new SynchronousQueue<String>();
        var swallowed = new CountDownLatch(1);
        var heeds = new AtomicBoolean();
        var failure = assertThrows(AssertionError.class,
                () -> Leaks.options().within(Duration.ofMillis(300)).check(() -> body(queue,
                        swallowed, heeds)));
        assertTrue(failure.getMessage().contains("SwallowTest") && failure.getMessage().contains("swallower"),
                failure.getMessage());
        queue.put("over");
        heeds.set(true);
        Leaks.options().within(Duration.ofSeconds(20)).check(() -> body(queue, new CountDownLatch(1), heeds)); // the twin is none
    }

    @Test
    @Hazard(47)
    void body_thatSwallowsAndIsInsistedOn_isNone() {
        var swallowed = new AtomicInteger();
        Leaks.options().within(Duration.ofSeconds(20)).check(() -> {
            var ctx = Context.background().withCancel();
            var begun = new CountDownLatch(1);
            Go.go(ctx, "swallower", c -> Interruptible.runInsisting(c, () -> {
                begun.countDown();
                for (;;) {
                    try {
                        new SynchronousQueue<String>().take();
                    } catch (InterruptedException e) {
                        if (swallowed.incrementAndGet() > 3) {
                            throw e;
                        }
                    }
                }
            }));
            begun.await();
            ctx.cancel();
        });
        assertEquals(4, swallowed.get());
    }

    private static void body(SynchronousQueue<String> queue, CountDownLatch swallowed, AtomicBoolean heeds)
            throws InterruptedException {
        var ctx = Context.background().withCancel();
        var begun = new CountDownLatch(1);
        Go.go(ctx, "swallower", c -> Interruptible.run(c, () -> {
            begun.countDown();
            for (;;) {
                try {
                    queue.take();
                    return;
                } catch (InterruptedException e) {
                    swallowed.countDown();
                    if (heeds.get()) {
                        throw e;
                    }
                }
            }
        }));
        begun.await();
        ctx.cancel();
        swallowed.await();
    }
}
