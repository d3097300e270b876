package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static dev.millrace.context.TestTools.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Ear;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Registry;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Contexts of other systems.
class ContextSourceTest {
    private final TestSource source = new TestSource();
    private final Context ctx = Context.from(source);

    /// A source that is nothing but a native context in other clothes.
    private static ContextSource wrapping(Context inner) {
        return new ContextSource() {
            @Override
            public Throwable err() {
                return inner.err();
            }

            @Override
            public Runnable onDone(Runnable callback) {
                return inner.afterFunc(callback)::stop;
            }

            @Override
            public Optional<Instant> deadline() {
                return inner.deadline();
            }

            @Override
            public <T> T value(Context.Key<T> key) {
                return inner.value(key);
            }
        };
    }

    @Test
    @Item("CTX-F01")
    void transparentWrapper_childAttachesWithoutAGoroutineAndEnds() {
        var inner = Context.background().withCancel();
        long before = Registry.count();
        var child = Context.from(wrapping(inner)).withCancel();
        Ear ear = Ear.on(child);
        assertEquals(before, Registry.count());
        assertEquals(1, TestTools.listeners(inner));
        inner.cancel("why");
        eventually("child hears", ear::hasHeard); // our wrapper's callback is a goroutine's
        assertSame(inner.err(), child.err());
        assertEquals("why", child.err().getCause().getMessage());
        // Polled only, it ends at once.
        var inner2 = Context.background().withCancel();
        var child2 = Context.from(wrapping(inner2)).withCancel();
        assertFalse(child2.isDone());
        inner2.cancel();
        assertTrue(child2.isDone());
    }

    @Test
    @Item("CTX-F02")
    void wrapperWithItsOwnEnd_isNotBypassed() {
        var inner = Context.background().withCancel();
        var own = new TestSource() {
            @Override
            public <T> T value(Context.Key<T> key) {
                return inner.value(key);
            }
        };
        var child = Context.from(own).withCancel();
        Ear ear = Ear.on(child);
        inner.cancel();
        assertFalse(child.isDone() || ear.hasHeard());
        own.end(new CancelledException("own"));
        assertTrue(child.isDone() && ear.hasHeard());
    }

    @Test
    @Item({"CTX-F03", "CTX-F05"})
    void child_registered_usesOneCallbackAndNoGoroutine() {
        long before = Registry.count();
        var child = ctx.withCancel();
        var timed = ctx.withTimeout(HOUR);
        assertEquals(0, source.registered.get());
        Ear.on(child);
        Ear.on(timed);
        AfterFunc f = ctx.afterFunc(() -> {});
        assertEquals(1, source.registered.get());
        assertEquals(1, source.callbacks());
        assertEquals(before, Registry.count());
        child.cancel();
        timed.cancel();
        f.stop();
        eventually("taken back", () -> source.takenBack.get() == 1);
        eventually("nothing runs on", () -> Registry.count() <= before);
    }

    @Test
    @Item({"CTX-F04", "CTX-K15"})
    void source_endedWithOurException_isPassedOnAsItIs() {
        var why = new Exception("why");
        var other = Context.background().withCancel();
        other.cancel(why);
        var heard = ctx.withCancel();
        var polled = ctx.withValue(Context.Key.named("k"), "v").withCancel();
        Ear ear = Ear.on(heard);
        source.end(other.err());
        assertTrue(ear.hasHeard());
        for (Context c : List.of(ctx, heard, polled, ctx.withCancel(), ctx.withTimeout(Duration.ofSeconds(-1)))) {
            assertSame(other.err(), c.err());
            assertSame(why, c.cause());
        }
    }

    @Test
    @Item({"CTX-K12", "CTX-F04"})
    void source_endedWithoutCause_itsErrorIsTheCause() {
        var err = new DeadlineExceededException("over there");
        source.end(err);
        assertTrue(ctx.isDone());
        assertSame(err, ctx.err());
        assertSame(err, ctx.cause());
        assertTrue(ctx.withCancel().err().isTimeout());
        assertEquals(CancelRecord.Kind.DEADLINE_EXCEEDED, ctx.cancelRecord().kind());
    }

