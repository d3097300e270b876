package dev.millrace.time;

import static dev.millrace.time.After.after;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.Inside;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Alarms, tickers and `after`, under a clock that stands until it is moved. It begins a second before it wraps around.
class TimeChannelsTest {
    private static final Instant AT = Instant.parse("2031-05-06T07:08:09Z");

    private final ManualScheduler time = new ManualScheduler(Long.MAX_VALUE - 1_000_000_000L, AT);

    @RegisterExtension
    final Inside inside = new Inside(time);

    @AfterEach
    void nothing_isLeft() {
        assertTrue(time.lowest() >= 0, "lowest count " + time.lowest());
        assertEquals(0, time.runnable());
        assertEquals(0, time.timers());
    }

    static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Instant at(long seconds) {
        return AT.plusSeconds(seconds);
    }

    /// Runs `body` with the clock where it is; goroutines that wait are left waiting.
    private void now(ManualScheduler.Body body) {
        time.run(body);
    }

    private static Instant value(ReceiveChan<Instant> chan) {
        return chan.tryReceive() instanceof Received.Value<Instant>(var instant) ? instant : null;
    }

    private <T> T in(Callable<T> body) {
        var made = new AtomicReference<T>();
        now(() -> made.set(body.call()));
        return made.get();
    }

    // One value.

    @Item("TM-01")
    @Test
    void after_isReceivedAtTheInstantAndNotBefore() {
        var got = Collections.synchronizedList(new ArrayList<Instant>());
        Started waiter = time.go(() -> got.add(after(s(5)).receive()));
        time.advance(s(5).minusNanos(1));
        assertFalse(waiter.isFinished());
        time.advance(1);
        time.awaitIdle();
        waiter.check();
        assertEquals(List.of(at(5)), got);
    }

    @Item("TM-01")
    @Test
    void after_zeroOrLess_isThereAtOnce() {
        now(() -> {
            assertEquals(AT, after(Duration.ZERO).receive());
            assertEquals(AT, value(after(s(-3))), "as in Go it came now, and not before it was asked for");
            var alarm = Alarm.in(s(1));
            alarm.reset(s(-3));
            assertEquals(AT, value(alarm.fired()));
            assertNotNull(value(after(Duration.ofSeconds(Long.MIN_VALUE))));
            assertNull(value(after(Duration.ofSeconds(Long.MAX_VALUE))));
        });
    }

    @Item("TM-01")
    @Test
    void value_receivedLate_isTheInstantAtWhichItWasDue() {
        var alarm = in(() -> Alarm.in(s(2)));
        time.advance(s(60));
        now(() -> assertEquals(at(2), alarm.fired().receive()));
    }

    @Test
    void value_isReceivedOnce() {
        var alarm = in(() -> Alarm.in(s(1)));
        time.advance(s(1));
        now(() -> {
            assertEquals(at(1), value(alarm.fired()));
            assertNull(value(alarm.fired()));
        });
        time.advance(s(100));
        assertNull(value(alarm.fired()));
    }

    @Test
    void value_withSeveralWaiters_goesToTheFirst() {
        var alarm = in(() -> Alarm.in(s(1)));
        Started first = time.go(() -> alarm.fired().receive());
        time.awaitIdle();
        Started second = time.go(() -> alarm.fired().receive());
        time.advance(s(10));
        assertTrue(first.isFinished());
        assertFalse(second.isFinished());
        assertEquals(0, time.timers(), "there is nothing to come");
        now(() -> alarm.reset(s(1)));
        assertEquals(1, time.timers());
        time.advance(s(1));
        time.awaitIdle();
        second.check();
    }

    // Stop.

    @Item("TM-02")
    @Test
    void stop_beforeItFires_isTrueAndNothingIsReceived() {
        var alarm = in(() -> Alarm.in(s(1)));
        assertTrue(alarm.stop());
        assertFalse(alarm.stop(), "stopped before");
        Started waiter = time.go(() -> assertThrows(
                DeadlineExceededException.class,
                () -> alarm.fired().receive(Context.background().withTimeout(s(60)))));
        time.advance(s(59));
        assertFalse(waiter.isFinished());
        time.advance(s(1));
        time.awaitIdle();
        waiter.check();
    }

    @Item("TM-02")
    @Test
    void stop_afterTheReceive_isFalse() {
        var alarm = in(() -> Alarm.in(s(1)));
        time.advance(s(1));
        now(() -> {
            alarm.fired().receive();
            assertFalse(alarm.stop());
        });
    }

