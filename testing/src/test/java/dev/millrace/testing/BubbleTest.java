package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.verify.Item;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BubbleTest {
    @Test
    @Item("ST-06")
    void timeout_sleptTo_endsExactlyThen() {
        Bubble.run(b -> {
            var ctx = Context.background().withTimeout(ofSeconds(5));
            b.sleep(ofSeconds(5).minusNanos(1));
            assertFalse(ctx.isDone());
            b.sleep(ofNanos(1));
            assertTrue(ctx.isDone());
            assertEquals(Instant.parse("2000-01-01T00:00:05Z"), b.now());
        });
    }

    @Test
    void firstPage_example_runs() {
        Bubble.run(b -> {
            var ctx = Context.background().withTimeout(ofHours(1));
            go(ctx, c -> c.awaitDone());
            b.sleep(ofMinutes(59));
            assertFalse(ctx.isDone());
            b.sleep(ofMinutes(1));
            b.await();
            assertTrue(ctx.isDone());
        });
    }

    @Test
    void everybodyBlocked_isADeadlock() {
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var ch = Chan.<Integer>unbuffered();
            go("worker", () -> ch.send(1));
            ch.receive();
            ch.receive();
        }));
        assertTrue(error.getMessage().startsWith("deadlock: all goroutines in bubble are blocked"), error::toString);
    }

    @Test
    void leftover_isADeadlock() {
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var ch = Chan.<Integer>unbuffered();
            go("worker", () -> ch.send(1));
        }));
        assertTrue(error.getMessage().startsWith("deadlock: main bubble goroutine has exited"), error::toString);
    }

    @Test
    void failure_isRethrownAsItIs() {
        var failure = new Exception("mine");
        assertSame(failure, assertThrows(Exception.class, () -> Bubble.run(b -> {
            throw failure;
        })));
        assertSame(failure, assertThrows(Exception.class, () -> Bubble.run(b -> {
            go(() -> {
                throw failure;
            });
            Chan.<Integer>unbuffered().receive();
        })));
    }
}