    @Test
    @Item("CTX-K13")
    void source_overALiveNativeContext_reportsItsOwnError() {
        var inner = Context.background().withCancel();
        var err = new CancelledException("own");
        var own = new TestSource() {
            @Override
            public <T> T value(Context.Key<T> key) {
                return inner.value(key);
            }
        };
        own.end(err);
        Context outer = Context.from(own);
        assertSame(err, outer.err());
        assertSame(err, outer.cause());
        assertSame(err, outer.withCancel().cause());
        assertNull(inner.cause());
    }

    @Test
    @Item("CTX-F06")
    void callback_isTakenBackOnCancelTimeoutAndStop() {
        var child = ctx.withCancel();
        Ear.on(child);
        assertEquals(1, source.callbacks());
        child.cancel();
        eventually("taken back after cancel", () -> source.callbacks() == 0 && source.takenBack.get() == 1);

        ctx.withTimeout(Duration.ofMillis(200)).awaitDone();
        eventually("taken back after timeout", () -> source.takenBack.get() == 2);

        AfterFunc f = ctx.afterFunc(() -> {});
        assertEquals(1, source.callbacks());
        f.stop();
        eventually("taken back after stop", () -> source.takenBack.get() == 3);

        assertFalse(ctx.awaitDone(Duration.ofMillis(1)));
        eventually("taken back after a wait", () -> source.takenBack.get() == 4);
        assertEquals(4, source.registered.get());
        assertFalse(ctx.isDone());
    }

    @Test
    @Item("CTX-F07")
    void source_thatNobodyWaitsFor_isNotCalled() {
        Context c = ctx.withCancel().withTimeout(HOUR).withValue(Context.Key.named("k"), "v");
        assertFalse(c.isDone());
        assertEquals(0, source.registered.get());
        Ear.on(c.detach().withCancel());
        assertEquals(0, source.registered.get());
    }

    @Test
    @Item("CTX-F08")
    void source_thatCallsBackWithoutError_countsAsCancelled() {
        var child = ctx.withCancel();
        Ear ear = Ear.on(child);
        source.callWithoutErr();
        assertTrue(ear.hasHeard());
        assertInstanceOf(CancelledException.class, child.err());
        assertSame(child.err(), child.cause());
    }

    @Test
    @Item("CTX-F09")
    void source_thatCancelsTheChildFromItsOwnEnd_doesNotDeadlock() {
        for (boolean childFirst : new boolean[] {false, true}) {
            var src = new TestSource();
            var child = Context.from(src).withCancel();
            if (childFirst) {
                src.onDone(child::cancel);
            }
            Ear.on(child.withCancel());
            if (!childFirst) {
                src.onDone(child::cancel);
            }
            var threads = new TestTools.Threads();
            threads.platform(() -> src.end(new CancelledException("over")));
            threads.join();
            assertTrue(child.isDone());
        }
    }

    @Test
    @Item("CTX-F10")
    void source_endedWithAStrangersError_isACancelWithThatCause() {
        var err = new IllegalStateException("a stranger's");
        source.end(err);
        assertInstanceOf(CancelledException.class, ctx.err());
        assertSame(err, ctx.cause());
        assertSame(err, ctx.err().getCause());
        assertSame(err, ctx.withCancel().cause());
    }

    @Test
    @Item("CTX-D22")
    void deadline_ofASource_countsAsTheParents() {
        source.deadline = Instant.now().plus(HOUR);
        Context timed = Context.from(source);
        assertEquals(Optional.of(source.deadline), timed.deadline());
        var later = timed.withTimeout(HOUR.multipliedBy(2));
        assertFalse(BasicContext.of(later).node() instanceof DeadlineNode);
        assertEquals(Optional.of(source.deadline), later.deadline());
        var sooner = timed.withTimeout(Duration.ofMinutes(1));
        assertTrue(sooner.remaining().orElseThrow().compareTo(Duration.ofMinutes(1)) <= 0);
    }

