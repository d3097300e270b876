package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyncProgramsTest {
    private static final Pattern SHORTFALL =
            Pattern.compile("([0-9]+) of ([0-9]+) rounds ended below ([0-9]+); the lowest total is ([0-9]+)");
    private static final Pattern COST = Pattern.compile("x:([0-9]+) cost:(\\S+)");

    @RepeatedTest(20)
    void mutex_twoGoroutines_addAll() {
        assertEquals(List.of("10000"), Run.leavingNothing(new MutexSum()).out());
    }

    @Test
    void mutexUnlocked_rounds_areCountedByWhatTheyLost() {
        var out = Run.leavingNothing(new MutexSum(), "--unlocked", "--rounds", "300").out();
        assertEquals(1, out.size());
        assertShortfall(out.getFirst(), 300, 10_000, 2);
    }

    @Test
    void mutexUnlocked_longEnough_losesAdditions() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1); // with one they work one after the other
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            String line;
            do {
                line = Run.of(new MutexSum(), "--unlocked", "--times", "200000", "--rounds", "20").out().getFirst();
            } while (line.startsWith("0 of "));
        });
    }

    /// Whether an addition is lost is chance; that what is counted and what is lost agree is not.
    private static void assertShortfall(String text, int rounds, int expected, int least) {
        Matcher m = SHORTFALL.matcher(text);
        assertTrue(m.matches(), text);
        assertEquals(rounds, Integer.parseInt(m.group(2)), text);
        assertEquals(expected, Integer.parseInt(m.group(3)), text);
        int below = Integer.parseInt(m.group(1));
        int lowest = Integer.parseInt(m.group(4));
        assertTrue(below <= rounds && lowest >= least, text);
        assertTrue(below == 0 ? lowest == expected : lowest < expected, text);
    }

    @Test
    void rwmutex_defaults_keepTheBounds() {
        var out = Run.leavingNothing(new RwmutexCompare()).out();
        assertEquals(List.of("10 writers, 1000 readers, Mutex", "10 writers, 1000 readers, RWMutex",
                "200 writers, 10 readers, Mutex", "200 writers, 10 readers, RWMutex"),
                IntStream.of(0, 2, 4, 6).mapToObj(out::get).toList());
        assertCost(out.get(1), 10, Duration.ofMillis(10 * 10 + 1_000));
        assertCost(out.get(3), 10, Duration.ofMillis(10 * 10));
        assertCost(out.get(5), 200, Duration.ofMillis(200 * 10 + 10));
        assertCost(out.get(7), 200, Duration.ofMillis(200 * 10));
        // 1000 readers one after the other against 1000 at a time: no machine is so slow that it is not seen.
        assertTrue(cost(out.get(3)).compareTo(cost(out.get(1))) < 0, out::toString);
    }

    @ParameterizedTest
    @CsvSource({"5, 20", "20, 0", "0, 5", "0, 0", "1, 1"})
    void rwmutex_smallSpans_keepTheBounds(int writers, int readers) {
        var out = Run.leavingNothing(new RwmutexCompare(), "--writers", "" + writers, "--readers", "" + readers,
                "--write", "500us", "--read=200us").out();
        assertEquals(4, out.size());
        assertEquals(writers + (writers == 1 ? " writer, " : " writers, ") + readers
                + (readers == 1 ? " reader, Mutex" : " readers, Mutex"), out.getFirst());
        assertCost(out.get(1), writers, Duration.ofNanos(writers * 500_000L + readers * 200_000L));
        assertCost(out.get(3), writers, Duration.ofNanos(writers * 500_000L));
    }

    @Test
    void rwmutex_oneCountGiven_keepsTheOthersDefault() {
        var out = Run.leavingNothing(new RwmutexCompare(), "--writers", "2", "--write", "0", "--read", "0").out();
        assertEquals("2 writers, 1000 readers, RWMutex", out.get(2));
    }

    private static void assertCost(String line, int x, Duration least) {
        Matcher m = COST.matcher(line);
        assertTrue(m.matches(), line);
        assertEquals(x, Integer.parseInt(m.group(1)), line);
        // The text leaves out what is below a microsecond.
        assertTrue(cost(line).plusMillis(1).compareTo(least) >= 0, () -> line + ", expected at least " + least);
    }

    private static Duration cost(String line) {
        return Durations.parse(line.replaceFirst(".* cost:", ""));
    }

    @RepeatedTest(5)
    void once_manyGoroutines_loadFourFilesAndSeeTheWholeMap() {
        assertEquals(List.of("loading left.png", "loading up.png", "loading right.png", "loading down.png",
                "100 of 100 goroutines saw all 4 icons"),
                Run.leavingNothing(new OnceIcons(), "--load", "1ms").out());
    }

    @RepeatedTest(5)
    void pool_withoutHold_reusesBuffersAndSharesNone() {
        var counts = pool(1_000, "1000", "10", "0");
        assertTrue(counts[0] <= Runtime.getRuntime().availableProcessors(), () -> counts[0] + " at once");
        // The most is one each time; were nothing reused, it would be all 10000.
        assertTrue(counts[1] < 1_000, () -> counts[1] + " made");
    }

    /// What the course says of it, and what mostly happens: a collection, or two puts at one instant, may cost a buffer.
    @Test
    void pool_mostRuns_makeNoMoreThanWereInUse() {
        int runs = 0;
        int[] counts;
        do {
            counts = pool(100, "100", "10", "1ms");
            runs++;
        } while (counts[1] > counts[0] && runs < 50);
        int[] last = counts;
        assertEquals(last[0], last[1], "made, in the last of " + runs + " runs");
    }

    @Test
    void pool_held_makesWhatIsInUse() {
        var counts = pool(200, "200", "3", "2ms");
        assertTrue(counts[0] > 1, () -> counts[0] + " at once");
        // Of those that come later, at least every second one gets one that was used before.
        assertTrue(counts[1] <= counts[0] + (600 - counts[0]) / 2,
                () -> counts[1] + " made, " + counts[0] + " at once");
    }

    /// The most in use at once, and how many were made.
    private static int[] pool(int goroutines, String... options) {
        var out = Run.leavingNothing(new PoolBuffers(), "--goroutines", options[0], "--times", options[1], "--hold",
                options[2]).out();
        assertEquals(List.of("used", "in use at once", "made", "used by two"),
                out.stream().map(line -> line.split(":")[0]).toList());
        assertEquals(goroutines * Integer.parseInt(options[1]) + " times, by " + goroutines + " goroutines",
                out.getFirst().split(": +")[1]);
        assertEquals("0", out.getLast().split(": +")[1], out::toString);
        int most = Integer.parseInt(out.get(1).split(": +")[1].replace(" at most", ""));
        int made = Integer.parseInt(out.get(2).split(": +")[1]);
        assertTrue(most >= 1 && most <= goroutines && made >= most, out::toString);
        return new int[] {most, made};
    }

    @RepeatedTest(20)
    void cond_broadcast_wakesEachOnce() {
        var out = Run.leavingNothing(new CondBroadcast(), "--prepare", "1ms").out();
        assertEquals("prepared", out.getFirst());
        assertEquals(List.of("1 ready", "2 ready", "3 ready", "4 ready", "5 ready"),
                out.stream().skip(1).sorted().toList());
    }

    @Test
    void cond_nothingToPrepareAndManyWaiters_wakesEachOnce() {
        var out = Run.leavingNothing(new CondBroadcast(), "--prepare", "0", "--waiters", "1000").out();
        assertEquals(1_001, out.stream().distinct().count());
        assertEquals(1_001, out.size());
    }

    @RepeatedTest(5)
    void map_operations_answerTheirFlags() {
        assertEquals(List.of(
                "store         sky = blue",
                "load          sky: blue, ok true",
                "load          sea: null, ok false",
                "loadOrStore   sky, grey: blue, loaded true",
                "loadOrStore   sea, green: green, loaded false",
                "loadAndDelete sky: blue, loaded true",
                "loadAndDelete sky: null, loaded false",
                "range         sea = green",
                "delete        sea; left: {}",
                "",
                "100 goroutines wrote 100 keys each; range counts 10000"),
                Run.leavingNothing(new MapOperations()).out());
    }

    @RepeatedTest(3)
    void atomic_lockAndAtomic_loseNothing() {
        var out = Run.leavingNothing(new AtomicSum(), "--rounds", "50").out();
        assertEquals("10000 additions by two goroutines, 50 rounds; the time is the median", out.getFirst());
        var names = new ArrayList<String>();
        for (String line : out.subList(1, 4)) {
            String[] parts = line.split(" +", 3);
            names.add(parts[0]);
            assertTrue(Durations.parse(parts[1]).compareTo(Duration.ofSeconds(10)) < 0, line);
            assertShortfall(parts[2], 50, 10_000, 2);
            assertTrue(parts[0].equals("x++") || parts[2].startsWith("0 of "), line);
        }
        assertEquals(List.of("Mutex", "Int64.add", "x++"), names);
        assertEquals(4, out.size());
    }

    /// Long enough for the two to work side by side: an addition that is not atomic would be lost.
    @Test
    void atomic_manyAdditions_loseNothing() {
        var out = Run.leavingNothing(new AtomicSum(), "--times", "1000000", "--rounds", "3").out();
        assertTrue(out.get(2).endsWith(" 0 of 3 rounds ended below 2000000; the lowest total is 2000000"),
                out::toString);
    }

    static Stream<List<String>> longRuns() {
        return Stream.of(List.of("mutex", "--unlocked", "--rounds", "1000000"), List.of("rwmutex", "--write", "1h"),
                List.of("once", "--load", "100ms"), List.of("pool", "--hold", "1h"), List.of("cond", "--prepare", "1h"),
                List.of("atomic", "--rounds", "1000000"));
    }

    @ParameterizedTest
    @MethodSource("longRuns")
    void run_contextEnds_endsTheProgram(List<String> args) {
        var program = Programs.find(args.getFirst()).orElseThrow();
        try (var ctx = Context.background().withCancel()) {
            go(ctx, _ -> ctx.cancel("enough"));
            var out = new PrintStream(new ByteArrayOutputStream());
            assertThrows(CancelledException.class,
                    () -> program.run(ctx, out, out, args.subList(1, args.size())));
        }
    }
}
