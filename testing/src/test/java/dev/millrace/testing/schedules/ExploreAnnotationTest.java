package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("explore.sample."));
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

    private static String said(String sample) {
        assertNull(failure(sample), () -> String.valueOf(failure(sample)));
        return System.getProperty("explore.sample." + sample);
    }

    @Test
    void explored_allowRaces_raceIsNoFailure() {
        assertTrue(failure("raceFound").getMessage().startsWith("race on "), failure("raceFound").getMessage());
        assertNull(failure("raceAllowed"), () -> String.valueOf(failure("raceAllowed")));
    }

    @Test
    void explored_punctual_deadlinesPassOnlyWhenNobodyCanRun() {
        assertTrue(failure("lateFound").getMessage().contains("IllegalStateException: late"),
                failure("lateFound").getMessage());
        assertNull(failure("lateNever"), () -> String.valueOf(failure("lateNever")));
    }

    @Test
    void explored_whole_exploresTheLibraryToo() {
        int steps = said("libraryInSteps").length();
        int whole = said("libraryWhole").length();
        assertTrue(steps > 1 && whole > steps, steps + " orders, and " + whole);
    }

    @Test
    void explored_seed_decidesWhatIsChance() {
        assertEquals(said("seed7"), said("seed7Again"));
        assertNotEquals(said("seed7"), said("seed8"));
    }

    /// A sample runs in the one order that the property says.
    @Test
    void explored_replayProperty_runsThatOrderOnly() {
        String choices = assertInstanceOf(ScheduleError.class, failure("wrong")).choices();
        int all = said("libraryWhole").length();
        System.setProperty("millrace.explore.replay", choices);
        try {
            runSamples();
            var again = assertInstanceOf(ScheduleError.class, failure("wrong"));
            assertEquals(choices, again.choices());
            assertTrue(again.getMessage().contains("Found in schedule 1,"), again.getMessage());
            System.setProperty("millrace.explore.replay", "");
            runSamples();
            assertNull(failure("wrong"), () -> String.valueOf(failure("wrong")));
            int few = said("libraryWhole").length(); // one, and perhaps once more to show it
            assertTrue(few <= 2 && few < all, few + " of " + all);
        } finally {
            System.clearProperty("millrace.explore.replay");
            runSamples();
        }
    }
}