    @Item("TM-02")
    @Test
    void stop_expiredAndNotReceived_isTrueAndWithdrawsTheValue() {
        var alarm = in(() -> Alarm.in(s(1)));
        time.advance(s(5));
        now(() -> {
            assertTrue(alarm.stop());
            assertNull(value(alarm.fired()));
        });
    }

    @Item("TM-02")
    @Test
    void stop_whileSomebodyWaits_leavesItWaitingWithoutATimer() {
        var alarm = in(() -> Alarm.in(s(1)));
        Started waiter = time.go(() -> alarm.fired().receive());
        time.awaitIdle();
        assertEquals(1, time.timers());
        assertTrue(alarm.stop());
        assertEquals(0, time.timers());
        time.advance(s(10));
        assertFalse(waiter.isFinished());
        now(() -> assertFalse(alarm.reset(Duration.ZERO)));
        time.advance(0);
        time.awaitIdle();
        waiter.check();
    }

    @Test
    void close_isStop() {
        now(() -> {
            Alarm alarm;
            try (var made = Alarm.in(s(1))) {
                alarm = made;
            }
            assertFalse(alarm.stop());
            Ticker ticker;
            try (var made = Ticker.every(s(1))) {
                ticker = made;
            }
            assertTrue(ticker.toString().contains("stopped"), ticker.toString());
        });
    }

    // Reset.

    @Item("TM-03")
    @Test
    void reset_expiredAndNotReceived_deliversTheNewValueOnly() {
        var alarm = in(() -> Alarm.in(s(1)));
        time.advance(s(5));
        now(() -> {
            assertTrue(alarm.reset(s(10)));
            assertNull(value(alarm.fired()));
        });
        time.advance(s(10));
        now(() -> {
            assertEquals(at(15), alarm.fired().receive());
            assertNull(value(alarm.fired()));
            assertFalse(alarm.reset(s(1)), "it was received");
            assertTrue(alarm.stop());
        });
    }

    @Item("TM-03")
    @Test
    void reset_whileSomebodyWaits_movesTheInstant() {
        for (long second : new long[] {1, 20}) {
            var alarm = in(() -> Alarm.in(s(10)));
            var got = new AtomicReference<Instant>();
            Instant start = time.wallClock(time.nanoTime());
            Started waiter = time.go(() -> got.set(alarm.fired().receive()));
            time.awaitIdle();
            alarm.reset(s(second));
            assertEquals(1, time.timers(), "one timer, however often it is set");
            time.advance(s(second).minusNanos(1));
            assertFalse(waiter.isFinished());
            time.advance(1);
            time.awaitIdle();
            waiter.check();
            assertEquals(start.plusSeconds(second), got.get());
        }
    }

    @Test
    void reset_badArgument_changesNothing() {
        var alarm = in(() -> Alarm.in(s(1)));
        var ticker = in(() -> Ticker.every(s(1)));
        assertThrows(NullPointerException.class, () -> alarm.reset(null));
        assertThrows(NullPointerException.class, () -> ticker.reset(null));
        assertThrows(IllegalArgumentException.class, () -> ticker.reset(Duration.ZERO));
        time.advance(s(1));
        assertNotNull(value(alarm.fired()));
        assertNotNull(value(ticker.ticks()));
    }

    // Ticker.

    @Item("TM-05")
    @Test
    void ticks_comeAtEqualDistances() {
        var ticker = in(() -> Ticker.every(s(3)));
        var got = Collections.synchronizedList(new ArrayList<Instant>());
        Started reader = time.go(() -> {
            for (var tick : ticker.ticks()) {
                got.add(tick);
                if (got.size() == 4) {
                    break;
                }
            }
        });
        time.advance(s(12));
        time.awaitIdle();
        reader.check();
        assertEquals(List.of(at(3), at(6), at(9), at(12)), got);
    }

    @Item("TM-05")
    @Test
    @Hazard(29)
    void ticks_ofASlowReceiver_areDropped() {
        var ticker = in(() -> Ticker.every(s(1)));
        time.advance(Duration.ofMillis(3_500));
        now(() -> {
            assertEquals(at(1), value(ticker.ticks()), "the first that was missed");
            assertNull(value(ticker.ticks()), "and no burst");
        });
        time.advance(Duration.ofMillis(499));
        assertNull(value(ticker.ticks()));
        time.advance(Duration.ofMillis(1));
        assertEquals(at(4), value(ticker.ticks()), "in step with the start");
        time.advance(Duration.ofHours(1_000_000));
        assertEquals(at(5), value(ticker.ticks()));
        assertNull(value(ticker.ticks()));
    }

