package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Contexts without the right to cancel them.
class ViewTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    void view_ofACancellable_cannotBeCastBack() {
        for (var ctx : List.of(BG.withCancel(), BG.withTimeout(HOUR), Context.anyOf(BG.withCancel(), BG.withCancel()),
                BG.detach(Detach.keepingDeadline()))) {
            assertFalse(ctx.view() instanceof CancellableContext);
            assertFalse(ctx.view().view() instanceof CancellableContext);
            assertFalse(ctx.withValue(KEY, "v") instanceof CancellableContext);
            assertFalse(ctx.withName("n") instanceof CancellableContext);
            assertFalse(ctx.detach() instanceof CancellableContext);
        }
    }

    @Test
    void view_answersAsItsContext() {
        var ctx = BG.withValue(KEY, "v").withName("n").withTimeout(HOUR);
        Context view = ctx.view();
        assertSame(ctx.done(), view.done());
        assertEquals(ctx.deadline(), view.deadline());
        assertEquals("v", view.value(KEY));
        assertEquals("n", view.name());
        ctx.cancel("why");
        assertSame(ctx.err(), view.err());
        assertSame(ctx.cause(), view.cause());
        assertSame(ctx.cancelRecord(), view.cancelRecord());
        assertEquals(ctx.cancelPath(), view.cancelPath());
    }

    @Test
    void views_ofOneContext_areEqualToItAndToEachOther() {
        var ctx = BG.withCancel();
        var views = List.of(ctx.view(), ctx.view(), ctx.view().view());
        for (Context view : views) {
            assertEquals(ctx, view);
            assertEquals(view, ctx);
            assertEquals(ctx.hashCode(), view.hashCode());
            for (Context other : views) {
                assertEquals(view, other);
            }
        }
        var set = new HashSet<Context>(views);
        set.add(ctx);
        assertEquals(1, set.size());
        assertNotEquals(ctx, BG.withCancel());
        assertNotEquals(ctx.view(), BG.withCancel().view());
        assertNotEquals(ctx, ctx.withValue(KEY, "v"));
        assertNotEquals(ctx.view(), null);
    }

    @Test
    void view_ofWhatCannotBeCancelled_isItself() {
        for (Context ctx : List.of(BG, BG.withValue(KEY, "v"), BG.withCancel().withName("n"), BG.withCancel().view())) {
            assertSame(ctx, ctx.view());
        }
    }

    @Test
    void child_ofAView_isAChildOfItsContext() {
        var ctx = BG.withCancel();
        var child = ctx.view().withCancel();
        assertEquals("context.Background.WithCancel.WithCancel", child.toString());
        child.cancel();
        assertFalse(ctx.isDone());
        var second = ctx.view().withCancel();
        ctx.cancel("why");
        assertSame(ctx.cause(), second.cause());
    }
}
