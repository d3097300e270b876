package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Ear;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Detached contexts, in their three strengths.
class ContextDetachTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    @Item("CTX-W01")
    void detach_ofAnyParent_neverEnds() {
        var cancelled = BG.withCancel();
        cancelled.cancel("why");
        for (Context parent : List.of(BG.withCancel(), BG.withTimeout(HOUR), cancelled,
                BG.withTimeout(Duration.ZERO, new Exception("late")))) {
            Context d = parent.detach();
            assertTrue(d.done().isNever());
            assertFalse(d.isDone());
            assertNull(d.err());
            assertNull(d.cause());
            assertEquals(Optional.empty(), d.deadline());
            assertEquals(Long.MAX_VALUE, d.remainingNanos());
        }
    }

    @Test
    @Item("CTX-W02")
    void detach_showsAllValues() {
        assertEquals("v", BG.withValue(KEY, "v").withCancel().detach().value(KEY));
        for (Detach how : List.of(Detach.keepingDeadline(), Detach.lingering(HOUR))) {
            assertEquals("v", BG.withValue(KEY, "v").withTimeout(HOUR).detach(how).value(KEY));
            assertEquals("v", BG.withValue(KEY, "v").detach(how).value(KEY));
        }
    }

    @Test
    @Item("CTX-W03")
    void childrenOfDetached_areIndependent() {
        var parent = BG.withCancel();
        var child = parent.detach().withCancel();
        var timed = parent.detach().withTimeout(HOUR);
        parent.cancel("parent's");
        assertFalse(child.isDone() || timed.isDone());
        var cause = new Exception("own");
        child.cancel(cause);
        assertSame(cause, child.cause());
        assertEquals("parent's", parent.cause().getMessage());
        timed.close();
    }

    @Test
    @Item("CTX-W04")
    void afterFunc_onDetached_neverRunsAndStopsOnce() {
        var parent = BG.withCancel();
        var runs = new AtomicInteger();
        AfterFunc f = parent.detach().afterFunc(runs::incrementAndGet);
        parent.cancel();
        assertFalse(f.isStarted());
        assertTrue(f.stop());
        assertFalse(f.stop());
        assertEquals(0, runs.get());
    }

    @Test
    @Item("CTX-W05")
    void detach_text_isGos() {
        assertEquals("context.Background.WithCancel.WithoutCancel", BG.withCancel().detach().toString());
        assertEquals("context.Background.WithoutCancel", BG.detach().toString());
    }

    @Test
    @Item("CTX-W06")
    void detach_registersNothing() {
        var parent = BG.withCancel();
        Context d = parent.detach();
        Ear.on(d.withCancel());
        d.afterFunc(() -> {});
        assertEquals(0, TestTools.listeners(parent));
        assertNull(BasicContext.of(d).node());
    }

    @Test
    void keepingDeadline_outlivesTheCancelAndEndsAtTheDeadline() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var parent = TestTools.rootUnder(time).withTimeout(Duration.ofSeconds(10));
            var d = parent.detach(Detach.keepingDeadline());
            assertEquals(parent.deadline(), d.deadline());
            Ear ear = Ear.on(d);
            parent.cancel();
            time.advance(Duration.ofSeconds(10).minusNanos(1));
            assertFalse(d.isDone() || ear.hasHeard());
            time.advance(1);
            assertTrue(ear.hasHeard());
            assertInstanceOf(DeadlineExceededException.class, d.err());
            assertEquals(0, time.timers());
        });
    }

    @Test
    void keepingDeadline_withoutOne_livesUntilCancelled() {
        var parent = BG.withCancel();
        var d = parent.detach(Detach.keepingDeadline());
        parent.cancel();
        assertFalse(d.isDone());
        assertEquals(Optional.empty(), d.deadline());
        d.cancel("own");
        assertEquals("own", d.cause().getMessage());
    }

    @Test
    void lingering_endsItsSpanAfterTheParent_polledOrHeard() {
        var time = new ManualScheduler();
        time.inside(() -> {
            for (boolean heard : new boolean[] {false, true}) {
                for (boolean cause : new boolean[] {false, true}) {
                    var parent = TestTools.rootUnder(time);
                    var l = parent.detach(Detach.lingering(Duration.ofSeconds(3)));
                    Ear ear = heard ? Ear.on(l) : null;
                    time.advance(Duration.ofSeconds(5));
                    assertFalse(l.isDone());
                    var why = new Exception("why");
                    if (cause) {
                        parent.cancel(why);
                    } else {
                        parent.cancel();
                    }
                    assertFalse(l.isDone());
                    time.advance(Duration.ofSeconds(3).minusNanos(1));
                    assertFalse(l.isDone());
                    time.advance(1);
                    assertTrue(l.isDone(), "heard " + heard + ", cause " + cause);
                    assertTrue(ear == null || ear.hasHeard());
                    assertInstanceOf(CancelledException.class, l.err());
                    assertSame(cause ? why : l.err(), l.cause());
                    assertEquals(time.wallClock(time.nanoTime()), l.cancelRecord().at());
                    assertEquals(0, time.timers());
                }
            }
        });
    }

    @Test
    void lingering_cancelledItself_leavesParentAndHoldsNothing() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var parent = TestTools.rootUnder(time);
            var l = parent.detach(Detach.lingering(HOUR));
            Ear.on(l);
            assertEquals(1, TestTools.listeners(parent));
            l.cancel("own");
            assertEquals(0, TestTools.listeners(parent));
            assertFalse(parent.isDone());
            var second = parent.detach(Detach.lingering(HOUR));
            Ear.on(second);
            parent.cancel();
            assertEquals(1, time.timers());
            second.close();
            assertEquals(0, time.timers());
        });
    }

    @Test
    void lingering_ofEndedOrNeverEndingParent_isAsItSays() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var parent = TestTools.rootUnder(time);
            parent.withCancel(); // somebody has looked: the end has a time
            parent.cancel();
            time.advance(Duration.ofSeconds(10));
            assertTrue(parent.detach(Detach.lingering(Duration.ofSeconds(10))).isDone());
            assertFalse(parent.detach(Detach.lingering(Duration.ofSeconds(11))).isDone());
            var never = BG.detach(Detach.lingering(Duration.ZERO));
            assertFalse(never.isDone());
            never.close();
            assertThrows(IllegalArgumentException.class, () -> Detach.lingering(Duration.ofNanos(-1)));
        });
    }
}
