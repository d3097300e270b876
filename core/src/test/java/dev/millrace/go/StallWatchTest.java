package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The watch over single waits. Goroutines of other tests may be reported too.
class StallWatchTest {
    @Test
    void watch_waitLongerThanTheSpan_isReportedOnceWithItsStack() throws Exception {
        var reports = new ConcurrentLinkedQueue<String>();
        var ch = Chan.<Integer>named("stalled").unbuffered();
        Go.go("stalls", () -> {
            ch.receive();
            ch.receive();
        });
        var options = WatchOptions.stalls(Duration.ofMillis(30)).every(Duration.ofMillis(5)).reportTo(reports::add);
        try (var _ = Goroutines.watch(options)) {
            Until.until("is reported", () -> !about(reports).isEmpty());
            someMoreLooks(reports);
            assertEquals(1, about(reports).size(), "the same wait, once");
            String report = about(reports).getFirst();
            assertAll(
                    () -> assertTrue(report.startsWith("waits for more than 30 ms:\n\ngoroutine "), report),
                    () -> assertTrue(report.contains("\"stalls\" [chan receive on channel \"stalled\" (unbuffered)"),
                            report),
                    () -> assertTrue(report.contains("\tat dev.millrace.go.StallWatchTest."), report),
                    () -> assertTrue(
                            report.endsWith(
                                    "ends when: anybody may who has the channel and sends to it, or closes it\n"),
                            report));
            ch.send(1);
            Until.until("the next wait is reported too", () -> about(reports).size() == 2);
        } finally {
            ch.close();
        }
    }

    /// Returns when the watch has looked at least twice more: each of two later waits was reported.
    private static void someMoreLooks(ConcurrentLinkedQueue<String> reports) throws Exception {
        for (int i = 0; i < 2; i++) {
            var gate = Chan.<Integer>named("gate " + i).unbuffered();
            Go.go(gate::receive);
            String mark = "\"gate " + i + '"';
            Until.until("a later wait is reported", () -> reports.stream().anyMatch(r -> r.contains(mark)));
            gate.close();
        }
    }

    private static List<String> about(ConcurrentLinkedQueue<String> reports) {
        return reports.stream().filter(r -> r.contains("\"stalled\"")).toList();
    }

    @Test
    void watch_closed_looksNoMore() throws Exception {
        var count = new AtomicInteger();
        var ch = Chan.<Integer>unbuffered();
        Go.go("waits", ch::receive);
        var watch = Goroutines.watch(
                WatchOptions.stalls(Duration.ofMillis(1)).every(Duration.ofMillis(1))
                        .reportTo(_ -> count.incrementAndGet()));
        Until.until("has looked", () -> count.get() > 0);
        watch.close();
        Until.until("its thread has ended", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals("millrace-watch")));
        ch.close();
    }

    @Test
    void options_spansThatAreNotPositive_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> WatchOptions.deadlocks().every(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> WatchOptions.stalls(Duration.ofMillis(-1)));
        assertEquals("watch every PT1S, for deadlocks (crash), for waits longer than PT5M",
                WatchOptions.deadlocks().crash().stallsAfter(Duration.ofMinutes(5)).toString());
    }
}
