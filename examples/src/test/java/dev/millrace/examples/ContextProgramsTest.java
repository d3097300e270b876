package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextProgramsTest {
    @Test
    void watch_cancelOfTheFirst_endsAllThreeOnce() {
        var run = Run.of(new Watch(), "--interval", "100ms", "--cancel-after", "250ms", "--linger", "1500ms");
        assertEquals(0, run.status());
        int stop = run.out().indexOf("OK, telling the monitors to stop");
        assertTrue(stop > 0, run.out()::toString);
        for (String name : List.of("ctx1", "ctx2", "ctx3")) {
            String alive = name + " goroutine being monitored...";
            String exit = name + " monitor exits, stopped...";
            assertTrue(run.out().indexOf(alive) < stop && run.out().contains(alive), run.out()::toString);
            assertTrue(Collections.frequency(run.out().subList(stop, run.out().size()), alive) <= 1,
                    run.out()::toString);
            assertEquals(1, Collections.frequency(run.out(), exit), run.out()::toString);
            assertTrue(run.out().lastIndexOf(alive) < run.out().indexOf(exit), run.out()::toString);
            assertTrue(run.out().indexOf(exit) > stop, run.out()::toString);
        }
        assertEquals(1, run.outWith("OK").size());
    }

    @RepeatedTest(10)
    void treeOrder_marked_parentBeforeChildrenLevelByLevel() {
        var run = Run.of(new TreeOrder());
        assertEquals(0, run.status());
        var marked = names(run, "marked: ");
        assertEquals("root", marked.getFirst(), run.out()::toString);
        assertEquals(List.of("A", "B"), marked.subList(1, 3).stream().sorted().toList(), run.out()::toString);
        assertEquals(List.of("A1", "A2", "B1", "B2"), marked.subList(3, 7).stream().sorted().toList());
        assertEquals(7, marked.size());
    }

    @Test
    void treeOrder_woken_everyWaiterOnce() {
        var woken = new ArrayList<>(names(Run.of(new TreeOrder()), "woken:  "));
        Collections.sort(woken);
        assertEquals(List.of("A", "A1", "A2", "B", "B1", "B2", "root"), woken);
    }

    private static List<String> names(Run run, String prefix) {
        var lines = run.outWith(prefix);
        assertEquals(1, lines.size(), run.out()::toString);
        return List.of(lines.getFirst().substring(prefix.length()).split(" "));
    }

    @Test
    void deadline_before_theSleepIsOver_printsItsError() {
        assertEquals(List.of("context deadline exceeded"), Run.of(new Deadline()).out());
    }

    @Test
    void deadline_after_theSleepIsOver_oversleeps() {
        assertEquals(List.of("overslept"), Run.of(new Deadline(), "--timeout", "1h", "--work", "1ms").out());
    }

    @ParameterizedTest
    @CsvSource({"45ms, 5", "0, 1"})
    void database_timeout_boundsTheAttempts(String timeout, int most) {
        var out = Run.of(new Database(), "--timeout", timeout, "--main-sleeps", "100ms").out();
        assertWorker(out, "db connecting ...", most);
    }

    @Test
    void database_mainIsFirst_cancelEndsTheWorker() {
        var out = Run.of(new Database(), "--timeout", "1h", "--main-sleeps", "30ms").out();
        assertWorker(out, "db connecting ...", Integer.MAX_VALUE);
    }

    @Test
    void query_timeout_endsInTheDatabaseToo() {
        var out = Run.of(new Query(), "--timeout", "200ms").out();
        assertEquals(5, out.size(), out::toString);
        assertTrue(out.get(1).startsWith("context deadline exceeded: \"count\" had 200 ms"), out::toString);
        assertEquals(List.of("the database is still at it: false", "asking the next: 1 + 1 = 2", "over"),
                out.subList(2, 5));
    }

    @Test
    void query_timeoutOfTheCallerAlone_leavesTheDatabaseAtIt() {
        var out = Run.of(new Query(), "--timeout", "200ms", "--by-hand").out();
        assertEquals(List.of("no answer after 200 ms: the caller has its timeout, and goes on",
                "a second later, the database is still at it: true", "over"), out.subList(1, 4));
    }

    @Test
    void five_deadline_endsAllHereAndElsewhere() {
        var out = Run.leavingNothing(new Five(), "--timeout", "2s").out();
        assertEquals(12, out.size(), out::toString);
        assertTrue(out.getFirst().startsWith("context deadline exceeded: \"page\" had 2 s"), out::toString);
        for (String task : List.of("task", "http", "socket", "process", "sql")) {
            assertEquals(1, out.stream().filter(line -> line.matches(".─ " + task + " +stopped after .*|"
                    + "   .─ " + task + " +stopped after .*")).count(), () -> task + ": " + out);
        }
        assertEquals("sql      the database runs the query: false", out.get(8));
        assertTrue(
                out.get(9).matches("http     the server logs: 499 GET /rate, 127.0.0.1:\\d+, \\d+ ms: client left: .*"),
                out::toString);
        assertEquals("socket   the peer reads the end", out.get(10));
        assertEquals("process  0 of its processes are left", out.get(11));
    }

    @Test
    void request_clientLeavesOrDeadline_endsAllBelow() {
        var run = Run.leavingNothing(new Request(), "--leave", "2s", "--deadline", "2s");
        String out = String.join("\n", run.out());
        assertEquals(1, run.outWith("alice is told: 2 orders, 1 EUR is 1.09 USD").size(), out);
        assertEquals(1, run.outWith("bob leaves: context deadline exceeded: \"bob's patience\" had 2 s").size(),
                out);
        assertEquals(1, run.outWith("   bob: context canceled: client left: 127.0.0.1:").size(), out);
        assertEquals(1, run.outWith("   page: 499 GET /page").size(), out);
        // Carol's deadline ends both servers' work, and the first hangs up: what the second hears of first is by chance.
        int left = run.outWith("   rates: 499 GET /rate").size();
        assertEquals(2, left + run.outWith("   rates: 504 GET /rate").size(), out);
        assertTrue(left > 0, out);
        assertEquals(1, run.outWith("carol is told: 504").size(), out);
        assertEquals(1, run.outWith("   page: 504 GET /page").size(), out);
        assertEquals(2, run.outWith("   the database counts: false").size(), out);
        assertEquals(2, run.out().stream().filter(line -> line.matches(" +.─ orders +stopped after .*")).count(), out);
        assertEquals(1, run.outWith("   carol: context deadline exceeded: ").size(), out);
        assertEquals(1, run.outWith("mallory is told: 403").size(), out);
        assertEquals(1, run.outWith("   rates: 401 GET /rate").size(), out);
        assertEquals("connections in use: 0", run.out().getLast());
        assertFalse(out.contains("s3cret"), out);
    }

    @Test
    void traceCode_everyLine_hasTheCode() {
        var out = Run.of(new TraceCode(), "--timeout", "45ms", "--main-sleeps", "100ms").out();
        assertWorker(out, "worker, trace code:12512312234", 5);
    }

    @Test
    void traceCode_withoutCode_saysSoAndGoesOn() {
        var out = Run.of(new TraceCode(), "--timeout", "45ms", "--main-sleeps", "100ms", "--without").out();
        assertEquals("invalid trace code", out.getFirst());
        assertWorker(out.subList(1, out.size()), "worker, trace code:", 5);
    }

    /// At least one attempt, then the worker's last line, then main's. A sleep is never too short, so `most` holds always.
    private static void assertWorker(List<String> out, String attempt, int most) {
        int attempts = Collections.frequency(out, attempt);
        assertTrue(attempts >= 1 && attempts <= most, out::toString);
        assertEquals(List.of("worker done!", "over"), out.subList(attempts, out.size()));
    }
}
