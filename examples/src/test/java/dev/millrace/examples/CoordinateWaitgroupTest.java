package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinateWaitgroupTest {
    private static final Pattern ROUNDS =
            Pattern.compile("([0-9]+) of ([0-9]+) rounds ended below 120; the lowest total is ([0-9]+)");

    @RepeatedTest(20)
    void coordinate_withoutPause_printsEveryNumberOnceAndEndLast() {
        assertBatches(Run.of(new CoordinateWaitgroup(), "--pause", "0"));
    }

    @Test
    void coordinate_withPause_failsAtMostThreeTimesABatch() {
        long start = System.nanoTime();
        var run = Run.of(new CoordinateWaitgroup(), "--pause", "20ms");
        assertBatches(run);
        // Four batches, and no goroutine of a batch is ready before its first pause is over.
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(4 * 20).toNanos());
    }

    @Test
    void coordinate_asItsOwnProcess_endsWithStatus0() {
        var run = Run.child("coordinate-waitgroup");
        assertEquals(0, run.status());
        assertEquals("main goes on", run.out().getLast());
        assertBatches(new Run(0, run.out().subList(0, run.out().size() - 1), run.err()));
    }

    private static void assertBatches(Run run) {
        assertEquals(0, run.status());
        assertEquals("The number: 0 [with sync.WaitGroup]", run.out().getFirst());
        assertEquals("End.", run.out().getLast());
        var additions = new Additions(run.out().subList(1, run.out().size() - 1));
        additions.assertAllTwelve();
        int position = 0;
        for (var a : additions.added) {
            int batch = position++ / 3;
            assertEquals(batch, (a.id() - 1) / 3, () -> "id of another batch: " + additions.added);
            assertEquals(batch, (a.number() - 1) / 3, () -> "number of another batch: " + additions.added);
        }
        // Who wins as the n-th of its batch has lost n - 1 times at most.
        assertTrue(additions.failures <= 12, () -> additions.failures + " failures");
        assertEquals(additions.failures, additions.added.stream().mapToInt(Additions.Added::attempt).sum());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cas", "read"})
    void broken_firstRound_printsEachStepOfEveryGoroutine(String what) {
        var run = Run.of(new CoordinateWaitgroup(), "--broken", what, "--rounds", "1");
        assertEquals(0, run.status());
        var steps = run.out().subList(0, run.out().size() - 1);
        var line = Pattern.compile("(added|add failed) from ([0-9]+) to ([0-9]+) --([0-9]+)");
        var added = steps.stream().map(line::matcher).filter(m -> {
            assertTrue(m.matches(), m::toString);
            assertEquals(Integer.parseInt(m.group(2)) + 1, Integer.parseInt(m.group(3)));
            return m.group(1).equals("added");
        }).map(m -> m.group(4)).toList();
        assertEquals(120, added.size());
        assertEquals(120, added.stream().distinct().count());
    }

    @Test
    void brokenCas_manyRounds_countsThoseThatEndedBelowTheTotal() {
        var counts = rounds(Run.of(new CoordinateWaitgroup(), "--broken=cas", "--rounds=500"));
        assertEquals(500, counts[1]);
        // Whether an addition is lost is chance; that what is counted and what is lost agree is not.
        assertTrue(counts[0] == 0 ? counts[2] == 120 : counts[2] < 120);
    }

    @Test
    void brokenRead_manyRounds_neverLosesAnAddition() {
        var counts = rounds(Run.of(new CoordinateWaitgroup(), "--broken", "read", "--rounds", "500"));
        assertEquals(0, counts[0]);
        assertEquals(500, counts[1]);
        assertEquals(120, counts[2]);
    }

    private static int[] rounds(Run run) {
        assertEquals(0, run.status());
        var m = ROUNDS.matcher(run.out().getLast());
        assertTrue(m.matches(), () -> run.out().getLast());
        return new int[] {Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3))};
    }
}
