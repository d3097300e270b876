package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The clock that is moved by hand.
class BubbleManualTest {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private static final Bubble.Options MANUAL = Bubble.options().manual();

    @Test
    void clock_movesByAdvanceOnly() {
        MANUAL.run(b -> {
            var ctx = Context.background().withTimeout(ofHours(1));
            b.await();
            assertEquals(START, b.now());
            b.advance(ofMinutes(59));
            assertEquals(START.plus(ofMinutes(59)), b.now());
            assertFalse(ctx.isDone());
            b.advance(ofMinutes(1));
            assertTrue(ctx.isDone());
            b.advance(ofSeconds(5)); // to no timer
            assertEquals(START.plus(ofHours(1)).plusSeconds(5), b.now());
        });
    }

    @Test
    void advance_goesFromTimerToTimer_andAllRestInBetween() {
        for (int round = 0; round < 100; round++) {
            MANUAL.run(b -> {
                var seen = new ArrayList<Instant>();
                go(() -> {
                    for (int i = 0; i < 5; i++) {
                        Context.background().sleep(ofSeconds(1));
                        seen.add(b.now());
                    }
                });
                b.advance(ofSeconds(3));
                assertEquals(List.of(START.plusSeconds(1), START.plusSeconds(2), START.plusSeconds(3)), seen);
                b.advance(ofHours(1));
                assertEquals(5, seen.size());
                assertEquals(START.plusSeconds(5), seen.get(4));
                assertEquals(START.plusSeconds(3).plus(ofHours(1)), b.now());
            });
        }
    }

    @Test
    void advance_ofZero_bringsAllToRestAndDoesWhatIsDue() {
        MANUAL.run(b -> {
            var called = new AtomicInteger();
            After.afterFunc(ZERO, called::incrementAndGet);
            b.advance(ZERO);
            assertEquals(1, called.get());
            assertEquals(START, b.now());
        });
    }

    @Test
    void advance_thatCannotBe_isRefused() {
        MANUAL.run(b -> {
            assertThrows(IllegalArgumentException.class, () -> b.advance(ofSeconds(-1)));
            b.realTime(() -> assertThrows(IllegalStateException.class, () -> b.advance(ZERO)));
        });
        Bubble.run(b -> {
            var e = assertThrows(IllegalStateException.class, () -> b.advance(ofSeconds(1)));
            assertTrue(e.getMessage().contains("manual()"), e::getMessage);
        });
    }

    @Test
    void advance_whileAnotherIsInIt_isRefused() {
        MANUAL.run(b -> {
            var refused = new AtomicInteger();
            Runnable advance = () -> {
                try {
                    b.advance(ofSeconds(1));
                } catch (IllegalStateException e) {
                    assertTrue(e.getMessage().contains("advance already in progress"), e::getMessage);
                    refused.incrementAndGet();
                }
            };
            var other = new WaitGroup();
            other.go(() -> {
                while (refused.get() == 0) {
                    advance.run();
                }
            });
            while (refused.get() == 0) {
                advance.run();
            }
            other.await(); // it may be the one that moves the clock, which stands when this one ends
        });
    }

    @Test
    void sleep_whenNobodyAdvances_isADeadlockThatSaysSo() {
        var error = assertThrows(BubbleError.class, () -> MANUAL.run(b -> b.sleep(ofSeconds(1))));
        assertTrue(
                error.getMessage()
                        .startsWith("deadlock: all goroutines in bubble are blocked; time is moved by advance only"),
                error::getMessage);
    }

    @Test
    void sleep_ofAnother_endsWhenAdvanced() {
        MANUAL.serial(3).run(b -> {
            var woken = new AtomicInteger();
            go(() -> {
                Context.background().sleep(ofSeconds(1));
                woken.incrementAndGet();
            });
            b.advance(ofSeconds(1).minusNanos(1));
            assertEquals(0, woken.get());
            b.advance(ofSeconds(1));
            assertEquals(1, woken.get());
        });
    }
}
