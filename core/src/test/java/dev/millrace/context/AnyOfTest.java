package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Ear;
import dev.millrace.internal.ManualScheduler;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Contexts with several parents.
class AnyOfTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> A = Context.Key.named("a");
    private static final Context.Key<String> B = Context.Key.named("b");

    private final Exception why = new Exception("why");

    @Test
    void anyParentsEnd_endsItWithThatCause() {
        for (int which = 0; which < 3; which++) {
            for (boolean heard : new boolean[] {false, true}) {
                var parents = new CancellableContext[] {BG.withCancel(), BG.withCancel(), BG.withTimeout(HOUR)};
                var merged = Context.anyOf(parents[0], parents[1], parents[2]);
                var below = merged.withCancel();
                Ear ear = heard ? Ear.on(below) : null;
                assertFalse(merged.isDone() || below.isDone());
                parents[which].cancel(why);
                assertTrue(ear == null || ear.hasHeard());
                assertTrue(merged.isDone() && below.isDone());
                assertSame(why, merged.cause());
                assertSame(parents[which].err(), below.err());
                for (int i = 0; i < 3; i++) {
                    assertEquals(i == which, parents[i].isDone());
                    assertEquals(0, TestTools.listeners(parents[i]));
                }
            }
        }
    }

    @Test
    void ownCancel_leavesTheParentsAlone() {
        var a = BG.withCancel();
        var b = BG.withCancel();
        var merged = Context.anyOf(a, b);
        Ear.on(merged);
        assertEquals(1, TestTools.listeners(a));
        assertEquals(1, TestTools.listeners(b));
        merged.cancel(why);
        assertFalse(a.isDone() || b.isDone());
        assertEquals(0, TestTools.listeners(a) + TestTools.listeners(b));
        assertSame(why, merged.cause());
    }

    @Test
    void deadline_isTheEarliest() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var root = TestTools.rootUnder(time);
            var a = root.withTimeout(Duration.ofSeconds(9));
            var b = root.withTimeout(Duration.ofSeconds(5));
            for (var merged : java.util.List.of(Context.anyOf(a, b), Context.anyOf(b, a), Context.anyOf(root, a, b))) {
                assertEquals(b.deadline(), merged.deadline());
                assertEquals(b.deadline(), merged.withCancel().withTimeout(Duration.ofSeconds(7)).deadline());
            }
            var polled = Context.anyOf(a, b);
            var heard = Context.anyOf(a, b);
            Ear ear = Ear.on(heard);
            time.advance(Duration.ofSeconds(5).minusNanos(1));
            assertFalse(polled.isDone() || heard.isDone());
            time.advance(1);
            assertTrue(ear.hasHeard());
            assertInstanceOf(DeadlineExceededException.class, polled.err());
            assertSame(b.err(), heard.err());
            assertFalse(a.isDone());
            assertEquals(Optional.empty(), Context.anyOf(root, BG).deadline());
        });
    }

    @Test
    void values_areTheFirstOnesThenTheNexts() {
        Context first = BG.withValue(A, "first");
        Context second = BG.withValue(A, "second").withValue(B, "b");
        Context third = BG.withValue(B, "third");
        var merged = Context.anyOf(first, second, third);
        assertEquals("first", merged.value(A));
        assertEquals("b", merged.value(B));
        assertEquals("own", merged.withValue(B, "own").value(B));
        assertNull(merged.without(B).value(B));
        assertEquals("third", Context.anyOf(first, third).value(B));
        assertNull(Context.anyOf(first).value(B));
    }

    @Test
    void values_hiddenInTheFirst_areTheNexts() {
        Context first = BG.withValue(A, "first").without(A);
        Context neverHad = BG.without(A);
        Context second = BG.withValue(A, "second");
        assertEquals("second", Context.anyOf(first, second).value(A));
        assertEquals("second", Context.anyOf(neverHad, second).value(A));
        assertNull(Context.anyOf(first, second).without(A).value(A));
        assertEquals("second", Context.anyOf(BG, BG.withCancel(), second).value(A));
    }

    @Test
    void parents_thatNeverEndOrAreTheSame_addNothing() {
        var a = BG.withCancel();
        var merged = Context.anyOf(BG, Context.todo(), BG.withValue(A, "v"));
        assertFalse(merged.isDone());
        merged.cancel();
        assertTrue(merged.isDone());
        var same = Context.anyOf(a, a, a.withValue(A, "v"), a.view());
        Ear ear = Ear.on(same);
        assertEquals(1, TestTools.listeners(a));
        a.cancel();
        assertTrue(ear.hasHeard());
        var fromBackground = Context.anyOf(BG, BG.withCancel());
        assertFalse(fromBackground.isDone());
    }

    @Test
    void endedParent_itIsBornDone() {
        var a = BG.withCancel();
        var b = BG.withCancel();
        b.cancel(why);
        assertSame(why, Context.anyOf(a, b).cause());
        assertSame(why, Context.anyOf(b, a).withTimeout(HOUR).cause());
        Context.anyOf(a, b).awaitDone();
        assertEquals(0, TestTools.listeners(a));
    }

    @Test
    void foreignParent_endsIt() {
        var source = new TestSource();
        var a = BG.withCancel();
        var merged = Context.anyOf(a, Context.from(source));
        Ear ear = Ear.on(merged);
        assertEquals(1, source.callbacks());
        source.end(why);
        assertTrue(ear.hasHeard());
        assertSame(why, merged.cause());
        assertEquals(0, TestTools.listeners(a));
    }

    private static WeakReference<Object> closed(Context a, Context b) {
        try (var merged = Context.anyOf(a, b)) {
            assertFalse(merged.isDone());
            assertEquals(2, TestTools.listeners(a) + TestTools.listeners(b));
            return new WeakReference<>(merged.done());
        }
    }

    @Test
    void closed_isHeldByNobody() {
        var a = BG.withCancel();
        var b = BG.withCancel();
        var merged = closed(a, b);
        assertEquals(0, TestTools.listeners(a) + TestTools.listeners(b));
        TestTools.collected("closed merge", merged);
        assertFalse(a.isDone() || b.isDone());
    }

    @Test
    void text_saysAnyOf() {
        assertEquals("context.Background.WithCancel.AnyOf", Context.anyOf(BG.withCancel(), BG.withCancel()).toString());
    }

    @Test
    void nested_hundredThousandDeepByTheFirstParent_ends() {
        var root = BG.withCancel();
        var other = BG.withCancel();
        Context ctx = root;
        for (int i = 0; i < 100_000; i++) {
            ctx = Context.anyOf(ctx, other);
        }
        assertFalse(ctx.isDone());
        assertEquals(Optional.empty(), ctx.deadline());
        Ear ear = Ear.on(ctx);
        root.cancel(why);
        assertTrue(ear.hasHeard());
        assertSame(why, ctx.cause());
        assertEquals(0, TestTools.listeners(other));
    }

    @Test
    void nested_hundredThousandDeepByTheOtherParent_ends() {
        var root = BG.withCancel();
        Context ctx = root;
        for (int i = 0; i < 100_000; i++) {
            ctx = Context.anyOf(BG.withCancel(), ctx);
        }
        assertFalse(ctx.isDone());
        Ear ear = Ear.on(ctx);
        root.cancel(why);
        assertTrue(ear.hasHeard());
        assertSame(why, ctx.cause());
    }

    @Test
    void diamonds_nestedThirtyTimes_costNoMoreThanTheirNodes() {
        var root = BG.withCancel();
        Context ctx = root;
        for (int i = 0; i < 30; i++) {
            ctx = Context.anyOf(ctx.withCancel(), ctx.withCancel(), ctx.withValue(A, "v"));
        }
        assertFalse(ctx.isDone());
        assertEquals(Optional.empty(), ctx.deadline());
        Ear ear = Ear.on(ctx);
        root.cancel(why);
        assertTrue(ear.hasHeard());
    }

    @Test
    void path_ofAnEndThroughAFurtherParent_beginsAtTheOrigin() {
        var a = BG.withName("a").withCancel();
        var b = BG.withName("b").withCancel();
        var merged = Context.anyOf(a.withName("merged"), b.withName("inner").withCancel());
        b.cancel();
        assertEquals(java.util.List.of("b", "inner", "merged"), merged.cancelPath());
        assertFalse(a.isDone());
    }
}
