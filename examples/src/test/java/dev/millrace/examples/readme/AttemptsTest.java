package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.context.Context;
import dev.millrace.testing.Bubble;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    @Test
    void page_failsTwice_isThereAtTheThirdAttempt() throws Exception {
        var tries = new AtomicInteger();
        Bubble.run(b -> assertEquals("a: page", new Attempts(_ -> {
            if (tries.incrementAndGet() < 3) {
                throw new IOException("planted");
            }
            return "page";
        }).page(Context.background(), "a")));
        assertEquals(3, tries.get());
    }

    @Test
    void page_noTimeForAnotherAttempt_failsAtOnceWithTheLastFailure() throws Exception {
        var planted = new IOException("planted");
        var tries = new AtomicInteger();
        Bubble.run(b -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMillis(200))) {
                assertSame(planted, assertThrows(IOException.class, () -> new Attempts(_ -> {
                    tries.incrementAndGet();
                    throw planted;
                }).page(ctx, "a")));
                assertFalse(ctx.isDone(), "it has not waited for the deadline");
            }
        });
        assertEquals(1, tries.get());
    }
}
