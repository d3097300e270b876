package dev.millrace.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Item;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The real clock: what races with it, and what is left behind.
class TimeStressTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Item({"TM-02", "TM-03"})
    @Test
    void stopAndReset_whileItFires_eachSettingHasOneEnd() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            int waitingReceivers = round % 3;
            var alarm = Alarm.in(Duration.ofNanos(1 + round * 997 % 100_000));
            var received = new AtomicInteger();
            var withdrawn = new AtomicInteger();
            var wg = new WaitGroup();
            try (var ctx = Context.background().withCancel()) {
                for (int i = 0; i < waitingReceivers; i++) {
                    wg.go(ctx, c -> {
                        for (var _ : alarm.fired().each(c)) {
                            received.incrementAndGet();
                        }
                    });
                }
                int settings = 1;
                for (int i = 0; i < 20; i++) {
                    boolean was;
                    if (i % 4 == 3) {
                        was = alarm.stop();
                    } else {
                        was = alarm.reset(Duration.ofNanos(i * 2_000L));
                    }
                    withdrawn.addAndGet(was ? 1 : 0);
                    settings += i % 4 == 3 ? 0 : 1;
                    if (waitingReceivers == 0 && i % 5 == 0 && alarm.fired().tryReceive() != null) {
                        received.incrementAndGet();
                    }
                    Thread.yield();
                }
                withdrawn.addAndGet(alarm.stop() ? 1 : 0);
                // From here on nothing may come: whoever was claimed before has counted, or will when it runs.
                ctx.cancel();
                wg.await(Context.background().withTimeout(LIMIT));
                assertEquals(settings, received.get() + withdrawn.get(), "round " + round);
            }
        }
    }

    @Item("TM-02")
    @Test
    void stop_hasReturned_nothingIsReceivedAnyMore() {
        for (int round = 0; round < 20_000; round++) {
            var alarm = Alarm.in(Duration.ofNanos(round % 50));
            alarm.stop();
            assertNull(alarm.fired().tryReceive(), "round " + round);
        }
    }

    @Test
    void ticks_sharedByManySelects_areReceivedOnceEach() throws Exception {
        var ticker = Ticker.every(Duration.ofNanos(200_000));
        var seen = ConcurrentHashMap.<Instant>newKeySet();
        var doubled = new AtomicInteger();
        var count = new AtomicInteger();
        var wg = new WaitGroup();
        try (var ctx = Context.background().withTimeout(LIMIT)) {
            for (int i = 0; i < 8; i++) {
                boolean plain = i % 2 == 0;
                wg.go(ctx, c -> {
                    while (count.get() < 400) {
                        Instant tick = plain
                                ? ticker.ticks().receive(c)
                                : Select.<Instant>first()
                                        .receive(ticker.ticks(), t -> t)
                                        .run(c);
                        count.incrementAndGet();
                        if (!seen.add(tick)) {
                            doubled.incrementAndGet();
                        }
                        if (count.get() >= 400) {
                            ctx.cancel();
                        }
                    }
                });
            }
            wg.await();
            assertTrue(count.get() >= 400, () -> count + " ticks in " + LIMIT);
        }
        // The wall clock may be set back: then an instant may come twice. It is not set back 20 times.
        assertTrue(doubled.get() < 20, doubled + " ticks were received twice");
    }

    @Item("TM-07")
    @Test
    void timers_unreferencedAndNotStopped_areCollectable() throws Exception {
        var gone = new ArrayList<WeakReference<?>>();
        for (int i = 0; i < 50; i++) {
            var alarm = Alarm.in(Duration.ofHours(1));
            gone.add(new WeakReference<>(sourceOf(alarm)));
            var ticker = Ticker.every(Duration.ofHours(1));
            gone.add(new WeakReference<>(sourceOf(ticker)));
            usedOnce(ticker.ticks());
            usedOnce(alarm.fired());
            gone.add(new WeakReference<>(sourceOf(Alarm.in(Duration.ofHours(1))))); // never waited for, as After.after
        }
        Until.until("all are collected", () -> {
            System.gc();
            return gone.stream().allMatch(ref -> ref.refersTo(null));
        });
    }

    /// What a timer would hold, for as long as it was set. (The channel that users see is held by nobody but them.)
    private static Object sourceOf(Object timer) throws ReflectiveOperationException {
        var field = timer.getClass().getDeclaredField("source");
        field.setAccessible(true);
        return field.get(timer);
    }

    /// Waits for a timer, and gives up.
    private static void usedOnce(ReceiveChan<Instant> timer) {
        try (var ctx = Context.background().withTimeout(Duration.ofNanos(1_000))) {
            timer.receive(ctx);
        } catch (ContextException e) {
            assertTrue(e.isTimeout());
        }
        String outcome = Select.<String>first()
                .receive(timer, _ -> "fired")
                .timeout(Duration.ofNanos(1_000), () -> "late")
                .run();
        assertEquals("late", outcome);
    }

    @Test
    void losingTimers_areReleasedAtOnce() {
        var time = new ManualScheduler();
        var selects = time.go(() -> {
            for (int i = 0; i < 1_000; i++) {
                var answer = Select.<String>first()
                        .receive(After.after(Duration.ofHours(1)), _ -> "fired")
                        .timeout(Duration.ofNanos(1), () -> "late")
                        .run();
                assertEquals("late", answer);
            }
        });
        time.awaitIdle();
        assertEquals(2, time.timers(), "one of each case");
        time.advance(Duration.ofSeconds(1));
        selects.check();
        assertEquals(0, time.timers());
    }

    @Item("TM-04")
    @Test
    void delayedCall_stoppedAndSetWhileItFires_eachSettingHasOneEnd() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            var runs = new AtomicInteger();
            int withdrawn = 0;
            int settings = 1;
            var call = After.afterFunc(Duration.ofNanos(round * 500L), runs::incrementAndGet);
            for (int i = 0; i < 20; i++) {
                if (i % 4 == 3) {
                    withdrawn += call.stop() ? 1 : 0;
                } else {
                    withdrawn += call.reset(Duration.ofNanos(i * 3_000L)) ? 1 : 0;
                    settings++;
                }
            }
            withdrawn += call.stop() ? 1 : 0;
            call.close();
            assertEquals(settings, runs.get() + withdrawn, "round " + round);
        }
    }

    @Test
    void alarm_realClock_fires() {
        var alarm = Alarm.in(Duration.ofMillis(2));
        Instant at = alarm.fired().receive(Context.background().withTimeout(LIMIT));
        assertNotNull(at);
        assertFalse(alarm.fired().tryReceive() instanceof Received.Value<Instant>);
    }
}
