package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.millrace.testing.explore.ScheduleError;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// `@Explore` at a test.
class ExploreAnnotationTest {
    private static final Map<String, TestExecutionResult> RESULTS = new ConcurrentHashMap<>();

    @BeforeAll
    static void runSamples() {
        var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(ExploreSamples.class)).build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                RESULTS.put(test.getDisplayName().replaceAll("\\(.*", ""), result);
            }
        });
    }

    private static Throwable failure(String test) {
        return RESULTS.get(test).getThrowable().orElse(null);
    }

    @Test
    void explored_rightProgram_passesWithLifeCycleMethods() {
        assertNull(failure("right"), () -> String.valueOf(failure("right")));
    }

    @Test
    void explored_wrongProgram_failsWithChoices() {
        var error = assertInstanceOf(ScheduleError.class, failure("wrong"));
        assertTrue(error.getMessage().contains("expected: <2> but was: <1>"), error.getMessage());
        assertTrue(error.getMessage().contains("ExploreSamples.wrong (ExploreSamples.java:"), error.getMessage());
    }

    @Test
    void explored_notAllInTime_fails() {
        assertTrue(failure("tooLong").getMessage().contains("not all could be run"), failure("tooLong").getMessage());
    }

    @Test
    void explored_parameter_isRefused() {
        assertTrue(
                failure("withParameter").getMessage().contains("without parameters"),
                failure("withParameter").getMessage());
    }
}
