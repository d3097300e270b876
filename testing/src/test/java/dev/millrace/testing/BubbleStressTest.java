package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Timer;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many bubbles and many timers. `-Dbubble.rounds=100000` is the full number of random bubbles, `-Dbubble.sleepers=10000` that of goroutines that
/// sleep a hundred times; `-Dbubble.seed` begins with another one.
class BubbleStressTest {
    @Test
    @Hazard(49)
    void randomBubbles_neverDeadlockAndTheirClockIsNeverEarly() {
        long first = Long.getLong("bubble.seed", 1);
        long rounds = Long.getLong("bubble.rounds", 2_000);
        for (long seed = first; seed < first + rounds; seed++) {
            RandomBubble.run(seed);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void randomBubbles_withAPlantedFault_areFoundOut(RandomBubble.Fault fault) {
        // Fewer steps are over than should be; or it is another time.
        String sign = fault == RandomBubble.Fault.DOES_NOT_COME ? ".*expected: <\\d+> but was: <\\d+>.*"
                : ".*expected: <2000-01-01T.*";
        var found = new ArrayList<String>();
        for (long seed = 1; seed <= 60 && found.stream().noneMatch(why -> why.matches(sign)); seed++) {
            try {
                RandomBubble.run(seed, fault);
            } catch (AssertionError e) {
                found.add(String.valueOf(e.getCause()));
            }
        }
        assertTrue(found.stream().anyMatch(why -> why.matches(sign)), "nobody noticed: " + found);
    }

    @Test
    void aMillionTimers_fireInTheOrderOfTheirInstants() {
        int n = 1_000_000;
        Bubble.options().limit(Duration.ofMinutes(1)).run(b -> {
            Scheduler scheduler = Scheduler.current();
            var random = new SplittableRandom(1);
            long start = scheduler.nanoTime();
            var fired = new AtomicLong();
            var late = new AtomicLong();
            for (int i = 0; i < n; i++) {
                long when = start + random.nextInt(500_000_000);
                scheduler.schedule(
                        new Timer() {
                            @Override
                            protected void fire() {
                                fired.incrementAndGet();
                                if (scheduler.nanoTime() != when) {
                                    late.incrementAndGet();
                                }
                            }
                        },
                        when);
            }
            b.sleep(Duration.ofSeconds(1));
            assertEquals(n, fired.get());
            assertEquals(0, late.get());
        });
    }

    @Test
    void manySleepers_eachWakeAtTheirInstants() {
        int sleepers = Integer.getInteger("bubble.sleepers", 1_000);
        Bubble.options().limit(Duration.ofMinutes(1)).run(b -> {
            Instant start = b.now();
            var woken = new AtomicLong();
            for (int i = 0; i < sleepers; i++) {
                int step = 1 + i;
                go(() -> {
                    for (int k = 1; k <= 100; k++) {
                        Context.background().sleep(Duration.ofMillis(step));
                        if (b.now().equals(start.plusMillis((long) k * step))) {
                            woken.incrementAndGet();
                        }
                    }
                });
            }
            b.sleep(Duration.ofMillis(100L * sleepers));
            assertEquals(100L * sleepers, woken.get());
        });
    }

    @Test
    void manyGoroutines_comeToRest() {
        Bubble.options().limit(Duration.ofMinutes(1)).run(b -> {
            var done = new AtomicLong();
            for (int i = 0; i < 20_000; i++) {
                go(() -> {
                    Context.background().sleep(Duration.ofSeconds(1));
                    done.incrementAndGet();
                });
            }
            b.await();
            assertEquals(0, done.get());
            b.sleep(Duration.ofSeconds(1));
            assertEquals(20_000, done.get());
            assertTrue(b.now().equals(Instant.parse("2000-01-01T00:00:01Z")));
        });
    }
}