    @Test
    @Item("CTX-S04")
    void text_ofASource_isItsOwn() {
        assertEquals("TestSource.WithCancel", ctx.withCancel().toString());
        String noText = Context.from(wrapping(Context.background())).toString();
        assertTrue(noText.contains("ContextSourceTest"), noText);
    }

    @Test
    void onDone_thatFailsOrAnswersNull_endsTheContextWithThat() {
        var boom = new IllegalStateException("boom");
        var failing = new TestSource() {
            @Override
            public Runnable onDone(Runnable callback) {
                throw boom;
            }
        };
        var child = Context.from(failing).withCancel();
        child.awaitDone();
        assertSame(boom, child.cause());
        var careless = new TestSource() {
            @Override
            public Runnable onDone(Runnable callback) {
                return null;
            }
        };
        Context c = Context.from(careless);
        c.awaitDone();
        assertTrue(c.cause().getMessage().contains("was null"), c.cause().getMessage());
    }

    @Test
    void end_beforeTheListener_isToldAtOnce() {
        source.end(new CancelledException("over"));
        var threads = new TestTools.Threads();
        threads.virtual(ctx::awaitDone);
        threads.join();
        AfterFunc f = Context.from(source).afterFunc(() -> {});
        assertTrue(f.isStarted());
        assertEquals(0, source.registered.get());
    }

    @Test
    void end_betweenLookAndCallback_isNotMissed() {
        var atOnce = new TestSource() {
            @Override
            public Runnable onDone(Runnable callback) {
                end(new CancelledException("just now"));
                return super.onDone(callback);
            }
        };
        var child = Context.from(atOnce).withCancel();
        var started = new AtomicReference<AfterFunc>(child.afterFunc(() -> {}));
        assertTrue(started.get().isStarted());
        assertTrue(child.isDone());
    }

    @Test
    void err_thatThrows_endsTheContextWithThat() {
        for (boolean heard : new boolean[] {false, true}) {
            var boom = new IllegalStateException("boom");
            var failing = new TestSource() {
                private volatile boolean fails;

                @Override
                public Throwable err() {
                    if (fails) {
                        throw boom;
                    }
                    return super.err();
                }

                @Override
                void end(Throwable why) {
                    fails = true;
                    super.end(why);
                }
            };
            var child = Context.from(failing).withCancel();
            Ear ear = heard ? Ear.on(child) : null;
            failing.end(boom);
            assertTrue(ear == null || ear.hasHeard());
            assertTrue(child.isDone());
            assertSame(boom, child.cause());
        }
    }

    @Test
    void without_hidesWhatTheSourceShowsLater() {
        Context.Key<String> key = Context.Key.named("key");
        var late = new TestSource() {
            volatile String value;

            @Override
            @SuppressWarnings("unchecked")
            public <T> T value(Context.Key<T> k) {
                return (T) value;
            }
        };
        Context outer = Context.from(late);
        Context hidden = outer.without(key);
        late.value = "late";
        assertEquals("late", outer.value(key));
        assertNull(hidden.value(key));
    }

    private static void pollAbandonedChain(Context parent) {
        Context leaf = parent;
        for (int i = 0; i < 20; i++) {
            leaf = leaf.withCancel();
        }
        for (int i = 0; i < 20; i++) {
            assertFalse(leaf.isDone());
        }
    }

    @Test
    void chains_onlyPolled_leaveNoCallbackBehind() {
        for (int i = 0; i < 100; i++) {
            pollAbandonedChain(ctx);
        }
        System.gc();
        eventually("nothing is with the source", () -> source.callbacks() == 0);
        assertFalse(ctx.isDone());
    }

    @Test
    void nullDeadline_isRefusedInWords() {
        var bad = new TestSource() {
            @Override
            public Optional<Instant> deadline() {
                return null;
            }
        };
        var thrown = assertThrows(NullPointerException.class, () -> Context.from(bad));
        assertEquals("deadline() of context source TestSource was null", thrown.getMessage());
    }
}
