package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.testing.Bubble;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class CrawlerTest {
    /// In virtual time, where each answer takes exactly as long as the others: so an answer tells when its request began.
    @RepeatedTest(5)
    void crawler_requests_beginAtTicksAndNeverTwoAtOne() {
        Bubble.run(bubble -> {
            Instant start = bubble.now();
            var begun = new ArrayList<Long>();
            var out = new PrintStream(PrintStream.nullOutputStream()) {
                @Override
                public void println(String line) {
                    begun.add(Duration.between(start, bubble.now()).toMillis() - 250);
                }
            };
            assertEquals(0, new Crawler().run(Context.background(), out, out, List.of()));
            begun.removeLast(); // how many pages
            assertEquals(8, begun.size());
            // A tick that comes while there is nothing to begin is kept: so the second request comes with the first answer.
            assertEquals(List.of(100L, 350L, 400L, 500L, 600L, 700L, 800L, 900L), begun);
        });
    }

    @RepeatedTest(5)
    void crawler_web_everyReachablePageOnceAndAfterALinkToIt() {
        var out = Run.leavingNothing(new Crawler(), "--pace", "2ms", "--answer", "5ms").out();
        assertEquals("8 pages", out.getLast());
        var pages = out.subList(0, out.size() - 1).stream().map(line -> line.split(" ")[0]).toList();
        assertEquals(8, pages.size(), out::toString);
        var reachable = new TreeSet<>(Crawler.WEB.keySet());
        reachable.remove("/hidden");
        assertEquals(reachable, new TreeSet<>(pages));
        Set<String> linked = new HashSet<>(List.of("/"));
        for (String page : pages) {
            assertTrue(linked.contains(page), out::toString);
            linked.addAll(Crawler.WEB.get(page));
        }
    }

    @Test
    void crawler_paceOfZero_isRefused() {
        var run = Run.of(new Crawler(), "--pace", "0");
        assertEquals(2, run.status());
        assertEquals(List.of("crawler: --pace: expected a duration of more than 0, was 0"), run.err());
    }

    @Test
    void crawler_deadline_endsWhatIsUnderWay() {
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(20))) {
            assertThrows(DeadlineExceededException.class, () -> new Crawler().run(ctx,
                    new PrintStream(PrintStream.nullOutputStream()), new PrintStream(PrintStream.nullOutputStream()),
                    List.of("--pace", "1ms", "--answer", "1h")));
        }
    }
}
