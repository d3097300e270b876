package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.Bubble;
import dev.millrace.verify.Item;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelProgramsTest {
    @RepeatedTest(20)
    void gen_readerLeavesAtFive_generatorEnds() {
        assertEquals(List.of("1", "2", "3", "4", "5"), Run.leavingNothing(new Gen()).out());
    }

    @RepeatedTest(5)
    void workers_cancel_reachesTheGrandchild() {
        var out = Run.leavingNothing(new Workers(), "--interval", "5ms", "--cancel-after", "12ms").out();
        int over = out.indexOf("over");
        assertTrue(out.subList(0, over).contains("worker"), out::toString);
        assertTrue(out.contains("worker2"), out::toString);
        // Nobody waits for worker2: it may be about to speak when main is over, once.
        assertTrue(List.of(List.of(), List.of("worker2")).contains(out.subList(over + 1, out.size())), out::toString);
    }

    /// The program as it is in the notes, cancelled between two lines: in virtual time.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void workers_cancelledAfterTwoAndAHalfSeconds_sayTheirNamesThreeTimes(boolean group) {
        var args = group ? new String[] {"--cancel-after", "2500ms", "--group"}
                : new String[] {"--cancel-after", "2500ms"};
        Bubble.run(_ -> {
            var out = Run.of(new Workers(), args).out();
            assertEquals(3, Collections.frequency(out, "worker"), out::toString);
            assertEquals(3, Collections.frequency(out, "worker2"), out::toString);
            assertEquals(List.of("over"), out.subList(6, out.size()), out::toString);
        });
    }

    @RepeatedTest(5)
    void workers_inAGroup_areBothWaitedFor() {
        var out = Run.leavingNothing(new Workers(), "--interval", "5ms", "--cancel-after", "12ms", "--group").out();
        assertTrue(out.contains("worker") && out.contains("worker2"), out::toString);
        assertEquals(out.size() - 1, out.indexOf("over"), out::toString);
    }

    @Test
    void channels_everyState_answersAsInGo() {
        var expected = """
                unbuffered: received 10
                buffered: len 2, cap 3
                after close: 1, a value
                after close: 2, a value
                after close: closed and empty
                range until closed: sum 6

                         nil                          empty     full      neither   closed
                send     waits                        sent      waits     sent      throws: send on closed channel
                receive  waits                        waits     got 1     got 1     closed, at once
                close    throws: close of nil channel closed    closed    closed    throws: close of closed channel
                len      0                            0         2         1         0
                cap      0                            2         2         2         2
                """;
        assertEquals(expected.lines().toList(), Run.leavingNothing(new Channels()).out());
    }

    @RepeatedTest(5)
    void selectLoop_rounds_areThoseOfTheThreeCases() {
        var out = Run.leavingNothing(new SelectLoop()).out();
        assertEquals(List.of("received from ch1", "received from ch2", "sent to ch3"),
                out.stream().map(line -> line.split(": ")[0]).toList());
        assertEquals(30, out.stream().mapToInt(line -> Integer.parseInt(line.split(": ")[1])).sum());
    }

    @Test
    void selectLoop_twoReadyCases_areChosenAlike() {
        var out = Run.leavingNothing(new SelectLoop(), "--always-ready", "--rounds", "10000").out();
        int first = Integer.parseInt(out.get(0).replace("received from ch1: ", ""));
        int second = Integer.parseInt(out.get(1).replace("received from ch2: ", ""));
        assertEquals(10_000, first + second);
        assertTrue(Math.abs(first - 5_000) < 500, out::toString); // ten standard deviations of a fair coin, as in Go's test
    }

    @RepeatedTest(5)
    void reconfigure_change_reachesChannelAndReferenceButNotContext() {
        assertEquals(List.of(
                "channel: ann now says hello",
                "channel: bob now says good day",
                "channel: ann now says welcome",
                "reference: hello ann",
                "reference: welcome ann",
                "context: hello ann, although the new one says welcome"),
                Run.leavingNothing(new Reconfigure()).out());
    }

    @RepeatedTest(5)
    void pingPong_players_takeTurns() {
        var out = Run.leavingNothing(new PingPong(), "--pause", "1ms", "--match", "20ms").out();
        int hits = out.size() - 1;
        assertEquals(hits + " hits", out.getLast());
        assertTrue(hits >= 1, out::toString);
        for (int i = 0; i < hits; i++) {
            assertTrue(out.get(i).matches("p[io]ng " + (i + 1)), out::toString);
            assertTrue(i == 0 || !out.get(i).substring(0, 4).equals(out.get(i - 1).substring(0, 4)), out::toString);
        }
    }

    @RepeatedTest(5)
    void fanIn_eachSpeaker_isHeardInOrder() {
        var out = Run.leavingNothing(new FanIn(), "--lines", "50", "--pause", "100us").out();
        assertEquals("Enough, I leave.", out.getLast());
        assertEquals(51, out.size());
        for (String name : List.of("Ann ", "Bob ")) {
            var lines = out.stream().filter(line -> line.startsWith(name)).toList();
            assertEquals(IntStream.rangeClosed(1, lines.size()).mapToObj(n -> name + n).toList(), lines);
        }
    }

    @Test
    @Item("CH-20")
    void daisyChain_tenThousand_addOneEach() {
        assertEquals(List.of("10000"), Run.leavingNothing(new DaisyChain(), "--goroutines", "10000").out());
    }

    @Test
    @Item("CH-21")
    void sieve_hundredPrimes_areThePrimes() {
        var expected = IntStream.rangeClosed(2, 541)
                .filter(n -> IntStream.rangeClosed(2, n - 1).noneMatch(d -> n % d == 0))
                .mapToObj(String::valueOf).toList();
        assertEquals(100, expected.size());
        assertEquals(expected, Run.leavingNothing(new Sieve(), "--primes", "100").out());
    }

    @RepeatedTest(3)
    @Item("CH-21")
    void powerSeries_tenTerms_areThoseOfGosTest() {
        assertEquals(List.of(
                "Ones: 1 1 1 1 1 1 1 1 1 1",
                "Twos: 2 2 2 2 2 2 2 2 2 2",
                "Add: 3 3 3 3 3 3 3 3 3 3",
                "Diff: 1 2 3 4 5 6 7 8 9 10",
                "Integ: 0 1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9",
                "CMul: -1 -1 -1 -1 -1 -1 -1 -1 -1 -1",
                "Sub: -1 -1 -1 -1 -1 -1 -1 -1 -1 -1",
                "Mul: 1 2 3 4 5 6 7 8 9 10",
                "Exp: 1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880",
                "MonSubst: 1 0 -1 0 1 0 -1 0 1 0",
                "ATan: 0 1 0 -1/3 0 1/5 0 -1/7 0 1/9"),
                Run.leavingNothing(new PowerSeries()).out());
    }

    @Test
    @Item("CH-22")
    void workerPool_allJobsAccepted_areAllDone() {
        var out = Run.leavingNothing(new WorkerPool(), "--workers", "23", "--jobs", "271828", "--work", "0",
                "--stop-after", "1h").out();
        assertEquals(List.of(
                "offered:  271828 jobs",
                "accepted: 271828 jobs, sum " + 271_828L * 271_829 / 2,
                "done:     271828 jobs, sum " + 271_828L * 271_829 / 2), out);
    }

    @RepeatedTest(5)
    void workerPool_stopInTheMiddle_losesNoAcceptedJob() {
        // One worker needs 1000 s for them all: the stop is always in the middle.
        var out = Run.leavingNothing(new WorkerPool(), "--workers", "1", "--jobs", "1000000", "--work", "1ms",
                "--stop-after", "10ms").out();
        String accepted = out.get(1).replace("accepted: ", "");
        assertEquals(accepted, out.get(2).replace("done:     ", ""));
        assertNotEquals("1000000 jobs", accepted.split(",")[0]);
    }

    @Test
    void hedged_firstIsSlow_secondAnswersAndFirstIsCancelled() {
        assertEquals(List.of(
                "no answer after 1 ms, asking replica 2 as well",
                "replica 2 answers",
                "replica 1: context canceled"),
                Run.leavingNothing(new Hedged(), "--first", "1h", "--second", "1ms", "--after", "1ms").out());
    }

    @Test
    void hedged_secondIsSlow_firstAnswersAndSecondIsCancelled() {
        var out = Run.leavingNothing(new Hedged(), "--first", "20ms", "--second", "1h", "--after", "1ms").out();
        assertEquals(List.of(
                "no answer after 1 ms, asking replica 2 as well",
                "replica 1 answers",
                "replica 2: context canceled"), out);
    }

    @Test
    void hedged_firstIsQuick_secondIsNotAsked() {
        assertEquals(List.of("replica 1 answers"),
                Run.leavingNothing(new Hedged(), "--first", "1ms", "--after", "1h").out());
    }

    @RepeatedTest(5)
    void pipelines_allStages_squareEachNumberOnce() {
        var out = Run.leavingNothing(new Pipelines(), "--numbers", "50").out();
        assertEquals(IntStream.range(2, 52).mapToObj(n -> "squared twice: " + n * n * n * n).toList(),
                out.subList(0, 50));
        assertEquals(IntStream.range(2, 52).mapToObj(n -> "merged: " + n * n).sorted().toList(),
                out.subList(50, 100).stream().sorted().toList());
        assertEquals(100, out.size());
    }

    @RepeatedTest(20)
    void pipelines_readerLeavesEarly_allStagesEnd() {
        var out = Run.leavingNothing(new Pipelines(), "--numbers", "50", "--stop-early").out();
        assertEquals(1, out.size());
        assertEquals(1, Collections.frequency(List.of("merged: 4", "merged: 9", "merged: 16"), out.getFirst()));
    }
}
