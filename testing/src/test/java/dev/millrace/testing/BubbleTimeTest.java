package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The clock of a bubble.
class BubbleTimeTest {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    @Test
    @Item("ST-01")
    void clock_ofEveryBubble_startsAtTheSameTimeForAll() {
        for (int i = 0; i < 3; i++) {
            Bubble.run(b -> {
                assertEquals(START, b.now());
                var seen = Chan.<Instant>unbuffered();
                go(() -> seen.send(b.now()));
                assertEquals(START, seen.receive());
                assertEquals(START.plusSeconds(7),
                        Context.background().withTimeout(ofSeconds(7)).deadline().orElseThrow());
            });
        }
    }

    @Test
    @Item("ST-02")
    void sleep_ofAThousandHours_movesTheClockExactlyAndTakesNoTime() {
        long began = System.nanoTime();
        Bubble.run(b -> {
            Context.background().sleep(ofSeconds(1));
            assertEquals(START.plusSeconds(1), b.now());
            Context.background().sleep(ofHours(1000).plusNanos(1));
            assertEquals(START.plusSeconds(1).plus(ofHours(1000)).plusNanos(1), b.now());
        });
        assertTrue(System.nanoTime() - began < ofSeconds(20).toNanos());
    }

    @Test
    @Item("ST-03")
    void clock_whileAGoroutineComputes_stands() {
        Bubble.run(b -> {
            var stop = new AtomicBoolean();
            var woken = new AtomicBoolean();
            var computes = Chan.<Boolean>unbuffered();
            go(() -> {
                Context.background().sleep(ofNanos(1));
                woken.set(true);
            });
            go(() -> {
                computes.send(true);
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            computes.receive();
            long end = System.nanoTime() + 20_000_000;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            assertEquals(START, b.now());
            assertFalse(woken.get());
            stop.set(true);
            b.sleep(ofNanos(2));
            assertTrue(woken.get());
        });
    }

    @Test
    @Item("ST-06")
    @Hazard(20)
    void timeout_ofFiveSeconds_isAliveANanosecondBeforeAndOverThen() {
        Bubble.run(b -> {
            var ctx = Context.background().withTimeout(ofSeconds(5));
            Context.background().sleep(ofSeconds(5).minusNanos(1));
            b.await();
            assertFalse(ctx.isDone());
            Context.background().sleep(ofNanos(1));
            b.await();
            assertTrue(ctx.isDone());
            assertTrue(ctx.err() instanceof DeadlineExceededException);
        });
    }

    @Test
    @Item("ST-08")
    void alarm_readLate_givesTheTimeAtWhichItFired() {
        Bubble.run(b -> {
            var alarm = Alarm.in(ofSeconds(1));
            b.sleep(ofSeconds(3));
            assertEquals(START.plusSeconds(1), alarm.fired().receive());
            assertEquals(START.plusSeconds(3), b.now());
        });
    }

    @Test
    @Item("ST-08")
    void alarm_resetAgainAndAgain_addsUp() {
        Bubble.run(b -> {
            var alarm = Alarm.in(ofSeconds(1));
            assertEquals(START.plusSeconds(1), alarm.fired().receive());
            alarm.reset(ofSeconds(2));
            assertEquals(START.plusSeconds(3), alarm.fired().receive());
            alarm.reset(ofSeconds(4));
            assertEquals(START.plusSeconds(7), alarm.fired().receive());
            assertEquals(START.plusSeconds(7), b.now());
        });
    }

    @Test
    @Item("ST-09")
    void alarm_ofZero_canBeReadWithoutWaiting() {
        Bubble.run(b -> {
            assertEquals(new Received.Value<>(START), Alarm.in(Duration.ZERO).fired().tryReceive());
            assertEquals(new Received.Value<>(START), After.after(Duration.ZERO).tryReceive());
        });
    }

    @Test
    void call_dueWhenItIsSet_isMadeWhileOthersRun() {
        Bubble.run(b -> {
            var called = new AtomicBoolean();
            After.afterFunc(Duration.ZERO, () -> called.set(true));
            while (!called.get()) { // nobody comes to rest
                Thread.onSpinWait();
            }
            assertEquals(START, b.now());
        });
    }

    @Test
    @Item("ST-10")
    void sleepers_ofTheSameInstant_wakeInBothOrders() {
        var orders = new HashSet<List<Integer>>();
        for (int round = 0; round < 1000; round++) {
            var order = new ArrayList<Integer>();
            Bubble.options().serial(round).run(b -> {
                for (int i = 0; i < 2; i++) {
                    int me = i;
                    go(() -> {
                        Context.background().sleep(ofSeconds(1));
                        order.add(me);
                    });
                }
                b.sleep(ofSeconds(1));
            });
            orders.add(order);
        }
        assertEquals(2, orders.size());
    }

    @Test
    @Item("ST-10")
    void timers_ofTheSameInstant_fireInBothOrders() {
        var first = new HashSet<Integer>();
        for (int round = 0; round < 1000; round++) {
            Bubble.run(b -> {
                // Whose timer is the first to fire has the select: no goroutine's speed decides.
                var one = After.after(ofSeconds(1));
                var two = After.after(ofSeconds(1));
                first.add(Select.<Integer>first().receive(one, _ -> 1).receive(two, _ -> 2).run());
            });
        }
        assertEquals(2, first.size());
    }

    @Test
    @Item("ST-14")
    void timers_pendingAfterMainHasEnded_neverRun() {
        var ran = new AtomicLong();
        Bubble.run(b -> {
            After.afterFunc(ofSeconds(1), ran::incrementAndGet);
            Context.background().withTimeout(ofSeconds(1)).afterFunc(ran::incrementAndGet);
        });
        assertEquals(0, ran.get());
    }

    @Test
    @Item("ST-24")
    void await_atAnInstantAtWhichMuchIsDue_returnsAfterAllOfIt() {
        for (int round = 0; round < 100; round++) {
            Bubble.run(b -> {
                var done = new AtomicLong();
                for (int i = 0; i < 10; i++) {
                    After.afterFunc(ofSeconds(1), () -> {
                        done.incrementAndGet();
                        After.afterFunc(Duration.ZERO, done::incrementAndGet);
                    });
                }
                Context.background().sleep(ofSeconds(1));
                b.await();
                assertEquals(20, done.get());
                assertEquals(START.plusSeconds(1), b.now());
            });
        }
    }

    @Test
    @Item("ST-25")
    void sleep_ofTheBubble_isSleepAndWait() {
        for (int round = 0; round < 100; round++) {
            Bubble.run(b -> {
                var done = new AtomicLong();
                for (int i = 0; i < 10; i++) {
                    go(() -> {
                        Context.background().sleep(ofMinutes(1));
                        done.incrementAndGet();
                    });
                }
                b.sleep(ofMinutes(1));
                assertEquals(10, done.get());
                assertEquals(START.plusSeconds(60), b.now());
            });
        }
    }

    @Test
    @Item("ST-26")
    void difference_toATimeTakenOutside_isRight() {
        Instant outside = Instant.now();
        Bubble.run(b -> {
            assertEquals(Duration.between(outside, START), Duration.between(outside, b.now()));
            b.sleep(ofHours(1));
            assertEquals(Duration.between(outside, START).plusHours(1), Duration.between(outside, b.now()));
            // By the calendar of the bubble, an instant taken outside is far in the future.
            assertFalse(Context.background().withDeadline(outside).isDone());
        });
    }

    @Test
    void ticker_inABubble_ticksByItsClock() {
        Bubble.run(b -> {
            try (var ticker = Ticker.every(ofMinutes(1))) {
                for (int i = 1; i <= 1000; i++) {
                    assertEquals(START.plusSeconds(60L * i), ticker.ticks().receive());
                }
            }
        });
    }

    @Test
    void sleepers_ofManyInstants_eachWakeAtTheirs() {
        Bubble.run(b -> {
            var wg = new WaitGroup();
            for (int i = 1; i <= 1000; i++) {
                int millis = (i * 7919) % 1000;
                wg.go(() -> {
                    Context.background().sleep(Duration.ofMillis(millis));
                    assertEquals(START.plusMillis(millis), b.now());
                });
            }
            wg.await();
            assertEquals(START.plusMillis(999), b.now());
        });
    }
}
