package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.GoExit;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RaceQuorumHarvestTest {
    private static final Context ROOT = Context.background();

    private static <T> ContextCall<T> answers(T value) {
        return _ -> value;
    }

    private static <T> ContextCall<T> fails(Exception failure) {
        return _ -> {
            throw failure;
        };
    }

    private static <T> ContextCall<T> sleeps() {
        return c -> {
            c.sleep(Duration.ofHours(1));
            return null;
        };
    }

    // Race.

    @Test
    void race_firstSuccess_winsAndTheOthersHearWhy() throws Exception {
        var cause = new CompletableFuture<Throwable>();
        var started = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        String winner = Race.first(ROOT, List.<ContextCall<String>>of(
                c -> {
                    started.countDown();
                    c.awaitDone();
                    cause.complete(c.cause());
                    ended.set(true);
                    throw new IOException("late");
                },
                _ -> {
                    started.await();
                    return "winner";
                }));
        assertEquals("winner", winner);
        assertTrue(ended.get(), "the losers were waited for");
        assertEquals("lost the race", cause.get().getMessage());
    }

    @Test
    void race_someFail_theSuccessWins() throws Exception {
        assertEquals("ok", Race.first(ROOT, List.of(fails(new IOException("1")), fails(new IOException("2")),
                RaceQuorumHarvestTest.<String>answers("ok"))));
    }

    @Test
    void race_nullResult_isASuccess() throws Exception {
        assertNull(Race.first(ROOT, List.of(RaceQuorumHarvestTest.<String>answers(null))));
    }

    @Test
    void race_allFail_throwsTheFirstWithTheOthersSuppressed() {
        var first = new IOException("first");
        var second = new IOException("second");
        var firstThread = new CompletableFuture<Thread>();
        var thrown = assertThrows(IOException.class, () -> Race.first(ROOT, List.of(
                _ -> {
                    firstThread.complete(Thread.currentThread());
                    throw first;
                },
                _ -> {
                    Until.ended(firstThread.get(20, TimeUnit.SECONDS));
                    throw second;
                })));
        assertSame(first, thrown);
        assertEquals(List.of(second), List.of(thrown.getSuppressed()));
    }

    @Test
    void race_allFailWithTheSame_isNeverSuppressedByItself() {
        var same = new IOException("same");
        var thrown = assertThrows(IOException.class, () -> Race.first(ROOT, List.of(fails(same), fails(same))));
        assertSame(same, thrown);
        assertEquals(0, same.getSuppressed().length);
    }

    @Test
    void race_noTasks_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Race.first(ROOT, List.<ContextCall<String>>of()));
    }

    @Test
    void race_contextEnds_throwsThat() throws Exception {
        var cause = new IOException("planted");
        var ctx = ROOT.withCancel();
        var thrown = new CompletableFuture<Throwable>();
        Thread racer = Thread.startVirtualThread(() -> thrown.complete(assertThrows(
                Throwable.class, () -> Race.first(ctx, List.of(sleeps(), sleeps())))));
        Until.waits(racer);
        ctx.cancel(cause);
        assertInstanceOf(CancelledException.class, thrown.get(20, TimeUnit.SECONDS));
        assertSame(cause, thrown.get().getCause());
    }

    @Test
    void race_interrupted_cancelsWaitsAndKeepsTheFlag() throws Exception {
        interrupted(() -> Race.first(ROOT, List.of(sleeps(), sleeps())));
    }

    private static void interrupted(Executable wait) throws Exception {
        long old = Go.numGoroutine();
        var flag = new AtomicBoolean();
        var thrown = new AtomicReference<Throwable>();
        Thread waiter = Thread.startVirtualThread(() -> {
            thrown.set(assertThrows(Throwable.class, wait));
            flag.set(Thread.currentThread().isInterrupted());
        });
        Until.waits(waiter);
        waiter.interrupt();
        Until.ended(waiter);
        assertInstanceOf(InterruptedWaitException.class, thrown.get());
        assertTrue(flag.get());
        Until.until("no task runs any more", () -> Go.numGoroutine() <= old);
    }

    @Test
    void race_exitInATask_countsAsNoResult() throws Exception {
        assertEquals("ok", Race.first(ROOT, List.of(
                _ -> {
                    Go.exit();
                    return "never";
                },
                answers("ok"))));
    }

    @Test
    void race_allExit_doesNotEndTheCaller() {
        Throwable thrown = assertThrows(Throwable.class, () -> Race.first(ROOT, List.of(_ -> {
            Go.exit();
            return 1;
        })));
        assertInstanceOf(IllegalStateException.class, thrown, "not " + GoExit.class.getSimpleName());
    }

    @Test
    void race_errorInTheOnlyTask_isThrownAsItIs() {
        var failure = new AssertionError("planted");
        assertSame(failure, assertThrows(AssertionError.class, () -> Race.first(ROOT, List.of(_ -> {
            throw failure;
        }))));
    }

    // Quorum.

    @Test
    void quorum_kSuccesses_areAnsweredInTheirOrder() throws Exception {
        var second = new CountDownLatch(1);
        List<String> results = Quorum.of(ROOT, 2, List.<ContextCall<String>>of(
                c -> {
                    second.await();
                    return "slow";
                },
                _ -> {
                    second.countDown();
                    return "x";
                },
                sleeps()));
        assertEquals(2, results.size());
        assertTrue(results.contains("slow") && results.contains("x"), results.toString());
    }

    @Test
    void quorum_complete_cancelsTheRestWithAReason() throws Exception {
        var cause = new CompletableFuture<Throwable>();
        Quorum.of(ROOT, 1, List.<ContextCall<String>>of(answers("a"), c -> {
            c.awaitDone();
            cause.complete(c.cause());
            return "late";
        }));
        assertEquals("the quorum is complete without it", cause.get().getMessage());
    }

    @Test
    void quorum_impossible_cancelsAtOnceAndThrowsTheFirst() {
        var first = new IOException("first");
        var cause = new CompletableFuture<Throwable>();
        var thrown = assertThrows(IOException.class, () -> Quorum.of(ROOT, 2, List.<ContextCall<String>>of(
                fails(first),
                c -> {
                    c.awaitDone();
                    cause.complete(c.cause());
                    return "late";
                })));
        assertSame(first, thrown);
        assertEquals("the quorum cannot be reached", cause.join().getMessage());
    }

    @Test
    void quorum_impossible_leavesOutTheEchoesOfItsOwnCancel() {
        var first = new IOException("first");
        var thrown = assertThrows(
                IOException.class, () -> Quorum.of(ROOT, 2, List.<ContextCall<String>>of(fails(first), sleeps())));
        assertSame(first, thrown);
        assertEquals(0, thrown.getSuppressed().length, () -> Arrays.toString(thrown.getSuppressed()));
    }

    @Test
    void quorum_nullResults_areResults() throws Exception {
        List<String> results = Quorum.of(ROOT, 2, List.of(answers(null), answers(null)));
        assertEquals(Arrays.asList(null, null), results);
        assertThrows(UnsupportedOperationException.class, () -> results.add("x"));
    }

    @Test
    void quorum_kOutOfRange_isRefused() {
        var two = List.<ContextCall<String>>of(answers("a"), answers("b"));
        assertAll(
                () -> assertThrows(IllegalArgumentException.class, () -> Quorum.of(ROOT, 0, two)),
                () -> assertThrows(IllegalArgumentException.class, () -> Quorum.of(ROOT, -1, two)),
                () -> assertThrows(IllegalArgumentException.class, () -> Quorum.of(ROOT, 3, two)),
                () -> assertThrows(
                        IllegalArgumentException.class,
                        () -> Quorum.of(ROOT, 0, List.<ContextCall<String>>of())),
                () -> assertEquals(2, Quorum.of(ROOT, 2, two).size()));
    }

    @Test
    void quorum_interrupted_cancelsWaitsAndKeepsTheFlag() throws Exception {
        interrupted(() -> Quorum.of(ROOT, 2, List.of(sleeps(), sleeps(), sleeps())));
    }

    @Test
    void quorum_manyAtOnce_answersExactlyK() throws Exception {
        for (int round = 0; round < 500; round++) {
            List<Integer> results = Quorum.of(ROOT, 3, Collections.nCopies(8, answers(1)));
            assertEquals(List.of(1, 1, 1), results);
        }
    }

    // Harvest.

    @Test
    void harvest_allEnd_answersEachInOrder() {
        var failure = new IOException("planted");
        List<Outcome<String>> outcomes = Harvest.by(ROOT, List.of(answers("a"), fails(failure), answers(null)));
        assertEquals(
                List.of(new Outcome.Success<>("a"), new Outcome.Failure<String>(failure),
                        new Outcome.Success<String>(null)),
                outcomes);
    }

    @Test
    void harvest_deadline_answersWhatIsThere() {
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(50))) {
            List<Outcome<String>> outcomes = Harvest.by(ctx, List.of(answers("a"), sleeps()));
            assertEquals(List.of(new Outcome.Success<>("a"), new Outcome.Missing<String>()), outcomes);
        }
    }

    @Test
    void harvest_failureOfATask_cancelsNoOther() {
        var gate = new CountDownLatch(1);
        List<Outcome<Boolean>> outcomes = Harvest.by(ROOT, List.of(
                _ -> {
                    gate.countDown();
                    throw new IOException("planted");
                },
                c -> {
                    gate.await();
                    return c.isDone();
                }));
        assertEquals(new Outcome.Success<>(false), outcomes.get(1));
    }

    @Test
    void harvest_noTasks_isEmpty() {
        assertEquals(List.of(), Harvest.by(ROOT, List.<ContextCall<String>>of()));
    }

    @Test
    void harvest_innerTimeout_isAFailure() {
        List<Outcome<String>> outcomes = Harvest.by(ROOT, List.of(c -> {
            try (var inner = c.withTimeout(Duration.ofMillis(1))) {
                inner.awaitDone();
                inner.check();
            }
            return "never";
        }));
        assertInstanceOf(Outcome.Failure.class, outcomes.getFirst());
    }

    @Test
    void harvest_errorInATask_isAFailureAndLosesNoOther() {
        var failure = new AssertionError("planted");
        assertEquals(
                List.of(new Outcome.Success<>("a"), new Outcome.Failure<String>(failure)),
                Harvest.by(ROOT, List.of(answers("a"), _ -> {
                    throw failure;
                })));
    }

    @Test
    void harvest_exitInATask_isMissingAndLosesNoOther() {
        assertEquals(
                List.of(new Outcome.Success<>("a"), new Outcome.Missing<String>()),
                Harvest.by(ROOT, List.of(answers("a"), _ -> {
                    Go.exit();
                    return "never";
                })));
    }

    @Test
    void harvest_interrupted_cancelsWaitsAndKeepsTheFlag() throws Exception {
        interrupted(() -> Harvest.by(ROOT, List.of(sleeps(), sleeps())));
    }
}
