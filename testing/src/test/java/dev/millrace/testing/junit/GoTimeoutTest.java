package dev.millrace.testing.junit;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.TimeLimitError;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoTimeoutTest {
    static volatile boolean interruptedAfterwards;

    static class Hangs {
        @Test
        @GoTimeout("50ms")
        void waits() {
            var wg = new WaitGroup();
            var jobs = Chan.<String>unbuffered();
            wg.add(1);
            go("worker", () -> jobs.next());
            try {
                wg.await();
            } finally {
                interruptedAfterwards = Thread.currentThread().isInterrupted();
                jobs.close();
            }
        }

        @Test
        @GoTimeout("10s")
        void inTime() {}

        @Test
        @GoTimeout("10s")
        void failsInTime() {
            throw new IllegalStateException("mine");
        }

        @Test
        void afterwards() {
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void hangingTest_fails_withWhatEachWaitsFor() {
        Launched run;
        do { // the limit may strike before the goroutine has come to its wait
            run = Launched.run(Hangs.class);
        } while (!run.failure("waits").getMessage().contains("\"worker\" [chan receive"));
        assertEquals("{failsInTime=IllegalStateException, waits=TimeLimitError}", run.failed());
        var error = assertInstanceOf(TimeLimitError.class, run.failure("waits"));
        String text = error.getMessage();
        assertTrue(text.startsWith("Hangs > waits() took longer than 50 ms\nthe test's own thread \""), text);
        assertTrue(text.contains(" [sync.WaitGroup.Wait (counter 1, 1 waiting)]\n    at "), text);
        assertTrue(text.contains("Hangs.waits(GoTimeoutTest.java:"), text);
        assertTrue(text.contains("started by " + Thread.currentThread().getName() + " at GoTimeoutTest.java:"), text);
        assertInstanceOf(InterruptedWaitException.class, error.getSuppressed()[0]);
        assertTrue(interruptedAfterwards);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    static class HangsInClose {
        @Test
        @GoTimeout("50ms")
        void close() {
            var never = Chan.<String>unbuffered();
            try (var group = TaskGroup.open(Context.background())) {
                group.go("deaf", c -> never.receive()); // hears no context, and close() waits for it whatever comes
            }
        }
    }

    @Test
    void testThatWaitsForItsGoroutines_isEndedByTheirInterrupt() {
        String text;
        do {
            text = Launched.run(HangsInClose.class).failure("close").getMessage();
        } while (!text.contains("[errgroup.Wait") || !text.contains("\"deaf\" [chan receive"));
    }

    @GoTimeout("20ms")
    static class OnTheClass {
        @RepeatedTest(value = 2, name = "repeated {currentRepetition}")
        void repeated() throws Exception {
            Thread.sleep(60_000);
        }

        @Test
        @GoTimeout("10s")
        void longer() throws Exception {
            Thread.sleep(40);
        }

        @TestFactory
        Stream<DynamicTest> factory() {
            return Stream.of(DynamicTest.dynamicTest("dynamic", () -> Thread.sleep(60_000)));
        }
    }

    @Test
    void class_holdsForEachInvocation_nearestCounts() {
        assertEquals(
                "{dynamic=TimeLimitError, repeated 1=TimeLimitError, repeated 2=TimeLimitError}",
                Launched.run(OnTheClass.class).failed());
    }

    @Test
    void durations_areGos() {
        assertEquals(Duration.ofMillis(500), GoDuration.parse("x", "500ms"));
        assertEquals(Duration.ofSeconds(90), GoDuration.parse("x", "1m30s"));
        assertEquals(Duration.ofNanos(1_500), GoDuration.parse("x", "1.5us"));
        assertEquals(Duration.ofHours(2), GoDuration.parse("x", " 2h "));
        for (String bad : new String[] {"", "5", "s", "5 s", "-5s", "0s", "1s2", "2d", "99999999h99999999h"}) {
            var e = assertThrows(IllegalArgumentException.class, () -> GoDuration.parse("x", bad), bad);
            assertTrue(e.getMessage().startsWith("x must be a duration > 0"), e.getMessage());
        }
    }
}
