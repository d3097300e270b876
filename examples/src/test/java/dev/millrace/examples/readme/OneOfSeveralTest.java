package dev.millrace.examples.readme;

import static java.time.Duration.ofDays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.Bubble;
import dev.millrace.time.RateLimiter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OneOfSeveralTest {
    @Test
    void drained_requestsEndInTimeOrNot_isSaid() throws Exception {
        Bubble.run(b -> {
            for (int seconds : new int[] {4, 6}) {
                var requests = new WaitGroup();
                requests.go(Context.background(), c -> c.sleep(Duration.ofSeconds(seconds)));
                assertEquals(seconds < 5, OneOfSeveral.drained(Context.background(), requests));
                requests.await();
            }
        });
    }

    @Test
    void banner_whileItIsLoadedAndThen_isTheDefaultAndThenTheLoadedOne() throws Exception {
        Bubble.run(b -> {
            var page = new OneOfSeveral(() -> {
                Context.background().sleep(Duration.ofMillis(120));
                return "it rains";
            }, RateLimiter.perSecond(1, 1));
            var loads = new WaitGroup();
            loads.go(() -> page.load().get());
            b.await();
            assertFalse(page.load().isDone());
            assertEquals("welcome", page.banner(Context.background()));
            assertEquals("welcome", page.banner(Context.background()));
            assertEquals("it rains", page.banner(Context.background()));
            assertTrue(page.load().isDone());
        });
    }

    @Test
    void ask_turnOrStopOrEnd_takesATokenOrNone() throws Exception {
        Bubble.run(b -> {
            var limiter = RateLimiter.every(ofDays(1), 1);
            var page = new OneOfSeveral(() -> "", limiter);
            var stop = Chan.<String>buffered(1);
            assertEquals("asked", page.ask(Context.background(), stop));
            stop.send("it rains");
            assertEquals("not asked: it rains", page.ask(Context.background(), stop));
            assertEquals(0, limiter.tokens(), "given back");
            try (var ctx = Context.background().withTimeout(Duration.ofMillis(1))) {
                assertTrue(page.ask(ctx, stop).startsWith("not asked: context deadline exceeded"));
            }
            assertTrue(limiter.tokens() >= 0, "given back");
            assertEquals("asked", page.ask(Context.background(), stop));
        });
    }
}