    @Item("TM-05")
    @Test
    void every_notPositive_isRefusedInGosWords() {
        assertAll(List.of(Duration.ZERO, s(-1)).stream().map(period -> () -> {
            var e = assertThrows(IllegalArgumentException.class, () -> Ticker.every(period));
            assertTrue(e.getMessage().startsWith("non-positive interval for NewTicker"), e.getMessage());
            assertTrue(e.getMessage().contains(period.toString()), e.getMessage());
        }));
        assertThrows(NullPointerException.class, () -> Ticker.every(null));
    }

    @Item("TM-05")
    @Test
    void tick_notPositive_isTheNilChannel() {
        assertEquals(Chan.never(), Ticker.tick(Duration.ZERO));
        assertEquals(Chan.never(), Ticker.tick(s(-1)));
        var ticks = in(() -> Ticker.tick(s(2)));
        time.advance(s(2));
        assertEquals(at(2), value(ticks));
    }

    @Test
    void ticker_stopAndReset_withdrawWhatWasNotReceived() {
        var ticker = in(() -> Ticker.every(s(1)));
        time.advance(s(1));
        ticker.stop();
        assertNull(value(ticker.ticks()));
        time.advance(s(5));
        assertNull(value(ticker.ticks()));
        now(() -> ticker.reset(s(2)));
        time.advance(s(1));
        assertNull(value(ticker.ticks()));
        time.advance(s(1));
        assertEquals(at(8), value(ticker.ticks()));
        time.advance(s(1));
        now(() -> ticker.reset(s(1)));
        assertNull(value(ticker.ticks()));
    }

    // The channel.

    @Item("TM-06")
    @Test
    void channel_lenAndCapAreZero_alsoWhenTheValueIsThere() {
        var alarm = in(() -> Alarm.in(s(1)));
        var ticker = in(() -> Ticker.every(s(1)));
        time.advance(s(1));
        for (var chan : List.of(alarm.fired(), ticker.ticks())) {
            assertEquals(0, chan.len());
            assertEquals(0, chan.cap());
            assertNotNull(value(chan));
            assertEquals(0, chan.len());
        }
        assertSame(alarm.fired(), alarm.fired());
    }

    @Test
    void receive_underAContext_endsWithItAndWithdrawsTheTimer() {
        var thrown = new AtomicReference<Throwable>();
        var ticker = in(() -> Ticker.every(s(10)));
        Started waiter = time.go(() -> {
            var ctx = Context.background().withTimeout(s(25));
            for (var _ : ticker.ticks().each(ctx)) {
                assertNull(thrown.get());
            }
        });
        time.advance(s(25));
        time.awaitIdle();
        assertEquals(0, time.timers());
        assertThrows(AssertionError.class, waiter::check, "left by the exception");
    }

