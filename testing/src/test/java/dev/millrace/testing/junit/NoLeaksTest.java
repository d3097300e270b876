package dev.millrace.testing.junit;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.Leak;
import dev.millrace.testing.LeakError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoLeaksTest {
    private static volatile CountDownLatch over = new CountDownLatch(1);

    @BeforeEach
    void plant() {
        over = new CountDownLatch(1);
    }

    @AfterEach
    void release() {
        over.countDown();
    }

    static void leave(String name) {
        CountDownLatch until = over;
        go(name, until::await);
    }

    private static List<String> left(Throwable failure) {
        return ((LeakError) failure).leaks().stream().map(Leak::name).filter(n -> !n.equals("server")).sorted()
                .toList();
    }

    static class OnMethods {
        @Test
        @NoLeaks(within = "20ms")
        void leaks() {
            leave("one");
        }

        @Test
        @NoLeaks(within = "50s")
        void clean() {
            go(() -> {});
        }

        @Test
        void unchecked() {
            leave("nobody asks");
        }

        @Test
        @NoLeaks(within = "20ms", ignoreName = "o*")
        void ignores() {
            leave("one");
        }

        @Test
        @NoLeaks(within = "20ms")
        void fails() {
            leave("two");
            throw new IllegalStateException("mine");
        }
    }

    @Test
    void method_thatLeaves_fails_andNamesItsGoroutines() {
        var run = Launched.run(OnMethods.class);
        assertEquals("{fails=IllegalStateException, leaks=LeakError}", run.failed());
        assertEquals(List.of("one"), left(run.failure("leaks")));
        String text = run.failure("leaks").getMessage();
        assertTrue(text.startsWith("1 goroutine left behind by OnMethods > leaks()\ngoroutine "), text);
        assertTrue(text.contains("at NoLeaksTest.java:"), text);
        Throwable mine = run.failure("fails");
        assertEquals("mine", mine.getMessage());
        assertEquals(List.of("two"), left(mine.getSuppressed()[0]));
    }

    @NoLeaks(within = "50s", ignoreName = "allowed")
    static class OnTheClass {
        private final CountDownLatch stopped = new CountDownLatch(1);

        @BeforeEach
        void start() {
            go("server", stopped::await);
        }

        @AfterEach
        void stop() {
            stopped.countDown();
        }

        @Test
        void clean() {
            leave("allowed");
        }

        @Test
        @NoLeaks(within = "50s", ignoreName = "here too")
        void cleanByBothRules() {
            leave("allowed");
            leave("here too");
        }

        @Test
        @NoLeaks(within = "20ms")
        void leaks() {
            leave("one");
        }

        @RepeatedTest(value = 2, name = "repeated {currentRepetition}")
        @NoLeaks(within = "20ms")
        void repeated() {
            leave("again");
        }

        @ParameterizedTest(name = "parameter {0}")
        @ValueSource(ints = {1, 2})
        @NoLeaks(within = "20ms", ignoreName = "server")
        void parameterized(int n) {
            if (n == 2) {
                leave("of 2");
            }
        }

        @TestFactory
        @NoLeaks(within = "20ms")
        Stream<DynamicTest> factory() {
            return Stream.of(DynamicTest.dynamicTest("dynamic", () -> leave("of dynamic")));
        }

        @Nested
        class Within {
            @Test
            @NoLeaks(within = "20ms")
            void nestedLeaks() {
                leave("allowed");
                leave("nested");
            }
        }
    }

    @Test
    void class_holdsForEachTest_fromBeforeEachToAfterEach() {
        var run = Launched.run(OnTheClass.class);
        assertEquals(
                "{factory=LeakError, leaks=LeakError, nestedLeaks=LeakError, parameter 2=LeakError,"
                        + " repeated 1=LeakError, repeated 2=LeakError}",
                run.failed());
        assertEquals(List.of("of dynamic"), left(run.failure("factory")));
        assertEquals(List.of("nested"), left(run.failure("nestedLeaks")));
        assertEquals(List.of("again"), left(run.failure("repeated 2")));
    }

    @NoLeaks(within = "20ms")
    static class LeaksAround {
        @BeforeEach
        void start() {
            leave("before");
        }

        @AfterEach
        void stop() {
            leave("after");
        }

        @Test
        void test() {}
    }

    @Test
    void beforeEachAndAfterEach_belongToTheTest() {
        assertEquals(List.of("after", "before"), left(Launched.run(LeaksAround.class).failure("test")));
    }

    @NoLeaks(within = "20ms")
    static class BeforeAndAfterAll {
        @BeforeAll
        static void start() {
            leave("of the class");
        }

        @AfterAll
        static void stop() {
            leave("of the end");
        }

        @Test
        void test() {}

        @Test
        void leaks() {
            leave("of the test");
        }
    }

    @Test
    void beforeAll_belongsToTheClass_andEachLeakIsBlamedOnce() {
        var run = Launched.run(BeforeAndAfterAll.class);
        assertEquals("{BeforeAndAfterAll=LeakError, leaks=LeakError}", run.failed());
        assertEquals(List.of("of the test"), left(run.failure("leaks")));
        assertEquals(List.of("of the class", "of the end"), left(run.failure("BeforeAndAfterAll")));
    }

    @NoLeaks(within = "20ms")
    @Execution(ExecutionMode.CONCURRENT)
    static class SideBySide {
        static final CyclicBarrier TOGETHER = new CyclicBarrier(2);

        @Test
        void leaks() throws Exception {
            TOGETHER.await();
            leave("of leaks");
            TOGETHER.await();
        }

        @Test
        @NoLeaks(within = "50s")
        void clean() throws Exception {
            TOGETHER.await();
            go("brief", () -> {});
            TOGETHER.await();
        }
    }

    @Test
    void parallelTests_areNotConfused() {
        var run = Launched.run(
                Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "2"),
                SideBySide.class);
        assertEquals("{leaks=LeakError}", run.failed());
        assertEquals(List.of("of leaks"), left(run.failure("leaks")));
    }

    static class BadText {
        @Test
        @NoLeaks(within = "soon")
        void leaks() {}
    }

    @Test
    void patience_thatIsNoDuration_isRefused() {
        Throwable failure = Launched.run(BadText.class).failure("leaks");
        assertSame(IllegalArgumentException.class, failure.getClass());
        assertEquals("@NoLeaks(within) must be a duration > 0 such as \"500ms\" or \"1m30s\", was \"soon\"",
                failure.getMessage());
    }
}
