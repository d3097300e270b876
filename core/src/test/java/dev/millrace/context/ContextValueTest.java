package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Values: nearest wins, keys are identities, any number and any depth.
class ContextValueTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> A = Context.Key.named("a");
    private static final Context.Key<String> B = Context.Key.named("b");

    @Test
    @Item("CTX-V01")
    void value_setOnTheWay_nearestWins() {
        Context ctx = BG.withValue(A, "grandparent").withValue(B, "b").withCancel();
        assertEquals("grandparent", ctx.value(A));
        assertEquals("b", ctx.value(B));
        Context nearer = ctx.withValue(A, "parent");
        assertEquals("parent", nearer.value(A));
        assertEquals("own", nearer.withCancel().withValue(A, "own").value(A));
        assertEquals("grandparent", ctx.value(A));
    }

    @Test
    @Item("CTX-V02")
    void keys_ofTheSameName_doNotCollide() {
        Context.Key<String> text = Context.Key.named("id");
        Context.Key<Integer> number = Context.Key.named("id");
        Context.Key<Integer> other = Context.Key.named("id");
        Context ctx = BG.withValue(text, "x").withValue(number, 1);
        assertEquals("x", ctx.value(text));
        assertEquals(1, ctx.value(number));
        assertNull(ctx.value(other));
    }

    @Test
    @Item("CTX-V03")
    void without_hidesAnOuterValue() {
        Context outer = BG.withValue(A, "a").withValue(B, "b");
        Context hidden = outer.without(A);
        assertNull(hidden.value(A));
        assertNull(hidden.withCancel().value(A));
        assertEquals("b", hidden.value(B));
        assertEquals("a", outer.value(A));
        assertEquals("again", hidden.withValue(A, "again").value(A));
        assertNull(BG.without(A).value(A));
    }

    @Test
    @Item("CTX-V04")
    void value_ofUnknownKey_isNull() {
        assertNull(BG.value(A));
        assertNull(BG.withValue(B, "b").withCancel().withTimeout(HOUR).value(A));
    }

    @Test
    @Item("CTX-V06")
    void withValue_showsTheParentsEndAndDeadline() {
        var parent = BG.withTimeout(HOUR);
        Context child = parent.withValue(A, "a");
        assertSame(parent.done(), child.done());
        assertEquals(parent.deadline(), child.deadline());
        assertNull(child.err());
        parent.cancel("why");
        assertSame(parent.err(), child.err());
        assertSame(parent.cause(), child.cause());
    }

    @Test
    @Item("CTX-V07")
    void value_crossesAllKindsOfNodes() {
        var source = new TestSource() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> T value(Context.Key<T> key) {
                return key == A ? (T) "foreign" : null;
            }
        };
        Context ctx = Context.from(source).withValue(B, "b").withCancel().withTimeout(HOUR).detach().withName("n")
                .withCancel().view();
        assertEquals("foreign", ctx.value(A));
        assertEquals("b", ctx.value(B));
        assertNull(ctx.without(A).value(A));
        assertEquals("own", ctx.withValue(A, "own").value(A));
        assertEquals("b", Context.anyOf(BG.withCancel(), ctx).value(B));
        assertEquals("b", ctx.detach(Detach.keepingDeadline()).value(B));
    }

    @Test
    @Item("CTX-V09")
    @Hazard(23)
    void values_aMillionDeep_areFoundAndMissedWithoutOverflow() {
        Context ctx = BG.withValue(B, "bottom");
        for (int i = 0; i < 1_000_000; i++) {
            ctx = ctx.withValue(A, "a");
        }
        assertNull(ctx.value(Context.Key.<String>named("missing")));
        assertEquals("bottom", ctx.value(B));
        assertEquals("a", ctx.value(A));
    }

    @Test
    @Item("CTX-V10")
    void siblingsAndParents_doNotSeeEachOthersValues() {
        var parent = BG.withCancel();
        Context one = parent.withValue(A, "one");
        Context two = parent.withValue(B, "two");
        assertNull(one.value(B));
        assertNull(two.value(A));
        assertNull(parent.value(A));
        assertNull(parent.value(B));
    }

    @Test
    void values_thousandsOfKeys_agreeWithAMap() {
        var random = new Random(42);
        var keys = new ArrayList<Context.Key<Integer>>();
        for (int i = 0; i < 3_000; i++) {
            keys.add(Context.Key.named("k" + i));
        }
        Context ctx = BG;
        Map<Context.Key<Integer>, Integer> reference = new HashMap<>();
        var older = new ArrayList<Map.Entry<Context, Map<Context.Key<Integer>, Integer>>>();
        for (int step = 0; step < 12_000; step++) {
            var key = keys.get(random.nextInt(step < 40 ? 12 : keys.size()));
            if (random.nextInt(4) == 0) {
                ctx = ctx.without(key);
                reference.remove(key);
            } else {
                ctx = ctx.withValue(key, step);
                reference.put(key, step);
            }
            if (step < 40 || step % 1_000 == 0) {
                older.add(Map.entry(ctx, Map.copyOf(reference)));
            }
        }
        older.add(Map.entry(ctx, reference));
        assertTrue(reference.size() > 1_000);
        for (var entry : older) {
            for (var key : keys) {
                assertEquals(entry.getValue().get(key), entry.getKey().value(key));
            }
        }
    }

    @Test
    @Hazard(27)
    void values_withHostileMethods_areNeverCalled() {
        Context.Key<Object> key = Context.Key.named("hostile");
        var hostile = new Object() {
            @Override
            public boolean equals(Object o) {
                throw new AssertionError("equals() was called");
            }

            @Override
            public int hashCode() {
                throw new AssertionError("hashCode() was called");
            }

            @Override
            public String toString() {
                throw new AssertionError("toString() was called");
            }
        };
        Context ctx = BG.withValue(key, hostile).withValue(key, hostile).withCancel();
        for (int i = 0; i < 20; i++) {
            ctx = ctx.withValue(Context.Key.named("k" + i), hostile);
        }
        assertSame(hostile, ctx.value(key));
        assertNull(ctx.without(key).value(key));
        assertTrue(ctx.toString().startsWith("context.Background.WithValue(hostile, "));
        assertTrue(ctx.dump().length() > 0);
        assertEquals(List.of(), ctx.cancelPath());
    }
}
