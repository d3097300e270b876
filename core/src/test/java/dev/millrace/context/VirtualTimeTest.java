package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Go;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.Scheduler;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A second scheduler takes over all waiting, waking, spawning and timing of contexts. The clock starts one second
/// before it wraps around.
class VirtualTimeTest {
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;
    private static final Instant AT = Instant.parse("2031-05-06T07:08:09Z");

    private final ManualScheduler time = new ManualScheduler(START, AT);

    @AfterEach
    void countOfRunnable_neverWentBelowZero() {
        assertTrue(time.lowest() >= 0, "lowest count " + time.lowest());
        assertEquals(0, time.runnable());
    }

    private static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void goroutine_ofAScheduler_makesEverythingInItUseIt() {
        time.run(() -> {
            assertSame(time, Scheduler.current());
            Go.go(() -> assertSame(time, Scheduler.current()));
            Context.background().withCancel().run(() -> assertSame(time, Scheduler.current()));
        });
        assertSame(Scheduler.real(), Scheduler.current());
    }

    @Test
    void contexts_underIt_takeTheirDeadlineFromItsClock() {
        time.run(() -> {
            var ctx = Context.background().withTimeout(s(5));
            assertEquals(AT.plusSeconds(5), ctx.deadline().orElseThrow());
            assertEquals(s(5), ctx.remaining().orElseThrow());
            assertEquals(AT.plusNanos(1), ctx.withDeadline(AT.plusNanos(1)).deadline().orElseThrow());
            assertEquals(1, ctx.withDeadline(AT.plusNanos(1)).remainingNanos());
        });
    }

    @Test
    @Hazard(28)
    void awaitDone_acrossTheWrap_wakesAtTheExactNanosecond() {
        var woken = new AtomicLong(-1);
        var waiter = time.go(() -> {
            var ctx = Context.background().withTimeout(s(3));
            ctx.awaitDone();
            woken.set(time.nanoTime() - START);
            assertInstanceOf(DeadlineExceededException.class, ctx.err());
            assertEquals(AT.plusSeconds(3), ctx.cancelRecord().at());
        });
        time.advance(s(3).minusNanos(1));
        assertFalse(waiter.isFinished());
        assertTrue(time.nanoTime() < 0, "the clock has wrapped around");
        time.advance(1);
        time.awaitIdle();
        waiter.check();
        assertEquals(s(3).toNanos(), woken.get());
        assertEquals(0, time.timers());
    }

    @Test
    void sleep_underIt_usesItsTimers() {
        var sleeper = time.go(() -> {
            Context.background().sleep(s(2));
            assertEquals(s(2).toNanos(), time.nanoTime() - START);
            var ctx = Context.background().withTimeout(s(1));
            assertThrows(DeadlineExceededException.class, () -> ctx.sleep(s(10)));
            assertEquals(s(3).toNanos(), time.nanoTime() - START);
        });
        time.awaitIdle();
        assertEquals(1, time.timers());
        time.advance(s(10));
        time.awaitIdle();
        sleeper.check();
        assertEquals(0, time.timers());
    }

    @Test
    void awaitDone_withTimeout_usesItsTimers() {
        var waiter = time.go(() -> {
            var ctx = Context.background().withCancel();
            assertFalse(ctx.awaitDone(s(2)));
            assertEquals(s(2).toNanos(), time.nanoTime() - START);
            assertFalse(Context.background().awaitDone(s(1)));
            assertEquals(s(3).toNanos(), time.nanoTime() - START);
            Go.go(() -> {
                Context.background().sleep(s(1));
                ctx.cancel();
            });
            assertTrue(ctx.awaitDone(s(2)));
            assertEquals(s(4).toNanos(), time.nanoTime() - START);
        });
        time.advance(s(10));
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.timers());
    }

    @Test
    @Hazard(28)
    void timers_aroundTheWrap_fireInOrder() {
        var order = Collections.synchronizedList(new ArrayList<Long>());
        var spans = List.of(1_500L, 999L, 1_000L, 1_001L, 5L, 3_000L, 2_999L, 1L);
        time.run(() -> {
            for (long millis : spans) {
                Go.go(() -> {
                    Context.background().sleep(Duration.ofMillis(millis));
                    order.add(millis);
                });
            }
        });
        time.advance(s(4));
        time.awaitIdle();
        assertEquals(spans.stream().sorted().toList(), order);
    }

    @Test
    @Hazard(29)
    void jumpOfAnHour_firesEachTimerOnceAtItsInstant() {
        var at = Collections.synchronizedList(new ArrayList<Long>());
        time.run(() -> {
            for (int i = 1; i <= 5; i++) {
                var ctx = Context.background().withTimeout(s(i));
                ctx.afterFunc(() -> at.add(time.nanoTime() - START));
            }
        });
        time.advance(Duration.ofHours(1));
        time.awaitIdle();
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), at.stream().map(n -> n / 1_000_000_000L).toList());
    }

    @Test
    void afterFunc_underIt_runsUnderItAndIsCounted() {
        var seen = new AtomicReference<Scheduler>();
        time.run(() -> {
            var ctx = Context.background().withTimeout(s(1));
            AfterFunc f = ctx.afterFunc(() -> {
                Context.current().sleep(s(1));
                seen.set(Scheduler.current());
            });
            Go.go(() -> {
                f.await();
                assertEquals(s(2).toNanos(), time.nanoTime() - START);
            });
        });
        time.advance(s(5));
        time.awaitIdle();
        assertSame(time, seen.get());
    }

    @Test
    void twoSchedulers_doNotSeeEachOther() {
        var other = new ManualScheduler();
        var mine = time.call(() -> Context.background().withTimeout(s(1)));
        var theirs = other.call(() -> Context.background().withTimeout(s(1)));
        other.advance(s(2));
        assertTrue(theirs.isDone());
        assertFalse(mine.isDone());
        time.advance(s(1));
        assertTrue(mine.isDone());
    }

    @Test
    void wakeUps_manyGoroutines_keepTheCountExact() {
        time.run(() -> {
            var ctx = Context.background().withTimeout(s(1));
            for (int i = 0; i < 500; i++) {
                int mine = i;
                Go.go(() -> {
                    if (mine % 3 == 0) {
                        ctx.awaitDone();
                    } else if (mine % 3 == 1) {
                        assertThrows(ContextException.class, () -> ctx.sleep(s(1 + mine % 2)));
                    } else {
                        ctx.awaitDone(Duration.ofMillis(mine));
                    }
                });
            }
        });
        time.advance(s(3));
        time.awaitIdle();
        assertEquals(0, time.timers());
    }
}
