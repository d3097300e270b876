package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class FetchTest {
    private static final String LOST =
            "Get \"http://no-such-host.invalid\": dial tcp: lookup no-such-host.invalid: no such host";

    @Test
    void lost_thirdHostUnknown_printsTheTwoThatWork() {
        var run = Run.of(new FetchLost());
        assertEquals(0, run.status());
        assertTwoSuccesses(run.out());
        assertEquals(List.of(), run.err());
    }

    @Test
    void group_thirdHostUnknown_printsTheErrorLast() {
        var run = Run.of(new FetchGroup());
        assertEquals(0, run.status());
        assertEquals(LOST, run.out().getLast());
        assertTwoSuccesses(run.out().subList(0, run.out().size() - 1));
    }

    private static void assertTwoSuccesses(List<String> out) {
        assertEquals(2, out.size(), out::toString);
        var paths = out.stream()
                .map(line -> line.replaceAll("fetched http://[0-9.]+:[0-9]+(/[a-z]+) successfully", "$1")).sorted();
        assertEquals(List.of("/one", "/two"), paths.toList());
    }

    @Test
    void group_allHostsKnown_saysSo() throws Exception {
        try (var site = Fetch.open()) {
            String url = site.urls(List.of()).getFirst();
            assertEquals(List.of("fetched " + url + " successfully", "all goroutines succeeded"),
                    Run.of(new FetchGroup(), url).out());
        }
    }

    @Test
    void group_noUrl_namesWhatCame() {
        var out = Run.of(new FetchGroup(), "nonsense").out();
        assertEquals(1, out.size());
        assertTrue(out.getFirst().startsWith("Get \"nonsense\": "), out::toString);
    }

    @Test
    void group_refusedConnection_namesUrl() throws Exception {
        String gone;
        try (var site = Fetch.open()) {
            gone = site.urls(List.of()).getFirst();
        }
        var out = Run.of(new FetchGroup(), gone).out();
        assertTrue(out.getFirst().startsWith("Get \"" + gone + "\": "), out::toString);
        assertTrue(!out.getFirst().endsWith("null"), out::toString);
    }

    @Test
    void group_cancelled_throwsTheContextsException() {
        try (var ctx = Context.background().withCancel()) {
            ctx.cancel();
            assertThrows(CancelledException.class,
                    () -> new FetchGroup().run(ctx, new PrintStream(PrintStream.nullOutputStream()),
                            new PrintStream(PrintStream.nullOutputStream()), List.of()));
        }
    }
}
