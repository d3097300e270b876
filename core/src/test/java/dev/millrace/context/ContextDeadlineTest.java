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

import dev.millrace.context.TestTools.Ear;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Inside;
import dev.millrace.internal.Listener;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Deadlines: in virtual time where the instant matters, in real time where the clock does.
class ContextDeadlineTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    private final ManualScheduler time = new ManualScheduler();

    @RegisterExtension
    final Inside inside = new Inside(
            method -> method.getExecutable().isAnnotationPresent(RealTime.class) ? null : time);

    /// Marks a test on a thread that is none of the scheduler's.
    @Retention(RetentionPolicy.RUNTIME)
    private @interface RealTime {}

    private final CancellableContext root = TestTools.rootUnder(time);
    private final Exception c = new Exception("child's");
    private final Exception p = new Exception("parent's");

    private static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static void assertLate(Context ctx) {
        assertTrue(ctx.isDone());
        assertInstanceOf(DeadlineExceededException.class, ctx.err());
        assertTrue(ctx.err().isTimeout());
    }

    @Test
    @RealTime
    @Item("CTX-D01")
    void withDeadline_inTheFuture_isReportedExactly() {
        Instant when = Instant.now().plus(HOUR).plusNanos(123_456_789);
        try (var ctx = BG.withDeadline(when)) {
            assertEquals(Optional.of(when), ctx.deadline());
            assertTrue(ctx.remaining().orElseThrow().compareTo(HOUR) <= 0 || ctx.remainingNanos() > 0);
            assertFalse(ctx.isDone());
        }
        Instant virtual = time.wallClock(time.nanoTime()).plusSeconds(7);
        var ctx = time.call(() -> root.withDeadline(virtual));
        assertEquals(Optional.of(s(7)), ctx.remaining());
        time.advance(s(7));
        assertLate(ctx);
    }

    @Test
    @Item("CTX-D02")
    @Hazard(20)
    void deadline_inVirtualTime_endsAtTheExactNanosecond() {
        for (boolean heard : new boolean[] {false, true}) {
            var ctx = root.withTimeout(s(5));
            Ear ear = heard ? Ear.on(ctx) : null;
            time.advance(s(5).minusNanos(1));
            assertFalse(ctx.isDone());
            assertEquals(1, ctx.remainingNanos());
            time.advance(1);
            assertLate(ctx);
            assertSame(ctx.err(), ctx.cause());
            assertTrue(ear == null || ear.hasHeard());
            assertEquals(Optional.of(Duration.ZERO), ctx.remaining());
            time.advance(s(100));
            assertEquals(0, ctx.remainingNanos());
        }
    }

    @Test
    @RealTime
    @Item("CTX-D02")
    void deadline_inRealTime_neverEndsEarly() {
        for (int i = 0; i < 20; i++) {
            Duration span = Duration.ofMillis(1 + i % 4);
            long start = System.nanoTime();
            var ctx = BG.withTimeout(span);
            if (i % 2 == 0) {
                ctx.awaitDone();
            } else {
                TestTools.eventually("expired", ctx::isDone);
            }
            assertTrue(System.nanoTime() - start >= span.toNanos());
            assertLate(ctx);
        }
    }

    @Test
    @RealTime
    @Item("CTX-D03")
    void withTimeout_deadline_isNowAndTheSpan() {
        Instant before = Instant.now();
        try (var ctx = BG.withTimeout(HOUR)) {
            Instant deadline = ctx.deadline().orElseThrow();
            assertFalse(deadline.isBefore(before.plus(HOUR).minusMillis(100)));
            assertFalse(deadline.isAfter(Instant.now().plus(HOUR).plusMillis(100)));
            assertTrue(ctx.toString().startsWith("context.Background.WithDeadline("), ctx.toString());
        }
        var virtual = time.call(() -> root.withTimeout(s(9)));
        assertEquals(time.wallClock(time.nanoTime()).plusSeconds(9), virtual.deadline().orElseThrow());
    }

    @Test
    @Item("CTX-D04")
    @Hazard(20)
    void deadlines_zeroNegativeAndPast_areBornDone() {
        Instant now = time.wallClock(time.nanoTime());
        for (var ctx : List.of(root.withTimeout(Duration.ZERO), root.withTimeout(s(-5)),
                root.withDeadline(now), root.withDeadline(now.minusSeconds(3)), root.withDeadline(Instant.MIN),
                root.withTimeout(Duration.ofSeconds(Long.MIN_VALUE)), BG.withDeadline(Instant.EPOCH),
                BG.withTimeout(Duration.ZERO), BG.withTimeout(s(-1)))) {
            assertLate(ctx);
            var err = ctx.err();
            assertSame(err, ctx.cause());
            ctx.cancel("late");
            assertSame(err, ctx.err());
            assertSame(err, ctx.cause());
        }
        assertSame(c, root.withTimeout(Duration.ZERO, c).cause());
        assertSame(c, root.withDeadline(now.minusSeconds(1), c).cause());
        assertEquals(0, TestTools.listeners(root));
        assertEquals(0, time.timers());
    }

    @Test
    @Item("CTX-D05")
    void pastDeadline_underCancelledParent_theParentWins() {
        var parent = root.withCancel();
        time.advance(s(100));
        parent.cancel(p);
        Instant past = time.wallClock(time.nanoTime()).minusSeconds(50);
        for (var ctx : List.of(parent.withDeadline(past, c), parent.withTimeout(s(-1)),
                parent.withTimeout(Duration.ZERO),
                parent.withCancel().withDeadline(past), parent.withValue(KEY, "v").withTimeout(s(-7), c))) {
            assertInstanceOf(CancelledException.class, ctx.err());
            assertSame(p, ctx.cause());
            assertSame(parent.err(), ctx.err());
        }
    }

    @Test
    @Item("CTX-D06")
    void cancel_beforeTheDeadline_isPlainAndReleasesTheTimer() {
        var ctx = root.withTimeout(s(5));
        assertEquals(0, time.timers());
        Ear.on(ctx);
        assertEquals(1, time.timers());
        ctx.cancel();
        assertEquals(0, time.timers());
        assertInstanceOf(CancelledException.class, ctx.err());
        assertSame(ctx.err(), ctx.cause());
        time.advance(s(10));
        assertInstanceOf(CancelledException.class, ctx.err());
    }

    @Test
    @Item("CTX-D07")
    void cancel_afterTheDeadline_changesNothing() {
        for (boolean heard : new boolean[] {false, true}) {
            var ctx = root.withTimeout(s(1));
            if (heard) {
                Ear.on(ctx);
            }
            time.advance(s(2));
            ctx.cancel(c); // nobody has looked since
            assertLate(ctx);
            assertSame(ctx.err(), ctx.cause());
        }
    }

    @Test
    @Item("CTX-D08")
    @Hazard(20)
    void parentsEarlierDeadline_holdsForTheChild() {
        var parent = root.withTimeout(s(5));
        var child = parent.withTimeout(s(50));
        var byInstant = parent.withDeadline(parent.deadline().orElseThrow().plusNanos(1));
        assertEquals(parent.deadline(), child.deadline());
        assertEquals(parent.deadline(), byInstant.deadline());
        assertFalse(BasicContext.of(child).node() instanceof DeadlineNode);
        assertFalse(BasicContext.of(byInstant).node() instanceof DeadlineNode);
        Ear ear = Ear.on(child);
        assertEquals(1, time.timers());
        time.advance(s(5));
        assertTrue(ear.hasHeard());
        assertLate(child);
        assertSame(parent.err(), child.err());
        assertEquals(0, time.timers());
    }

    @Test
    @Item("CTX-D09")
    void parentsEarlierDeadline_dropsTheChildsCause() {
        var parent = root.withTimeout(s(5), p);
        var child = parent.withTimeout(s(50), c);
        time.advance(s(5));
        assertLate(child);
        assertSame(p, child.cause());
    }

    @Test
    @Item("CTX-D10")
    void equalDeadlines_childHasItsOwn() {
        var parent = root.withTimeout(s(5), p);
        var same = parent.withTimeout(s(5), c);
        var byInstant = parent.withDeadline(parent.deadline().orElseThrow(), c);
        assertInstanceOf(DeadlineNode.class, BasicContext.of(same).node());
        assertInstanceOf(DeadlineNode.class, BasicContext.of(byInstant).node());
        assertNotSame(parent.done(), same.done());
        time.advance(s(5));
        assertLate(same);
        assertLate(byInstant);
    }

    @Test
    @Item("CTX-D11")
    void childsEarlierDeadline_endsTheChildAlone() {
        var parent = root.withTimeout(s(50));
        var child = parent.withTimeout(s(5));
        Ear.on(child);
        time.advance(s(5));
        assertLate(child);
        assertFalse(parent.isDone());
        assertEquals(1, time.timers());
        assertEquals(0, TestTools.listeners(parent));
        parent.cancel();
        assertEquals(0, time.timers());
    }

    @Test
    @Item("CTX-D12")
    void timeoutWithCause_expired_hasIt() {
        for (boolean heard : new boolean[] {false, true}) {
            var ctx = root.withTimeout(s(1), c);
            if (heard) {
                Ear.on(ctx);
            }
            time.advance(s(1));
            assertLate(ctx);
            assertSame(c, ctx.cause());
            assertSame(c, ctx.err().getCause());
        }
    }

    @Test
    @Item("CTX-D13")
    void timeoutWithCause_cancelled_isPlain() {
        var ctx = root.withTimeout(s(1), c);
        ctx.cancel();
        assertInstanceOf(CancelledException.class, ctx.err());
        assertSame(ctx.err(), ctx.cause());
    }

    @Test
    @Item("CTX-D14")
    void timeoutWithCause_underCancelledParent_hasTheParents() {
        for (boolean heard : new boolean[] {false, true}) {
            var parent = root.withCancel();
            var ctx = parent.withTimeout(s(10), c);
            if (heard) {
                Ear.on(ctx);
            }
            parent.cancel(p);
            time.advance(s(20));
            assertInstanceOf(CancelledException.class, ctx.err());
            assertSame(p, ctx.cause());
        }
    }

    @Test
    @Item("CTX-D15")
    void expiredChild_keepsItsEndWhenTheParentIsCancelled() {
        for (boolean heard : new boolean[] {false, true}) {
            var parent = root.withCancel();
            var ctx = parent.withTimeout(s(1), c);
            var below = ctx.withCancel();
            if (heard) {
                Ear.on(below);
            }
            time.advance(s(2));
            parent.cancel(p); // nobody has looked at the child since
            assertLate(below);
            assertSame(c, below.cause());
            assertSame(c, ctx.cause());
            assertSame(p, parent.cause());
        }
    }

    @Test
    void deadlines_severalPastWhenLookedAt_theFirstWins() {
        var outer = root.withTimeout(s(9), p);
        var inner = outer.withTimeout(s(3), c);
        var leaf = inner.withCancel();
        time.advance(s(20));
        assertSame(c, leaf.cause());
        assertSame(p, outer.cause());
        assertSame(c, inner.cause());
    }

    @Test
    @Item("CTX-D16")
    void deadline_afterTheEnd_isStillAnswered() {
        var cancelled = root.withTimeout(s(5));
        var expired = root.withTimeout(s(5));
        var when = cancelled.deadline();
        cancelled.cancel();
        time.advance(s(6));
        assertLate(expired);
        assertEquals(when, cancelled.deadline());
        assertEquals(when, expired.deadline());
        assertEquals(Optional.of(Duration.ZERO), expired.remaining());
    }

    @Test
    @Item("CTX-D17")
    void cancel_ofParent_releasesTheChildsTimers() {
        for (int i = 0; i < 100; i++) {
            Ear.on(root.withCancel().withTimeout(s(5 + i)));
        }
        assertEquals(100, time.timers());
        root.cancel();
        assertEquals(0, time.timers());
    }

    @Test
    @Item("CTX-D18")
    void expiryOfParent_endsChildrenBeforeTheNextTimer() {
        var parent = root.withTimeout(s(5));
        var children = new ArrayList<Context>();
        for (int i = 0; i < 100; i++) {
            children.add(parent.withCancel().withTimeout(s(5)));
            Ear.on(children.getLast());
        }
        var next = root.withTimeout(s(5).plusNanos(1));
        var alive = new AtomicInteger();
        BasicContext.of(next).node().add(new Listener() {
            @Override
            protected void tell(dev.millrace.internal.Ending ending) {
                children.forEach(ctx -> alive.addAndGet(ctx.isDone() ? 0 : 1));
            }
        });
        time.advance(s(6));
        assertLate(next);
        assertEquals(0, alive.get());
        children.forEach(ContextDeadlineTest::assertLate);
    }

    @Test
    @Item("CTX-D19")
    @Hazard(20)
    void hugeTimeouts_doNotOverflowIntoThePast() {
        for (Context base : List.of(BG, root)) {
            for (Duration d : List.of(Duration.ofHours(10_000), Duration.ofNanos(Long.MAX_VALUE),
                    Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), Duration.ofDays(400L * 366))) {
                try (var ctx = base.withTimeout(d)) {
                    Ear ear = Ear.on(ctx);
                    assertFalse(ctx.isDone() || ear.hasHeard());
                    assertTrue(ctx.remainingNanos() >= Duration.ofHours(9_999).toNanos());
                    assertTrue(ctx.deadline().orElseThrow().isAfter(Instant.parse("2027-06-01T00:00:00Z")));
                    assertFalse(ctx.withTimeout(d).isDone());
                }
            }
            try (var ctx = base.withDeadline(Instant.MAX)) {
                Ear.on(ctx);
                assertFalse(ctx.isDone());
                assertEquals(Optional.of(Instant.MAX), ctx.deadline());
            }
            assertThrows(CancelledException.class, () -> {
                try (var ctx = base.withTimeout(Duration.ofSeconds(Long.MAX_VALUE))) {
                    ctx.afterFunc(() -> {});
                    ctx.cancel();
                    ctx.sleep(Duration.ofSeconds(Long.MAX_VALUE));
                }
            });
        }
        time.advance(Duration.ofDays(365 * 100));
        assertFalse(root.isDone());
    }

    @Test
    @Item("CTX-D20")
    void liveTimeouts_manyThousands_moreStayCheap() {
        var parent = BG.withCancel();
        for (int i = 0; i < 400_000; i++) {
            Ear.on(parent.withTimeout(HOUR));
        }
        long start = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            var ctx = parent.withTimeout(HOUR);
            Ear.on(ctx);
            ctx.cancel();
        }
        long took = System.nanoTime() - start;
        assertEquals(400_000, TestTools.listeners(parent));
        parent.cancel();
        assertTrue(took < 20_000_000_000L, "took " + took / 1_000_000 + " ms");
    }

    @Test
    @Item("CTX-D21")
    void childrenOfDeadlineContext_reportItsDeadline() {
        var ctx = root.withTimeout(s(5));
        for (Context child : List.of(ctx.withCancel(), ctx.withValue(KEY, "v"), ctx.withName("n"), ctx.view(),
                ctx.withCancel().withValue(KEY, "v").withCancel(), ctx.without(KEY), Context.anyOf(ctx, root))) {
            assertEquals(ctx.deadline(), child.deadline());
            assertEquals(Optional.of(s(5)), child.remaining());
        }
        assertEquals(Optional.empty(), root.deadline());
    }

    @Test
    void polledDeadline_afterSomePolls_armsATimerAndIsStillExact() {
        var ctx = root.withTimeout(s(5));
        for (int i = 0; i < 100; i++) {
            assertFalse(ctx.isDone());
        }
        assertTrue(time.timers() <= 1);
        time.advance(s(5).minusNanos(1));
        assertFalse(ctx.isDone());
        time.advance(1);
        assertLate(ctx);
        assertNull(root.err());
        assertEquals(0, time.timers());
        assertEquals(0, TestTools.listeners(root));
    }

    @Test
    @Hazard(22)
    void storm_atOneInstant_allExpire() {
        var ears = new ArrayList<Ear>();
        for (int i = 0; i < 100_000; i++) {
            ears.add(Ear.on(root.withTimeout(s(5))));
        }
        time.advance(s(5));
        assertTrue(ears.stream().allMatch(Ear::hasHeard));
        assertEquals(0, time.timers());
        assertEquals(0, TestTools.listeners(root));
    }
}
