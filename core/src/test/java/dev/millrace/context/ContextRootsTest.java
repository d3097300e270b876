package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The roots, and what holds for every context.
class ContextRootsTest {
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    @Item({"CTX-R01", "CTX-K01"})
    void roots_asked_neverEndAndHaveNothing() {
        for (Context root : List.of(Context.background(), Context.todo())) {
            assertTrue(root.done().isNever());
            assertFalse(root.done().isDone());
            assertFalse(root.isDone());
            assertNull(root.err());
            assertNull(root.cause());
            assertNull(root.cancelRecord());
            assertEquals(Optional.empty(), root.deadline());
            assertEquals(Optional.empty(), root.remaining());
            assertEquals(Long.MAX_VALUE, root.remainingNanos());
            assertNull(root.value(KEY));
            assertEquals("", root.name());
            root.check();
        }
    }

    @Test
    @Item("CTX-R02")
    void roots_compared_eachEqualsOnlyItself() {
        assertSame(Context.background(), Context.background());
        assertEquals(Context.background(), Context.background());
        assertSame(Context.todo(), Context.todo());
        assertNotEquals(Context.background(), Context.todo());
        assertEquals("context.Background", Context.background().toString());
        assertEquals("context.TODO", Context.todo().toString());
    }

    @Test
    void backgroundDone_awaitedForAMoment_answersFalse() {
        assertFalse(Context.background().awaitDone(Duration.ZERO));
        assertFalse(Context.background().awaitDone(Duration.ofMillis(2)));
        assertFalse(Context.background().done().await(Duration.ofSeconds(-1)));
    }

    @Test
    @Item("CTX-R04")
    void answers_repeated_areStable() {
        try (var ctx = Context.background().withValue(KEY, "v").withTimeout(TestTools.HOUR)) {
            assertSame(ctx.done(), ctx.done());
            assertEquals(ctx.deadline(), ctx.deadline());
            assertSame(ctx.value(KEY), ctx.value(KEY));
            assertNull(ctx.err());
            ctx.cancel(new Throwable("why"));
            assertSame(ctx.err(), ctx.err());
            assertSame(ctx.cause(), ctx.cause());
            assertSame(ctx.done(), ctx.done());
            assertEquals(ctx.deadline(), ctx.deadline());
            assertSame(ctx.cancelRecord(), ctx.cancelRecord());
        }
    }

    @Test
    @Item("CTX-R05")
    void answers_askedByManyThreads_areTheSame() {
        for (int round = 0; round < 100; round++) {
            var ctx = Context.background().withTimeout(TestTools.HOUR).withValue(KEY, "v").withCancel();
            var bodies = new TestTools.Body[4];
            var seen = new Object[4][];
            for (int t = 0; t < 4; t++) {
                int me = t;
                bodies[t] = () -> {
                    if (me == 0) {
                        ctx.cancel();
                    }
                    ctx.awaitDone();
                    seen[me] = new Object[] {ctx.done(), ctx.err(), ctx.cause(), ctx.deadline(), ctx.value(KEY),
                        ctx.cancelRecord()};
                };
            }
            TestTools.together(bodies);
            for (Object[] s : seen) {
                assertEquals(List.of(seen[0]), List.of(s));
                assertSame(seen[0][1], s[1]);
            }
        }
    }

    @Test
    @Item("CTX-R06")
    void errors_texts_beginWithGosWords() {
        var cancelled = Context.background().withCancel().withCancel();
        cancelled.cancel();
        assertEquals("context canceled", cancelled.err().getMessage()); // nobody had looked: no more to be said
        var seen = Context.background().withCancel();
        seen.withCancel();
        seen.cancel();
        assertTrue(seen.err().getMessage().startsWith("context canceled: cancelled on "), seen.err().getMessage());
        var late = Context.background().withTimeout(Duration.ZERO);
        assertTrue(late.err().getMessage().startsWith("context deadline exceeded"), late.err().getMessage());
    }

    @Test
    @Item("CTX-R07")
    void errors_askedForTimeout_onlyTheDeadlineIsOne() {
        var cancelled = Context.background().withCancel();
        cancelled.cancel();
        var late = Context.background().withTimeout(Duration.ZERO);
        assertFalse(cancelled.err().isTimeout());
        assertTrue(late.err().isTimeout());
        assertTrue(new DeadlineExceededException("x").isTimeout());
        assertFalse(new CancelledException("x").isTimeout());
    }

    @Test
    void key_derived_isAnotherKeyWithTheSameName() {
        var withDefault = Context.Key.named("key", "d");
        assertEquals("key", withDefault.name());
        assertEquals("key", withDefault.toString());
        assertEquals("d", Context.background().value(withDefault));
        assertNull(Context.background().withValue(withDefault, "x").value(KEY));
        assertEquals("x", Context.background().withValue(withDefault, "x").value(withDefault));
        assertEquals("d", Context.background().withValue(withDefault, "x").without(withDefault).value(withDefault));
    }
}
