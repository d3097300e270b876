package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.internal.ManualScheduler;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// How contexts print.
class ContextTextTest {
    private static final Context BG = Context.background();
    private static final Context.Key<Object> KEY = Context.Key.named("key");

    @Test
    @Item("CTX-S01")
    void text_composed_isTheStepsFromTheRoot() {
        assertEquals("context.Background.WithCancel.WithValue(key, Object)",
                BG.withCancel().withValue(KEY, new Object()).toString());
        assertEquals("context.TODO.WithCancel.WithoutCancel.WithCancel",
                Context.todo().withCancel().detach().withCancel().toString());
    }

    private record Secret(String word) {}

    @Test
    @Item("CTX-S02")
    @Hazard(27)
    void values_areShownOnlyWhenTheKeyAllowsIt() {
        assertEquals("context.Background.WithValue(key, String)", BG.withValue(KEY, "secret").toString());
        assertEquals("context.Background.WithValue(key, Secret)", BG.withValue(KEY, new Secret("pst")).toString());
        assertEquals("context.Background.WithValue(key, <nil>)", BG.withValue(KEY, "x").without(KEY).toString()
                .replace("WithValue(key, String).", ""));
        var shown = KEY.shown();
        assertEquals("context.Background.WithValue(key, text)", BG.withValue(shown, "text").toString());
        assertEquals("context.Background.WithValue(key, Secret[word=pst])",
                BG.withValue(shown, new Secret("pst")).toString());
        assertEquals("context.Background.WithValue(key, 7)",
                BG.withValue(Context.Key.named("key", 1).shown(), 7).toString());
    }

    @Test
    @Item({"CTX-S03", "CTX-D03"})
    void deadlines_printTheInstantAndWhatIsLeft() {
        var time = new ManualScheduler(0, Instant.parse("2030-01-01T00:00:00Z"));
        time.inside(() -> {
            var root = TestTools.rootUnder(time);
            var ctx = root.withTimeout(Duration.ofMillis(1_500), new Exception("x"));
            assertEquals("context.Background.WithCancel.WithDeadline(2030-01-01T00:00:01.500Z [1.5 s])",
                    ctx.toString());
            assertEquals(ctx + ".WithCancel", ctx.withTimeout(HOUR).toString());
            time.advance(Duration.ofSeconds(2));
            assertEquals("context.Background.WithCancel.WithDeadline(2030-01-01T00:00:01.500Z [-500 ms])",
                    ctx.toString());
            var cancelled = BG.withCancel();
            cancelled.cancel(new Exception("x"));
            assertEquals("context.Background.WithCancel", cancelled.toString());
            assertEquals(ctx.toString(), ctx.view().toString());
        });
    }

    @Test
    void name_belongsToTheNextNode() {
        Context named = BG.withName("request");
        assertEquals("request", named.name());
        var node = named.withCancel();
        assertEquals("request", node.name());
        assertEquals("request", node.withValue(KEY, 1).name());
        assertEquals("request", node.view().name());
        assertEquals("", node.withCancel().name());
        assertEquals("query", node.withName("query").withTimeout(HOUR).name());
        assertEquals("bg", BG.withName("bg").detach().name());
        assertEquals("context.Background.WithCancel", node.toString());
    }

    @Test
    void dones_sayWhoseTheyAreAndWhether() {
        var ctx = BG.withName("request").withCancel();
        assertEquals("done: never", BG.done().toString());
        assertEquals("done of \"request\": not yet", ctx.done().toString());
        ctx.cancel();
        assertEquals("done of \"request\": yes", ctx.done().toString());
        assertEquals("done of a context without name: not yet", BG.withCancel().done().toString());
    }

    @Test
    void spans_readAsPeopleSayThem() {
        assertEquals("0 ns", Texts.span(0));
        assertEquals("999 ns", Texts.span(999));
        assertEquals("1 us", Texts.span(1_999));
        assertEquals("-5 ms", Texts.span(-5_000_000));
        assertEquals("1 s", Texts.span(1_000_000_000));
        assertEquals("59.9 s", Texts.span(59_999_000_000L));
        assertEquals("1 min", Texts.span(60_000_000_000L));
        assertEquals("2 min 5 s", Texts.span(125_000_000_000L));
        assertEquals("2 h 5 min", Texts.span(125 * 60_000_000_000L));
        assertTrue(Texts.span(Long.MAX_VALUE).endsWith(" min"));
        assertFalse(Texts.span(Long.MIN_VALUE + 1).isEmpty());
    }
}
