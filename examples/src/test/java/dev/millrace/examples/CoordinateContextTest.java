package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class CoordinateContextTest {
    private final List<Integer> ends = new ArrayList<>();

    /// Instead of ending this process, notes the status.
    private final Program program = new CoordinateContext(ends::add);

    @RepeatedTest(50)
    void coordinate_withoutPause_printsSomeOfTheNumbersAndTheEnd() {
        assertCoordinated(Run.of(program, "--pause", "0"));
        assertEquals(List.of(0), ends);
    }

    @Test
    void coordinate_withPause_printsSomeOfTheNumbersAndTheEnd() {
        assertCoordinated(Run.of(program, "--pause", "10ms"));
        assertEquals(List.of(0), ends);
    }

    @RepeatedTest(100)
    void cured_withoutPause_printsAllTwelveBeforeTheEnd() {
        assertAllTwelveThenEnd(Run.of(program, "--cured", "--pause", "0"));
    }

    @Test
    void cured_withPause_printsAllTwelveBeforeTheEnd() {
        assertAllTwelveThenEnd(Run.of(program, "--cured", "--pause", "10ms"));
    }

    private static void assertAllTwelveThenEnd(Run run) {
        assertEquals("End.", run.out().getLast());
        var additions = new Additions(run.out().subList(1, run.out().size() - 1));
        additions.assertAllTwelve();
        assertEquals(additions.failures, additions.added.stream().mapToInt(Additions.Added::attempt).sum());
    }

    @Test
    void timeout_beforeTheTotal_endsWithTheDeadlinesError() {
        var run = Run.of(program, "--timeout", "300ms", "--pause", "200ms");
        assertCoordinated(run);
        assertEquals(1, run.outWith("context deadline exceeded").size());
        var before = new Additions(run.out().subList(1, run.out().indexOf("End.")));
        assertFalse(before.sortedNumbers().contains(12), "twelve rounds of 200 ms do not fit");
    }

    @Test
    void coordinate_asItsOwnProcess_isEndedByTheEndOfMain() {
        var run = Run.child("coordinate-context", "--pause", "20ms");
        assertEquals(0, run.status());
        assertEquals(List.of(), run.err());
        assertCoordinated(run); // so "main goes on" is not among the lines
    }

    @Test
    void timeout_asItsOwnProcess_doesNotWaitForTheGoroutines() {
        var run = Run.child("coordinate-context", "--timeout", "50ms", "--pause", "1h");
        assertEquals(0, run.status());
        assertEquals(List.of("The number: 0 [with context.Context]", "End.", "context deadline exceeded"), run.out());
    }

    private static void assertCoordinated(Run run) {
        assertEquals(0, run.status());
        assertEquals("The number: 0 [with context.Context]", run.out().getFirst());
        assertEquals(1, run.outWith("End.").size());
        var rest = new ArrayList<>(run.out().subList(1, run.out().size()));
        assertTrue(rest.remove("End."));
        rest.remove("context deadline exceeded");
        new Additions(rest).assertNumbersAndIdsAreDistinctFrom1To12();
    }
}
