package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Item;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `cause()` answers, by who ended what first. Every rule holds whether or not somebody listens.
class ContextCauseTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    private final Exception p = new Exception("parent's");
    private final Exception c = new Exception("child's");

    /// A parent and its child, unregistered and registered.
    private record Pair(CancellableContext parent, CancellableContext child) {
        static List<Pair> all() {
            var a = BG.withCancel();
            var b = BG.withCancel();
            var registered = new Pair(b, b.withCancel());
            registered.child.afterFunc(() -> {});
            return List.of(new Pair(a, a.withCancel()), registered);
        }
    }

    private static void assertPlain(Context ctx) {
        assertInstanceOf(CancelledException.class, ctx.err());
        assertSame(ctx.err(), ctx.cause());
        assertNull(ctx.err().getCause());
    }

    @Test
    @Item("CTX-K01")
    void live_contexts_haveNoCause() {
        for (Context ctx : List.of(BG, Context.todo(), BG.withCancel(), BG.withTimeout(HOUR), BG.withValue(KEY, "v"))) {
            assertNull(ctx.cause());
        }
    }

    @Test
    @Item("CTX-K02")
    void cancel_withCause_isThatObject() {
        var ctx = BG.withCancel();
        ctx.cancel(c);
        assertInstanceOf(CancelledException.class, ctx.err());
        assertSame(c, ctx.cause());
        assertSame(c, ctx.err().getCause());
        assertSame(c, assertThrows(CancelledException.class, ctx::check).getCause());
    }

    @Test
    void cancel_withReason_isACancelledExceptionWithThatMessage() {
        var ctx = BG.withCancel();
        ctx.cancel("went home");
        assertEquals("went home", assertInstanceOf(CancelledException.class, ctx.cause()).getMessage());
        assertTrue(ctx.err().getMessage().startsWith("context canceled: went home"), ctx.err().getMessage());
    }

    @Test
    @Item("CTX-K03")
    void cancel_withNull_isPlain() {
        var ctx = BG.withCancel();
        ctx.cancel((Throwable) null);
        assertPlain(ctx);
    }

    @Test
    @Item("CTX-K04")
    void cancel_again_keepsTheFirstCause() {
        var plain = BG.withCancel();
        plain.cancel((Throwable) null);
        plain.cancel(c);
        assertPlain(plain);
        var given = BG.withCancel();
        given.cancel(p);
        given.cancel(c);
        given.cancel();
        assertSame(p, given.cause());
    }

    @Test
    @Item("CTX-K05")
    void parentFirst_bothReportTheParents() {
        for (Pair pair : Pair.all()) {
            pair.parent.cancel(p);
            pair.child.cancel(c);
            assertSame(p, pair.parent.cause());
            assertSame(p, pair.child.cause());
        }
    }

    @Test
    @Item("CTX-K06")
    void childFirst_eachReportsItsOwn() {
        for (Pair pair : Pair.all()) {
            pair.child.cancel(c);
            pair.parent.cancel(p);
            assertSame(p, pair.parent.cause());
            assertSame(c, pair.child.cause());
        }
    }

    @Test
    @Item("CTX-K07")
    void parentFirst_plainChildLater_bothReportTheParents() {
        for (Pair pair : Pair.all()) {
            pair.parent.cancel(p);
            pair.child.cancel();
            assertSame(p, pair.parent.cause());
            assertSame(p, pair.child.cause());
        }
    }

    @Test
    @Item("CTX-K08")
    void plainChildFirst_parentLater_childStaysPlain() {
        for (Pair pair : Pair.all()) {
            pair.child.cancel();
            pair.parent.cancel(p);
            assertPlain(pair.child);
            assertSame(p, pair.parent.cause());
        }
    }

    @Test
    @Item("CTX-K09")
    void plainParentFirst_childLater_bothArePlain() {
        for (Pair pair : Pair.all()) {
            pair.parent.cancel();
            pair.child.cancel(c);
            assertPlain(pair.parent);
            assertPlain(pair.child);
        }
    }

    @Test
    @Item("CTX-K10")
    void descendants_reportTheNearestCancelled() {
        for (Pair pair : Pair.all()) {
            Context below = pair.child.withValue(KEY, "v").withCancel().withTimeout(HOUR).withName("leaf");
            pair.child.cancel(c);
            pair.parent.cancel(p);
            assertSame(c, below.cause());
            assertSame(c, below.withCancel().cause());
            assertSame(p, pair.parent.withValue(KEY, "w").cause());
        }
    }

    @Test
    @Item("CTX-K11")
    void cancel_withDeadlineErrorAsCause_isStillACancel() {
        var ctx = BG.withCancel();
        var late = new DeadlineExceededException("somewhere else");
        ctx.cancel(late);
        assertInstanceOf(CancelledException.class, ctx.err());
        assertFalse(ctx.err().isTimeout());
        assertSame(late, ctx.cause());
    }

    @Test
    @Item("CTX-K16")
    void cause_ofTheUser_doesNotPassForACancel() {
        var ctx = BG.withCancel();
        ctx.cancel(c);
        assertFalse(ctx.cause() instanceof ContextException);
        assertNotSame(ctx.err(), ctx.cause());
    }
}
