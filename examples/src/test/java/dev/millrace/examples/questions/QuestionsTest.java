package dev.millrace.examples.questions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    @Test
    void backgroundOrTodo_bothForms_answerTheSame() {
        assertEquals("Hello, Ada!", BackgroundOrTodo.serve());
        assertEquals("Hello, Ada!", BackgroundOrTodo.greeting("Ada"));
        assertEquals("context.Background", Context.background().toString());
        assertEquals("context.TODO", Context.todo().toString());
        assertNotEquals(Context.background(), Context.todo());
    }

    @Test
    void waysToWait_waitGroupAndLatch_runEverything() throws Exception {
        var count = new AtomicInteger();
        WaysToWait.all(Collections.nCopies(20, count::incrementAndGet));
        assertEquals(20, count.get());
        WaysToWait.gate(Collections.nCopies(20, count::incrementAndGet));
        assertEquals(40, count.get());
    }

    @Test
    void waysToWait_context_endsWithTheFirst() {
        var answer = WaysToWait.firstOf(Context.background(), List.of("slow", "fast"), (ctx, part) -> {
            if (part.equals("slow")) {
                ctx.awaitDone();
            }
            return part;
        });
        assertEquals("fast", answer);
    }

    @Test
    void waysToWait_contextWithoutAnswer_endsWithItsParent() {
        try (var parent = Context.background().withCancel()) {
            assertThrows(CancelledException.class, () -> WaysToWait.firstOf(parent, List.of("one"), (_, part) -> {
                parent.cancel();
                return part;
            }));
        }
    }

    @Test
    void waysToWait_group_hasResultsOrTheFirstFailure() throws Exception {
        assertEquals("lr", WaysToWait.both(Context.background(), "l", "r", (_, part) -> part));
        var failure = new IllegalStateException("left");
        assertSame(failure, assertThrows(IllegalStateException.class,
                () -> WaysToWait.both(Context.background(), "l", "r", (ctx, part) -> {
                    if (part.equals("l")) {
                        throw failure;
                    }
                    ctx.awaitDone(); // told by the group
                    return part;
                })));
    }

    @Test
    void explicitOrAmbient_bothForms_findTheUser() {
        assertEquals("order 7 of ada", ExplicitOrAmbient.explicit(Context.background()));
        assertEquals("order 7 of ada", ExplicitOrAmbient.ambient(Context.background()));
    }

    @Test
    void explicitOrAmbient_goroutines_inheritOrAreGiven() {
        assertEquals(List.of("given of grace", "inherited of ada"), ExplicitOrAmbient.goroutines(Context.background()));
    }

    @Test
    void explicitOrAmbient_executor_losesWhatIsNotCarried() throws Exception {
        try (var pool = Executors.newSingleThreadExecutor()) {
            assertEquals(List.of("lost of nobody", "carried of ada"),
                    ExplicitOrAmbient.executor(Context.background(), pool));
        }
    }

    @Test
    void contextCanceled_clientLeft_isNamed() throws Exception {
        var line = ContextCanceled.serve(ctx -> {
            ctx.check();
            return "never";
        });
        assertTrue(line.startsWith("499 request 17 ended on "), line);
        assertTrue(line.contains("client left"), line);
    }

    @Test
    void contextCanceled_upstreamTooSlow_isATimeout() throws Exception {
        var line = ContextCanceled.forward(Context.background(), ctx -> {
            ctx.awaitDone();
            ctx.check();
            return "never";
        });
        assertTrue(line.startsWith("504 context deadline exceeded: \"upstream\" had 300 ms"), line);
    }

    @Test
    void contextCanceled_upstreamAnswers_isPassedOn() throws Exception {
        assertEquals("200 ok", ContextCanceled.forward(Context.background(), _ -> "ok"));
        assertThrows(DeadlineExceededException.class, () -> {
            try (var late = Context.background().withTimeout(java.time.Duration.ZERO)) {
                late.check();
            }
        });
    }

    @Test
    void sharedContext_manyGoroutines_allSeeTheValueAndTheEnd() {
        assertEquals(200, SharedContext.share(Context.background(), 200));
    }
}
