package dev.millrace.examples.guides;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.Bubble;
import dev.millrace.testing.Leaks;
import dev.millrace.testing.TimeLimit;
import dev.millrace.testing.junit.Bubbled;
import dev.millrace.testing.junit.GoTimeout;
import dev.millrace.testing.junit.NoLeaks;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The tests of the guide "Tests without sleeping". Some are meant to fail: the guide shows what they say.
class WithoutSleeping {
    // region bubble
    @Test
    @Bubbled
    void session_endsAfterHalfAnHour(Bubble b) {
        var session = Context.background().withTimeout(ofMinutes(30));
        b.sleep(ofMinutes(30).minusNanos(1)); // no real time passes
        assertFalse(session.isDone());
        b.sleep(ofNanos(1));
        assertTrue(session.isDone());
    }
    // endregion

    // region await
    @Test
    @Bubbled
    void reader_waitsForTheFirstValue(Bubble b) {
        var values = Chan.<String>unbuffered();
        var seen = Chan.<String>buffered(1);
        go("reader", () -> seen.send(values.receive()));
        b.await(); // the reader has come to its receive, and nobody can go on
        assertEquals(0, seen.len());
        values.send("a");
        assertEquals("a", seen.receive());
    }
    // endregion

    // region deadlock
    @Test
    void answer_isSentToNobody() {
        Bubble.run(b -> {
            Chan.<Integer>named("answer").unbuffered().send(42);
        });
    }
    // endregion

    // region leak
    @Test
    @NoLeaks
    void firstReplica_answers() {
        var answers = Chan.<String>unbuffered();
        for (String text : List.of("a", "b")) {
            go("replica", () -> answers.send(text));
        }
        answers.receive(); // and nobody receives the other one's answer
    }
    // endregion

    // region timeout
    @Test
    @GoTimeout("200ms")
    void jobs_areDone() {
        var jobs = Chan.<String>buffered(10);
        var wg = new WaitGroup();
        wg.go(() -> {
            for (String job : jobs) {
                System.out.println(job);
            }
        });
        wg.await(); // and nobody has closed jobs
    }
    // endregion

    static void anyFramework() {
        // region any
        Leaks.check(() -> {
            TimeLimit.run(ofSeconds(2), () -> {
                var wg = new WaitGroup();
                wg.go(() -> {});
                wg.await();
            });
        }); // what is left is named
        // endregion
    }
}
