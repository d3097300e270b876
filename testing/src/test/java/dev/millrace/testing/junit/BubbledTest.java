package dev.millrace.testing.junit;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.testing.Bubble;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BubbledTest {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofHours(1000);

    @Bubbled
    static class Inside {
        private final Thread made = Thread.currentThread();

        @BeforeEach
        void outside() {
            assertEquals(made, Thread.currentThread());
        }

        private void sleepLong(Bubble b) {
            assertEquals(START, b.now());
            Context.background().sleep(LONG);
            assertEquals(START.plus(LONG), b.now());
        }

        @Test
        void test(Bubble b) {
            sleepLong(b);
        }

        @Test
        void withoutParameter() {
            Context.background().sleep(LONG);
        }

        @RepeatedTest(value = 2, name = "repeated {currentRepetition}")
        void repeated(Bubble b) {
            sleepLong(b);
        }

        @ParameterizedTest(name = "parameter {0}")
        @ValueSource(strings = {"a", "b"})
        void parameterized(String letter, Bubble b) {
            sleepLong(b);
            assertTrue(letter.length() == 1);
        }

        @TestFactory
        Stream<DynamicTest> factory() {
            return Stream.of(DynamicTest.dynamicTest("dynamic", () -> Context.background().sleep(LONG)));
        }

        @Test
        void fails(Bubble b) {
            throw new IllegalStateException("mine at " + b.now());
        }

        @Test
        void deadlock() {
            Chan.<String>unbuffered().receive();
        }
    }

    @Test
    void bodies_runInABubbleEach() {
        var run = Launched.run(Inside.class);
        assertEquals("{deadlock=BubbleError, fails=IllegalStateException}", run.failed());
        assertEquals("mine at 2000-01-01T00:00:00Z", run.failure("fails").getMessage());
        assertTrue(run.count() >= 10);
    }

    static class Attributes {
        @Test
        @Bubbled(seed = 7)
        void seeded(Bubble b) {
            assertTrue(b.toString().contains("seed 7"), b.toString());
        }

        @Test
        @Bubbled(serial = true)
        void serial(Bubble b) {
            assertTrue(b.toString().contains("serial"), b.toString());
        }

        @Test
        @Bubbled(manual = true)
        void manual(Bubble b) {
            b.advance(LONG);
            assertEquals(START.plus(LONG), b.now());
        }

        @Test
        @Bubbled(limit = "20ms")
        void limited() throws InterruptedException {
            while (true) {
                Thread.sleep(5);
            }
        }

        @Test
        @Bubbled(seed = {1, 2})
        void twoSeeds() {}
    }

    @Test
    void attributes_areTheBubblesOptions() {
        var run = Launched.run(Attributes.class);
        assertEquals("{limited=BubbleError, twoSeeds=IllegalArgumentException}", run.failed());
    }

    static class Outside {
        @Test
        void parameterWithoutBubble(Bubble b) {}

        @Test
        @Bubbled
        @NoLeaks
        @GoTimeout("50ms")
        void allThree() {
            go("busy", () -> {
                while (true) {
                    Thread.sleep(10);
                }
            });
            Context.background().sleep(LONG);
        }
    }

    @Test
    void parameterWithoutBubble_isRefused_andTheLimitIsOfRealTime() {
        String text;
        do { // the limit may strike before they have come to their waits
            var run = Launched.run(Outside.class);
            assertEquals("{allThree=TimeLimitError, parameterWithoutBubble=ParameterResolutionException}",
                    run.failed());
            text = run.failure("allThree").getMessage();
        } while (!text.contains("\"busy\"") || !text.contains("\"main\" [sleep"));
    }
}