    @Test
    void receive_interrupted_withdrawsTheTimer() throws Exception {
        var alarm = in(() -> Alarm.in(s(10)));
        Started waiter = time.go(() -> {
            assertThrows(InterruptedWaitException.class, () -> alarm.fired().receive());
            Thread.interrupted();
        });
        time.awaitIdle();
        assertEquals(1, time.timers());
        waiter.thread().interrupt();
        Until.until("the receiver has ended", waiter::isFinished);
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.timers());
    }

    @Test
    void abandon_releasesWhoWaitsAndWithdrawsTheTimer() {
        var ticker = in(() -> Ticker.every(s(10)));
        Started waiter = time.go(() -> assertThrows(ChanClosedException.class, () -> ticker.ticks().receive()));
        time.awaitIdle();
        ticker.ticks().abandon("enough");
        time.awaitIdle();
        waiter.check();
        assertEquals(0, time.timers());
        time.advance(s(10));
        assertThrows(ChanClosedException.class, () -> ticker.ticks().receive());
    }

    @Test
    void waiting_severalOnATicker_eachGetsOneTick() {
        var ticker = in(() -> Ticker.every(s(1)));
        var got = Collections.synchronizedList(new ArrayList<Instant>());
        for (int i = 0; i < 3; i++) {
            time.go(() -> got.add(ticker.ticks().receive()));
        }
        time.awaitIdle();
        assertEquals(1, time.timers());
        time.advance(s(3));
        time.awaitIdle();
        assertEquals(List.of(at(1), at(2), at(3)), got);
    }

    // In a select.

    private Started selecting(ReceiveChan<Instant> timer, ReceiveChan<Integer> values, List<Object> got) {
        return time.go(() -> got.add(Select.<Object>first()
                .receive(values, v -> v)
                .receive(timer, at -> at)
                .run()));
    }

    @Test
    void select_waits_forTheInstant() {
        List<Object> got = Collections.synchronizedList(new ArrayList<>());
        var alarm = in(() -> Alarm.in(s(4)));
        Started waiter = selecting(alarm.fired(), Chan.never(), got);
        time.advance(s(4).minusNanos(1));
        assertFalse(waiter.isFinished());
        time.advance(1);
        time.awaitIdle();
        waiter.check();
        assertEquals(List.of(at(4)), got);
    }

    @Test
    void select_wonByAnother_leavesNoTimerAndTheValueInPlace() {
        List<Object> got = Collections.synchronizedList(new ArrayList<>());
        var values = in(Chan::<Integer>unbuffered);
        var alarm = in(() -> Alarm.in(s(4)));
        Started waiter = selecting(alarm.fired(), values, got);
        time.awaitIdle();
        assertEquals(1, time.timers());
        now(() -> values.send(7));
        time.awaitIdle();
        waiter.check();
        assertEquals(List.of(7), got);
        assertEquals(0, time.timers());
        time.advance(s(4));
        assertEquals(at(4), value(alarm.fired()));
    }

    @Test
    void select_withDefault_seesExactlyWhatIsDue() {
        var alarm = in(() -> Alarm.in(s(1)));
        ManualScheduler.Body due = () -> assertEquals(
                "due",
                Select.<String>first().receive(alarm.fired(), _ -> "due").orElse(() -> "not yet").run());
        ManualScheduler.Body notYet = () -> assertEquals(
                "not yet",
                Select.<String>first().receive(alarm.fired(), _ -> "due").orElse(() -> "not yet").run());
        now(notYet);
        time.advance(s(1).minusNanos(1));
        now(notYet);
        time.advance(1);
        now(due);
        now(notYet);
    }

    @Test
    void select_ordered_takesTheInstantOrWhatStandsBeforeIt() {
        var alarm = in(() -> Alarm.in(s(1)));
        var values = in(() -> Chan.<Integer>buffered(1));
        time.advance(s(1));
        now(() -> {
            values.send(1);
            assertEquals(
                    "value",
                    Select.<String>ordered()
                            .receive(values, _ -> "value")
                            .receive(alarm.fired(), _ -> "alarm")
                            .run());
            values.send(2);
            assertEquals(
                    "alarm",
                    Select.<String>ordered()
                            .receive(alarm.fired(), _ -> "alarm")
                            .receive(values, _ -> "value")
                            .run());
        });
    }

    @Test
    void select_theSameTimerTwice_takesOneValue() {
        List<Object> got = Collections.synchronizedList(new ArrayList<>());
        var ticker = in(() -> Ticker.every(s(1)));
        Started waiter = time.go(() -> got.add(Select.<Object>first()
                .receive(ticker.ticks(), at -> at)
                .receive(ticker.ticks(), at -> at)
                .run()));
        time.advance(s(1));
        time.awaitIdle();
        waiter.check();
        assertEquals(List.of(at(1)), got);
        assertNull(value(ticker.ticks()));
    }

    // In words.

    @Test
    void toString_tellsTheState() {
        var alarm = in(() -> Alarm.in(s(2)));
        var ticker = in(() -> Ticker.every(s(2)));
        now(() -> {
            assertEquals("alarm, due in PT2S", alarm.toString());
            assertEquals("ticker every PT2S, due in PT2S", ticker.toString());
        });
        time.advance(s(2));
        assertEquals("alarm, due", alarm.toString());
        alarm.stop();
        assertEquals("alarm, stopped", alarm.toString());
    }

    @Test
    void null_isRefused() {
        assertThrows(NullPointerException.class, () -> after(null));
        assertThrows(NullPointerException.class, () -> Alarm.in(null));
        assertThrows(NullPointerException.class, () -> Ticker.tick(null));
    }

    @Test
    void deadline_ofAContextAndAnAlarm_atTheSameInstant_bothHappen() {
        now(() -> {
            var ctx = Context.background().withTimeout(s(1));
            var alarm = Alarm.in(s(1));
            time.go(() -> {
                ctx.awaitDone();
                assertThrows(DeadlineExceededException.class, () -> alarm.fired().receive(ctx));
                assertNotNull(value(alarm.fired()), "left where it was");
            });
        });
        time.advance(s(1));
        time.awaitIdle();
    }
}
