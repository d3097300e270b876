package dev.millrace.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Under a clock that stands until it is moved. It begins a second before it wraps around.
class RetryTest {
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;
    private static final Context ROOT = Context.background();

    private final ManualScheduler time = new ManualScheduler(START, Instant.parse("2031-05-06T07:08:09Z"));
    private final List<Long> begun = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void nothing_isLeft() {
        assertTrue(time.lowest() >= 0, "lowest count " + time.lowest());
        assertEquals(0, time.runnable());
        assertEquals(0, time.timers());
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Retry steady(long first, long max) {
        return Retry.exponential(ms(first), ms(max)).jitter(0);
    }

    private long now() {
        return (time.nanoTime() - START) / 1_000_000;
    }

    /// Runs `body` with as much time as it needs; it must have ended within an hour.
    private void run(ManualScheduler.Body body) {
        Started started = time.go(body);
        time.advance(Duration.ofHours(1));
        time.awaitIdle();
        started.check();
    }

    /// An attempt that notes when it began, and fails with what `failures` has for it; after these it returns their number.
    private Retry.Attempt<Integer> failing(Exception... failures) {
        var next = new AtomicInteger();
        return _ -> {
            begun.add(now());
            int i = next.getAndIncrement();
            if (i < failures.length) {
                throw failures[i];
            }
            return i;
        };
    }

    private static Exception[] planted(int n) {
        var all = new Exception[n];
        for (int i = 0; i < n; i++) {
            all[i] = new IOException("planted " + (i + 1));
        }
        return all;
    }

    // Attempts and pauses.

    @Test
    void call_firstSucceeds_answersIt() {
        run(() -> {
            assertEquals(0, steady(100, 1_000).call(ROOT, failing()));
            assertNull(steady(100, 1_000).<String>call(ROOT, _ -> null));
            assertEquals(List.of(0L), begun);
        });
    }

    @Test
    void call_failures_pausesDoubleUpToTheLongest() {
        run(() -> {
            assertEquals(7, steady(100, 1_000).attempts(8).call(ROOT, failing(planted(7))));
            assertEquals(List.of(0L, 100L, 300L, 700L, 1_500L, 2_500L, 3_500L, 4_500L), begun);
        });
    }

    @Test
    void call_allFail_throwsTheLastWithTheOthersSuppressed() {
        run(() -> {
            Exception[] all = planted(5);
            var thrown = assertThrows(IOException.class, () -> steady(100, 1_000).call(ROOT, failing(all)));
            assertSame(all[3], thrown, "four attempts, unless something else is said");
            assertEquals(List.of(all[0], all[1], all[2]), List.of(thrown.getSuppressed()));
            assertEquals(4, begun.size());
        });
    }

    @Test
    void call_manyFail_keepsTheLastEight() {
        run(() -> {
            Exception[] all = planted(30);
            var thrown = assertThrows(
                    IOException.class, () -> steady(0, 0).attempts(30).call(ROOT, failing(all)));
            assertSame(all[29], thrown);
            assertEquals(List.of(all).subList(21, 29), List.of(thrown.getSuppressed()));
        });
    }

    @Test
    void call_sameObjectAgain_isNeverItsOwnSuppressed() {
        run(() -> {
            var same = new IOException("planted");
            var other = new IOException("other");
            var thrown = assertThrows(
                    IOException.class,
                    () -> steady(1, 1).attempts(5).call(ROOT, failing(same, other, same, other, same)));
            assertSame(same, thrown);
            assertEquals(List.of(other), List.of(thrown.getSuppressed()));
        });
    }

    @Test
    void pauses_veryLong_doNotOverflow() {
        var forever = Duration.ofSeconds(Long.MAX_VALUE);
        run(() -> {
            try (var ctx = ROOT.withTimeout(Duration.ofMinutes(1))) {
                assertThrows(
                        IOException.class,
                        () -> Retry.exponential(forever, forever)
                                .jitter(0)
                                .call(ctx, failing(planted(9))));
            }
            assertEquals(List.of(0L), begun);
            begun.clear();
            var nanos = Retry.exponential(Duration.ofNanos(1), Duration.ofNanos(5)).jitter(0).attempts(100);
            assertEquals(99, nanos.call(ROOT, failing(planted(99))));
            assertEquals(START + 1 + 2 + 4 + 96 * 5, time.nanoTime());
        });
    }

    @Test
    void jitter_leavesOutAPartAtRandom() {
        for (double part : new double[] {0.5, 1}) {
            var random = new SplittableRandom(11);
            var retry = Retry.exponential(ms(1_000), ms(1_000)).jitter(part).attempts(400).random(random);
            begun.clear();
            run(() -> retry.call(ROOT, failing(planted(399))));
            var expected = new SplittableRandom(11);
            long shortest = Long.MAX_VALUE;
            long longest = 0;
            double at = (double) begun.getFirst();
            for (int i = 1; i < 400; i++) {
                at += 1_000 - 1_000 * part * expected.nextDouble();
                assertEquals(at, begun.get(i), 1.5);
                long pause = begun.get(i) - begun.get(i - 1);
                shortest = Math.min(shortest, pause);
                longest = Math.max(longest, pause);
            }
            double least = 1_000 * (1 - part);
            assertTrue(shortest >= least - 1 && shortest < least + 30, shortest + " at least");
            assertTrue(longest <= 1_001 && longest > 970, longest + " at most");
        }
    }

    @Test
    void jitter_ofTheDefault_isFull() {
        assertEquals("exponential from PT0.05S to PT2S, 4 attempts, jitter 1.0",
                Retry.exponential(ms(50), ms(2_000)).toString());
        assertEquals("exponential from PT0.05S to PT2S, 1 attempt of PT0.3S, jitter 0.5",
                Retry.exponential(ms(50), ms(2_000)).attempts(1).jitter(0.5).attemptTimeout(ms(300)).toString());
    }

    // What is tried again.

    @Test
    void on_saysNo_isThrownAtOnce() {
        run(() -> {
            var retry = steady(100, 100).on(e -> e instanceof IOException);
            var bad = new IllegalStateException("planted");
            var first = new IOException("planted");
            assertSame(bad, assertThrows(Exception.class, () -> retry.call(ROOT, failing(first, bad, first))));
            assertEquals(List.of(first), List.of(bad.getSuppressed()));
            assertEquals(2, begun.size());
        });
    }

    @Test
    void on_fails_isThrownWithTheFailure() {
        run(() -> {
            var mine = new IllegalStateException("planted");
            var failure = new IOException("planted");
            var retry = steady(100, 100).on(_ -> {
                throw mine;
            });
            assertSame(mine, assertThrows(Exception.class, () -> retry.call(ROOT, failing(failure))));
            assertEquals(List.of(failure), List.of(mine.getSuppressed()));
        });
    }

    @Test
    void call_error_isNeverTriedAgain() {
        run(() -> {
            var error = new AssertionError("planted");
            var earlier = new IOException("planted");
            var runs = new AtomicInteger();
            var thrown = assertThrows(AssertionError.class, () -> steady(1, 1).run(ROOT, _ -> {
                if (runs.incrementAndGet() == 1) {
                    throw earlier;
                }
                throw error;
            }));
            assertSame(error, thrown);
            assertEquals(List.of(earlier), List.of(error.getSuppressed()));
            assertEquals(2, runs.get());
        });
    }

    @Test
    void call_exit_endsTheGoroutine() {
        var runs = new AtomicInteger();
        Started exits = time.go(() -> steady(1, 1).run(ROOT, _ -> {
            runs.incrementAndGet();
            Go.exit();
        }));
        time.awaitIdle();
        exits.check();
        assertEquals(1, runs.get());
    }

    @Test
    void call_interrupt_isNeverTriedAgain() {
        run(() -> {
            for (Exception e : List.of(new InterruptedException(), new InterruptedWaitException("planted"))) {
                begun.clear();
                assertSame(e, assertThrows(Exception.class, () -> steady(1, 1).call(ROOT, failing(e))));
                assertEquals(1, begun.size());
            }
        });
    }

    // Contexts.

    @Test
    void call_endedContext_triesNothing() {
        run(() -> {
            try (var ctx = ROOT.withCancel()) {
                ctx.cancel();
                assertThrows(CancelledException.class, () -> steady(1, 1).call(ctx, failing()));
                assertEquals(List.of(), begun);
            }
        });
    }

    @Test
    void attempt_context_isAChildOfItsOwnThatEndsWithIt() {
        run(() -> {
            var key = Context.Key.<String>named("user");
            try (var ctx = ROOT.withValue(key, "ann").withTimeout(ms(10_000))) {
                var seen = new ArrayList<Context>();
                assertThrows(IOException.class, () -> steady(1, 1).attempts(3).attemptTimeout(ms(300)).call(ctx, c -> {
                    assertEquals("ann", c.value(key));
                    assertEquals(300_000_000, c.remainingNanos());
                    assertFalse(c.isDone());
                    assertEquals("attempt " + (seen.size() + 1), c.name());
                    seen.add(c);
                    throw new IOException("planted");
                }));
                assertEquals(3, seen.stream().filter(Context::isDone).count());
                assertFalse(ctx.isDone());
            }
        });
    }

    @Test
    void attempt_outOfItsTime_isTriedAgain() {
        run(() -> {
            var retry = steady(100, 1_000).attempts(3).attemptTimeout(ms(300));
            var thrown = assertThrows(DeadlineExceededException.class, () -> retry.call(ROOT, c -> {
                begun.add(now());
                c.awaitDone();
                c.check();
                return 1;
            }));
            assertEquals(List.of(0L, 400L, 900L), begun);
            assertEquals(1_200, now());
            assertTrue(thrown.getMessage().contains("\"attempt 3\" had 300 ms"), thrown.getMessage());
            assertEquals(2, thrown.getSuppressed().length);
        });
    }

    @Test
    void call_callersContextEndsDuringAnAttempt_isNotTriedAgain() {
        run(() -> {
            try (var ctx = ROOT.withTimeout(ms(50))) {
                var e = assertThrows(DeadlineExceededException.class, () -> steady(0, 0).attempts(9).call(ctx, c -> {
                    begun.add(now());
                    c.sleep(ms(1_000));
                    return 1;
                }));
                assertEquals(List.of(0L), begun);
                assertEquals(0, e.getSuppressed().length);
                assertEquals(50, now());
            }
        });
    }

    @Test
    void call_callersContextEndsDuringAnAttempt_throwsWhatTheAttemptThrew() {
        run(() -> {
            try (var ctx = ROOT.withCancel()) {
                var failure = new IOException("planted");
                assertSame(failure, assertThrows(Exception.class, () -> steady(0, 0).call(ctx, _ -> {
                    begun.add(now());
                    ctx.cancel();
                    throw failure;
                })));
                assertEquals(List.of(0L), begun);
            }
        });
    }

    @Test
    void call_contextEndsDuringAPause_throwsThatEndWithTheFailures() {
        run(() -> {
            try (var ctx = ROOT.withCancel()) {
                ctx.afterFunc(() -> {});
                Go.go(() -> {
                    ROOT.sleep(ms(150));
                    ctx.cancel("enough");
                });
                Exception[] all = planted(9);
                var e = assertThrows(
                        CancelledException.class, () -> steady(100, 1_000).attempts(9).call(ctx, failing(all)));
                assertEquals("enough", e.getCause().getMessage());
                assertEquals(List.of(all[0], all[1]), List.of(e.getSuppressed()));
                assertEquals(List.of(0L, 100L), begun);
                assertEquals(150, now());
            }
        });
    }

    @Test
    void call_interruptedDuringAPause_throwsWithTheFlagSet() throws Exception {
        Started waiter = time.go(() -> {
            Exception[] all = planted(9);
            var e = assertThrows(InterruptedWaitException.class, () -> steady(100, 1_000).call(ROOT, failing(all)));
            assertEquals(List.of(all[0]), List.of(e.getSuppressed()));
            assertTrue(Thread.interrupted());
        });
        time.awaitIdle();
        waiter.thread().interrupt();
        Until.until("it has ended", waiter::isFinished);
        time.awaitIdle();
        waiter.check();
    }

    // The deadline.

    @Test
    void deadline_beforeTheEndOfThePause_throwsTheLastFailureAtOnce() {
        run(() -> {
            try (var ctx = ROOT.withTimeout(ms(300))) {
                Exception[] all = planted(9);
                var e = assertThrows(IOException.class, () -> steady(100, 1_000).attempts(9).call(ctx, failing(all)));
                assertSame(all[1], e, "the next would begin at 300, which is the deadline");
                assertEquals(List.of(0L, 100L), begun);
                assertEquals(100, now(), "it did not wait for it");
            }
            begun.clear();
            try (var ctx = ROOT.withTimeout(ms(300).plusNanos(1))) {
                assertThrows(IOException.class, () -> steady(100, 1_000).attempts(9).call(ctx, failing(planted(9))));
                assertEquals(List.of(100L, 200L, 400L), begun);
            }
        });
    }

    @Test
    void deadline_withAnAttemptTimeout_noRetryThatCouldNotHaveIt() {
        run(() -> {
            try (var ctx = ROOT.withTimeout(ms(1_000))) {
                var retry = steady(100, 1_000).attempts(9).attemptTimeout(ms(300));
                Exception[] all = planted(9);
                var e = assertThrows(IOException.class, () -> retry.call(ctx, failing(all)));
                // 700 leaves just enough, and then nothing does.
                assertSame(all[3], e);
                assertEquals(List.of(0L, 100L, 300L, 700L), begun);
            }
            begun.clear();
            try (var ctx = ROOT.withTimeout(ms(1_000).minusNanos(1))) {
                var retry = steady(100, 1_000).attempts(9).attemptTimeout(ms(300));
                assertThrows(IOException.class, () -> retry.call(ctx, failing(planted(9))));
                assertEquals(List.of(700L, 800L, 1_000L), begun);
                assertEquals(1_000, now(), "and no pause that is not enough");
            }
        });
    }

    @Test
    void deadline_withALeastTime_takesWhatIsLeft() {
        run(() -> {
            try (var ctx = ROOT.withTimeout(ms(500))) {
                var left = new ArrayList<Long>();
                var retry = steady(100, 1_000).attempts(9).attemptTimeout(ms(300), ms(50));
                assertThrows(DeadlineExceededException.class, () -> retry.call(ctx, c -> {
                    begun.add(now());
                    left.add(c.remainingNanos() / 1_000_000);
                    c.sleep(ms(1_000));
                    return 1;
                }));
                assertEquals(List.of(0L, 400L), begun);
                assertEquals(List.of(300L, 100L), left);
                assertEquals(500, now());
            }
        });
    }

    @Test
    void deadline_lessLeftThanAnAttemptsTime_firstGetsWhatIsLeftAndNoSecondFollows() {
        run(() -> {
            var retry = steady(10, 1_000).attempts(9);
            for (var limited : List.of(retry.attemptTimeout(ms(300)), retry.attemptTimeout(ms(300), ms(250)))) {
                long start = now();
                begun.clear();
                try (var ctx = ROOT.withTimeout(ms(200))) {
                    var failure = new IOException("planted");
                    var left = new ArrayList<Long>();
                    assertSame(failure, assertThrows(IOException.class, () -> limited.call(ctx, c -> {
                        begun.add(now());
                        left.add(c.remainingNanos());
                        throw failure;
                    })));
                    assertEquals(List.of(200_000_000L), left);
                    assertEquals(List.of(start), begun);
                    assertEquals(start, now(), "nothing was waited for");
                    assertFalse(ctx.isDone());
                }
                begun.clear();
                try (var ctx = ROOT.withTimeout(ms(200))) {
                    assertThrows(DeadlineExceededException.class, () -> limited.call(ctx, c -> {
                        begun.add(now());
                        c.sleep(ms(1_000));
                        return 1;
                    }));
                    assertEquals(List.of(start), begun);
                    assertEquals(start + 200, now(), "it had what was left");
                }
            }
        });
    }

    // Budgets.

    @Test
    void budget_nestedRetries_doNotMultiply() {
        run(() -> {
            var retry = steady(1, 1).attempts(4);
            var failure = new IOException("planted");
            Retry.Attempt<Integer> leaf = _ -> {
                begun.add(now());
                throw failure;
            };
            assertThrows(IOException.class, () -> retry.call(ROOT, c -> retry.call(c, d -> retry.call(d, leaf))));
            assertEquals(64, begun.size());
            begun.clear();
            Context ctx = Retry.budget(ROOT, 10);
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () -> retry.call(ctx, c -> retry.call(c, d -> retry.call(d, leaf)))));
            assertEquals(11, begun.size(), "one first attempt, and ten retries");
            assertEquals(OptionalInt.of(0), Retry.budgetLeft(ctx));
            assertThrows(IOException.class, () -> retry.call(ctx, leaf));
            assertEquals(12, begun.size(), "first attempts are free");
        });
    }

    @Test
    void budget_withinABudget_takesFromBoth() {
        run(() -> {
            var retry = steady(1, 1).attempts(100);
            Context outer = Retry.budget(ROOT, 5);
            Context inner = Retry.budget(outer, 3);
            Context wide = Retry.budget(outer, 50);
            assertEquals(OptionalInt.of(5), Retry.budgetLeft(wide));
            assertThrows(IOException.class, () -> retry.call(inner, failing(planted(200))));
            assertEquals(4, begun.size());
            assertEquals(OptionalInt.of(2), Retry.budgetLeft(outer));
            assertThrows(IOException.class, () -> retry.call(wide, failing(planted(200))));
            assertEquals(7, begun.size());
            assertEquals(OptionalInt.of(0), Retry.budgetLeft(outer));
            assertEquals(OptionalInt.of(0), Retry.budgetLeft(wide));
        });
    }

    @Test
    void budget_retryThatWasNotMade_isGivenBack() {
        run(() -> {
            Context outer = Retry.budget(ROOT, 5);
            try (var ctx = Retry.budget(outer, 5).withCancel()) {
                ctx.afterFunc(() -> {});
                Go.go(() -> {
                    ROOT.sleep(ms(50));
                    ctx.cancel();
                });
                assertThrows(ContextException.class, () -> steady(100, 100).call(ctx, failing(planted(9))));
                assertEquals(OptionalInt.of(5), Retry.budgetLeft(ctx));
            }
            assertEquals(OptionalInt.of(5), Retry.budgetLeft(outer));
            assertThrows(
                    IOException.class,
                    () -> steady(1, 1).on(_ -> false).call(outer, failing(planted(9))));
            assertEquals(OptionalInt.of(5), Retry.budgetLeft(outer), "no is no retry");
            assertEquals(OptionalInt.empty(), Retry.budgetLeft(ROOT));
        });
    }

    @Test
    void budget_sharedByGoroutines_isExact() {
        var made = new AtomicInteger();
        Context ctx = Retry.budget(ROOT, 100);
        var retry = steady(0, 0).attempts(1_000);
        for (int i = 0; i < 10; i++) {
            time.go(() -> assertThrows(IOException.class, () -> retry.run(ctx, _ -> {
                made.incrementAndGet();
                throw new IOException("planted");
            })));
        }
        time.awaitIdle();
        assertEquals(110, made.get());
    }

    // Misuse.

    @Test
    void badArguments_areRefused() {
        var retry = steady(1, 1);
        List<org.junit.jupiter.api.function.Executable> bad = Arrays.asList(
                () -> Retry.exponential(ms(-1), ms(1)),
                () -> Retry.exponential(ms(2), ms(1)),
                () -> retry.attempts(0),
                () -> retry.jitter(-0.1),
                () -> retry.jitter(1.1),
                () -> retry.jitter(Double.NaN),
                () -> retry.attemptTimeout(Duration.ZERO),
                () -> retry.attemptTimeout(ms(1), ms(2)),
                () -> retry.attemptTimeout(ms(1), ms(-1)),
                () -> Retry.budget(ROOT, -1));
        for (var one : bad) {
            var e = assertInstanceOf(
                    IllegalArgumentException.class, assertThrows(Exception.class, one),
                    String.valueOf(bad.indexOf(one)));
            assertTrue(e.getMessage().contains("was ") || e.getMessage().contains("were "), e.getMessage());
        }
        assertThrows(NullPointerException.class, () -> retry.on(null));
        assertThrows(NullPointerException.class, () -> retry.call(ROOT, null));
        assertThrows(NullPointerException.class, () -> retry.run(ROOT, null));
        assertThrows(NullPointerException.class, () -> retry.call(null, _ -> 1));
        assertThrows(NullPointerException.class, () -> Retry.exponential(null, ms(1)));
    }

    @Test
    void settings_answerANewValue() {
        var retry = steady(1, 1);
        retry.attempts(9).jitter(1).attemptTimeout(ms(5)).on(_ -> false);
        assertEquals("exponential from PT0.001S to PT0.001S, 4 attempts, jitter 0.0", retry.toString());
    }
}
