package dev.millrace.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What a limiter looks like from outside, and how it stands in a select.
class RateLimiterLookTest {
    private final ManualScheduler time = new ManualScheduler();
    private final RateLimiter limiter = time.call(() -> RateLimiter.perSecond(1, 2));

    private RateLimiterSnapshot now(double tokens, int waiting, int seconds) {
        return new RateLimiterSnapshot(1, 2, tokens, waiting, Duration.ofSeconds(seconds));
    }

    @Test
    void snapshot_twoWait_saysHowLongAndWhoHasLeft() throws Exception {
        assertEquals(now(2, 0, 0), limiter.snapshot());
        time.inside(() -> limiter.allow(2));
        var first = time.go(() -> limiter.await(Context.background(), 2));
        time.advance(Duration.ofSeconds(1));
        var second = time.go(() -> limiter.await(Context.background()));
        time.awaitIdle();
        assertEquals(now(-2, 2, 1), limiter.snapshot());
        assertEquals("rate.Limiter (1 per second, burst 2, -2 tokens, 2 waiting)", limiter.toString());
        Until.until("the thread shows it", // it counts as at rest a moment before it parks
                () -> limiter.toString().equals(String.valueOf(LockSupport.getBlocker(second.thread()))));
        time.advance(Duration.ofSeconds(1));
        time.awaitIdle();
        first.check();
        assertEquals(now(-1, 1, 1), limiter.snapshot());
        time.advance(Duration.ofSeconds(1));
        time.awaitIdle();
        second.check();
        assertEquals(now(0, 0, 0), limiter.snapshot());
    }

    @Test
    void snapshot_whoGaveUp_isNotThere() throws Exception {
        time.inside(() -> limiter.allow(2));
        var ctx = time.call(() -> Context.background().withCancel());
        var cut = time.go(() -> assertThrows(CancelledException.class, () -> limiter.await(ctx)));
        time.awaitIdle(); // who waits first has reserved first
        var interrupted = time.go(() -> {
            assertThrows(InterruptedWaitException.class, () -> limiter.await(Context.background()));
            Thread.interrupted();
        });
        time.awaitIdle();
        assertEquals(2, limiter.snapshot().waiting());
        time.inside(ctx::cancel);
        time.awaitIdle();
        assertEquals(1, limiter.snapshot().waiting());
        interrupted.thread().interrupt();
        Until.until("it has ended", interrupted::isFinished);
        time.awaitIdle();
        cut.check();
        interrupted.check();
        assertEquals(now(-1, 0, 0), limiter.snapshot(),
                "the first could not give back what another had reserved behind it");
    }

    /// As the class comment says: its time is the select's timeout, and who does something else gives the tokens back.
    @Test
    void select_reservation_isTakenOrGivenBack() {
        time.inside(() -> limiter.allow(2));
        var stop = time.call(() -> Chan.<String>buffered(1));
        var turn = time.go(() -> assertEquals("turn", act(stop)));
        time.advance(Duration.ofSeconds(1));
        time.awaitIdle();
        turn.check();
        assertEquals(0, limiter.tokens());
        var stopped = time.go(() -> assertEquals("stop", act(stop)));
        time.awaitIdle();
        assertEquals(-1, limiter.tokens());
        time.inside(() -> stop.send("stop"));
        time.awaitIdle();
        stopped.check();
        assertEquals(0, limiter.tokens());
    }

    private String act(Chan<String> stop) {
        Reservation turn = limiter.reserve(1);
        return Select.<String>first()
                .receive(stop, why -> {
                    turn.cancel();
                    return why;
                })
                .timeout(turn.delay(), () -> "turn")
                .run();
    }
}
