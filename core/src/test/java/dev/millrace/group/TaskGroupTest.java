package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Case;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.ContextTask;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskGroupTest {
    private static final Context ROOT = Context.background();

    private static ContextTask failing(Throwable failure) {
        return _ -> {
            throw failure instanceof Exception e ? e : sneak(failure);
        };
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneak(Throwable failure) throws X {
        throw (X) failure;
    }

    // Joining.

    @Test
    @Item({"EG-01"})
    void join_allSucceed_returns() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            var ran = new AtomicInteger();
            for (int i = 0; i < 10; i++) {
                group.go(_ -> ran.incrementAndGet());
            }
            group.join();
            assertEquals(10, ran.get());
            assertEquals(List.of(), group.failures());
        }
    }

    @Test
    @Item({"EG-01"})
    @Hazard(31)
    void join_oneFails_throwsItAsItIs() {
        var failure = new IOException("planted");
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {});
            group.go(failing(failure));
            assertSame(failure, assertThrows(Exception.class, group::join));
            assertEquals(List.of(failure), group.failures());
        }
    }

    @Test
    void join_noTasks_returnsAndEndsTheContext() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            group.join();
            assertTrue(group.context().isDone());
        }
    }

    @Test
    @Item({"EG-02", "EG-13"})
    void join_severalRounds_theFirstFailureSticks() throws Exception {
        var first = new IOException("first");
        var second = new IOException("second");
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {});
            group.join();
            group.go(failing(first));
            assertSame(first, assertThrows(IOException.class, group::join));
            group.go(_ -> {});
            assertSame(first, assertThrows(IOException.class, group::join));
            group.go(failing(second));
            assertSame(first, assertThrows(IOException.class, group::join));
            assertSame(first, assertThrows(IOException.class, group::join));
            assertEquals(List.of(second), List.of(first.getSuppressed()), "once, however often it is thrown");
            assertEquals(List.of(first, second), group.failures());
        }
    }

    @Test
    @Item({"EG-03"})
    @Hazard(30)
    void context_firstFailure_endsItWithThatCauseBeforeTheJoinReturns() throws Exception {
        var failure = new IOException("planted");
        var seen = new CompletableFuture<Throwable>();
        try (var group = TaskGroup.open(ROOT)) {
            group.go(c -> {
                c.awaitDone();
                seen.complete(c.cause());
            });
            group.go(failing(failure));
            assertSame(failure, seen.get(20, TimeUnit.SECONDS), "before the join");
            assertSame(failure, group.context().cause());
            assertInstanceOf(CancelledException.class, group.context().err());
            assertSame(failure, assertThrows(IOException.class, group::join));
        }
    }

    @Test
    void context_firstFailure_recordNamesNoMachinery() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            group.go("loader", failing(new IOException("planted")));
            group.context().awaitDone();
            var ended = group.context().cancelRecord();
            assertEquals("loader", ended.thread());
            if (ended.site() != null) {
                String type = ended.site().getClassName();
                assertFalse(type.startsWith("java.") || type.startsWith("jdk."), ended.site().toString());
            }
            assertThrows(IOException.class, group::join);
        }
    }

    @Test
    @Item({"EG-04"})
    void context_successfulJoin_endsItPlainly() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {});
            assertFalse(group.context().isDone());
            group.join();
            assertTrue(group.context().isDone());
            assertInstanceOf(CancelledException.class, group.context().cause());
            assertNull(group.context().err().getCause());
        }
    }

    @Test
    @Item({"EG-05"})
    void join_afterAFailure_waitsForAll() throws Exception {
        var gate = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {
                gate.await();
                ended.set(true);
            });
            group.go(failing(new IOException("planted")));
            group.context().awaitDone();
            var joined = new CompletableFuture<Boolean>();
            Thread joiner = Thread.startVirtualThread(() -> {
                assertThrows(IOException.class, group::join);
                joined.complete(ended.get());
            });
            Until.waits(joiner);
            assertFalse(joined.isDone());
            gate.countDown();
            assertTrue(joined.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    @Item({"EG-06"})
    void context_parentEnds_endsWithItAndTasksDecide() throws Exception {
        var parent = ROOT.withCancel();
        var cause = new IOException("planted");
        try (var heeding = TaskGroup.open(parent);
                var ignoring = TaskGroup.open(parent)) {
            heeding.go(c -> {
                c.awaitDone();
                c.check();
            });
            ignoring.go(Context::awaitDone);
            parent.cancel(cause);
            ignoring.join();
            var thrown = assertThrows(CancelledException.class, heeding::join);
            assertSame(cause, thrown.getCause());
            assertSame(cause, ignoring.context().cause());
        }
    }

    @Test
    void group_underAnEndedParent_runsItsTasksUnderAnEndedContext() throws Exception {
        var parent = ROOT.withCancel();
        parent.cancel();
        try (var group = TaskGroup.open(parent)) {
            var done = group.fork(Context::isDone);
            group.join();
            assertTrue(done.get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chain", "cases", "selector"})
    void done_ofATask_standsInASelect(String form) throws Exception {
        var gate = new CountDownLatch(1);
        var silent = Chan.<Integer>unbuffered();
        try (var group = TaskGroup.open(ROOT)) {
            var task = group.fork(_ -> {
                gate.await();
                return 7;
            });
            Supplier<String> select =
                    switch (form) {
                        case "chain" -> {
                            var chain = Select.<String>first()
                                    .event(task.done(), () -> "ended")
                                    .receive(silent, _ -> "a value");
                            yield chain::run;
                        }
                        case "cases" -> () -> Select.first(
                                Case.event(task.done(), () -> "ended"), Case.receive(silent, _ -> "a value"));
                        default -> {
                            var selector = Selector.random();
                            var ended = selector.event(task.done());
                            selector.receive(silent);
                            yield () -> selector.await() == ended ? "ended" : "a value";
                        }
                    };
            var answer = new CompletableFuture<String>();
            Thread.startVirtualThread(() -> answer.complete(select.get()));
            Until.until("the select waits", () -> silent.snapshot().blockedReceivers() == 1);
            assertFalse(answer.isDone());
            gate.countDown();
            assertEquals("ended", answer.get(20, TimeUnit.SECONDS));
            assertEquals(0, silent.snapshot().blockedReceivers());
            group.join();
            assertEquals(7, task.get());
            assertEquals("ended", select.get(), "and later too");
        }
    }

    @Test
    void join_manyThreads_allGetTheSame() throws Exception {
        var failure = new IOException("planted");
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {
                gate.await();
                throw failure;
            });
            var thrown = new ArrayList<CompletableFuture<Throwable>>();
            for (int i = 0; i < 8; i++) {
                var one = new CompletableFuture<Throwable>();
                thrown.add(one);
                Thread.startVirtualThread(() -> one.complete(assertThrows(Throwable.class, group::join)));
            }
            gate.countDown();
            for (var one : thrown) {
                assertSame(failure, one.get(20, TimeUnit.SECONDS));
            }
            assertEquals(0, failure.getSuppressed().length);
        }
    }

    @Test
    void go_afterAJoin_runsUnderTheDeadContext() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            group.join();
            var forked = group.fork(Context::isDone);
            group.join();
            assertTrue(forked.get());
        }
    }

    @Test
    void go_tasksWrites_areVisibleAfterTheJoin() throws Exception {
        for (int round = 0; round < 2000; round++) {
            var plain = new int[4];
            try (var group = TaskGroup.open(ROOT)) {
                for (int i = 0; i < plain.length; i++) {
                    int n = i;
                    group.go(_ -> plain[n] = n + 1);
                }
                group.join();
                assertEquals(10, plain[0] + plain[1] + plain[2] + plain[3]);
            }
        }
    }

    // The form with a context.

    @Test
    void joinContext_endedBefore_throwsAndTheTasksRunOn() throws Exception {
        var ctx = ROOT.withCancel();
        ctx.cancel();
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT)) {
            var forked = group.fork(_ -> {
                gate.await();
                return "done";
            });
            assertThrows(CancelledException.class, () -> group.join(ctx));
            assertFalse(group.context().isDone());
            gate.countDown();
            group.join();
            assertEquals("done", forked.get());
        }
    }

    @Test
    void joinContext_endsFirst_throwsAndTheTasksRunOn() throws Exception {
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT);
                var ctx = ROOT.withTimeout(Duration.ofMillis(20))) {
            group.go(_ -> gate.await());
            assertThrows(DeadlineExceededException.class, () -> group.join(ctx));
            assertFalse(group.context().isDone());
            gate.countDown();
            group.join();
            assertTrue(group.context().isDone());
        }
    }

    @Test
    void joinContext_tasksEndFirst_throwsTheirFailure() {
        var failure = new IOException("planted");
        try (var group = TaskGroup.open(ROOT);
                var ctx = ROOT.withCancel()) {
            group.go(failing(failure));
            assertSame(failure, assertThrows(IOException.class, () -> group.join(ctx)));
        }
    }

    // Failures.

    @Test
    void failures_echoesOfTheCancel_areLeftOutOfTheThrown() {
        var failure = new IOException("planted");
        var ready = new CountDownLatch(5);
        try (var group = TaskGroup.open(ROOT)) {
            for (int i = 0; i < 5; i++) {
                group.go(c -> {
                    ready.countDown();
                    c.sleep(Duration.ofHours(1));
                });
            }
            group.go(_ -> {
                ready.await();
                throw failure;
            });
            assertSame(failure, assertThrows(IOException.class, group::join));
            assertEquals(0, failure.getSuppressed().length);
            assertEquals(6, group.failures().size(), "but listed");
            assertSame(failure, group.failures().getFirst());
        }
    }

    @Test
    void failures_others_becomeSuppressedOnceEach() {
        var first = new IOException("first");
        var second = new IOException("second");
        try (var group = TaskGroup.open(ROOT)) {
            group.go(c -> {
                c.awaitDone();
                throw second;
            });
            group.go(c -> {
                c.awaitDone();
                throw second;
            });
            group.go(c -> {
                c.awaitDone();
                throw (Exception) c.cause();
            });
            group.go(failing(first));
            assertSame(first, assertThrows(IOException.class, group::join));
            assertEquals(List.of(second), List.of(first.getSuppressed()), "each once, and never itself");
        }
    }

    @Test
    void failures_equalButNotTheSame_areBothKept() {
        final class Equal extends Exception {
            @Override
            public boolean equals(Object o) {
                return o instanceof Equal;
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
        var all = List.of(new Equal(), new Equal(), new Equal());
        try (var group = TaskGroup.open(ROOT, TaskGroup.Mode.COLLECT_ALL)) {
            all.forEach(e -> group.go(failing(e)));
            var thrown = assertThrows(Equal.class, group::join);
            assertEquals(2, thrown.getSuppressed().length);
        }
    }

    @Test
    void failures_tensOfThousands_areReportedInNoTime() {
        int n = 50_000;
        try (var group = TaskGroup.open(ROOT, TaskGroup.Mode.COLLECT_ALL)) {
            for (int i = 0; i < n; i++) {
                group.go(failing(new Exception("planted", null, true, false) {}));
            }
            long start = System.nanoTime();
            var thrown = assertThrows(Exception.class, group::join);
            assertEquals(n - 1, thrown.getSuppressed().length);
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            assertTrue(seconds < 5, "took " + seconds + " s");
        }
    }

    @Test
    void collectAll_failures_cancelNothing() {
        var failures = List.of(new IOException("1"), new IOException("2"), new IOException("3"));
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT, TaskGroup.Mode.COLLECT_ALL)) {
            failures.forEach(f -> group.go(failing(f)));
            var late = group.fork(c -> {
                gate.await();
                return c.isDone();
            });
            Until.until("all have failed", () -> group.failures().size() == 3);
            gate.countDown();
            var thrown = assertThrows(IOException.class, group::join);
            assertFalse(late.get());
            assertEquals(2, thrown.getSuppressed().length);
            assertEquals(java.util.Set.copyOf(failures), java.util.Set.copyOf(group.failures()));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Item({"EG-12"})
    void join_errorInATask_isThrownAsItIs(TaskGroup.Mode mode) {
        var failure = new AssertionError("planted");
        try (var group = TaskGroup.open(ROOT, mode)) {
            group.go(failing(failure));
            assertSame(failure, assertThrows(AssertionError.class, group::join));
        }
    }

    @Test
    void join_neitherExceptionNorError_isThrownAsItIs() {
        var failure = new Throwable("planted");
        try (var group = TaskGroup.open(ROOT)) {
            group.go(failing(failure));
            assertSame(failure, assertThrows(Throwable.class, group::join));
        }
    }

    @Test
    @Item({"EG-11"})
    void join_exitInATask_isNoFailure() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> Go.exit());
            var forked = group.fork(_ -> {
                Go.exit();
                return "never";
            });
            group.join();
            assertTrue(forked.isDone());
            assertNull(forked.failure());
            assertTrue(assertThrows(IllegalStateException.class, forked::get).getMessage().contains("Go.exit()"));
            assertEquals(List.of(), group.failures());
        }
    }

    @Test
    void failures_whileItRuns_areInOrder() throws Exception {
        var first = new IOException("first");
        var second = new IOException("second");
        try (var group = TaskGroup.open(ROOT, TaskGroup.Mode.COLLECT_ALL)) {
            group.go(failing(first));
            Until.until("the first has failed", () -> group.failures().size() == 1);
            group.go(failing(second));
            assertThrows(IOException.class, group::join);
            assertEquals(List.of(first, second), group.failures());
        }
    }

    // Results.

    @Test
    void fork_results_areThereAfterTheJoin() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            Forked<String> text = group.fork(_ -> "text");
            Forked<Integer> number = group.fork("numbered", _ -> 7);
            Forked<String> nothing = group.fork(_ -> null);
            group.join();
            assertAll(
                    () -> assertEquals("text", text.get()),
                    () -> assertEquals(7, number.get()),
                    () -> assertNull(nothing.get()),
                    () -> assertTrue(text.isDone() && number.isDone() && nothing.isDone()),
                    () -> assertNull(text.failure()));
        }
    }

    @Test
    void fork_getBeforeTheEnd_isRefused() throws Exception {
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT)) {
            var forked = group.fork(_ -> {
                gate.await();
                return 1;
            });
            assertFalse(forked.isDone());
            assertThrows(IllegalStateException.class, forked::get);
            gate.countDown();
            group.join();
            assertEquals(1, forked.get());
        }
    }

    @Test
    void fork_failed_saysWhy() {
        var failure = new IOException("planted");
        try (var group = TaskGroup.open(ROOT)) {
            var forked = group.fork(_ -> {
                throw failure;
            });
            assertThrows(IOException.class, group::join);
            assertTrue(forked.isDone());
            assertSame(failure, forked.failure());
            assertSame(failure, assertThrows(IllegalStateException.class, forked::get).getCause());
        }
    }

    @Test
    void fork_isDone_impliesThatTheFailureIsKnown() throws Exception {
        for (int round = 0; round < 3000; round++) {
            try (var group = TaskGroup.open(ROOT, TaskGroup.Mode.COLLECT_ALL)) {
                var forked = group.fork(_ -> {
                    throw new IOException("planted");
                });
                while (!forked.isDone()) {
                    Thread.onSpinWait();
                }
                assertInstanceOf(IOException.class, forked.failure(), "round " + round);
                assertThrows(IOException.class, group::join);
            }
        }
    }

    // Closing.

    @Test
    void close_withoutJoin_cancelsWaitsAndThrowsTheFailure() {
        var ended = new AtomicBoolean();
        var failure = new IOException("planted: checked");
        var thrown = assertThrows(Exception.class, () -> {
            try (var group = TaskGroup.open(ROOT)) {
                group.go(c -> {
                    c.awaitDone();
                    ended.set(true);
                    throw failure;
                });
            }
        });
        assertSame(failure, thrown);
        assertTrue(ended.get());
    }

    @Test
    void close_withoutFailure_throwsNothing() {
        var group = TaskGroup.open(ROOT);
        group.go(Context::awaitDone);
        group.close();
        assertTrue(group.context().isDone());
        group.close();
        assertEquals("errgroup.Wait (0 running, 0 failed, closed)", group.toString());
    }

    @Test
    void close_afterTheBodyFailed_addsTheFailureAsSuppressed() {
        var body = new IllegalStateException("body");
        var task = new IOException("task");
        var thrown = assertThrows(IllegalStateException.class, () -> {
            try (var group = TaskGroup.open(ROOT)) {
                group.go(failing(task));
                group.context().awaitDone();
                throw body;
            }
        });
        assertSame(body, thrown);
        assertEquals(List.of(task), List.of(body.getSuppressed()));
    }

    @Test
    void close_afterAJoinThatThrew_throwsNothingMore() {
        var failure = new IOException("planted");
        var thrown = assertThrows(IOException.class, () -> {
            try (var group = TaskGroup.open(ROOT)) {
                group.go(failing(failure));
                group.join();
            }
        });
        assertSame(failure, thrown);
        assertEquals(0, thrown.getSuppressed().length, "never itself");
    }

    @Test
    void close_errorInATask_isThrown() {
        var failure = new AssertionError("planted");
        var group = TaskGroup.open(ROOT);
        group.go(failing(failure));
        assertSame(failure, assertThrows(AssertionError.class, group::close));
        group.close();
    }

    @Test
    void close_interrupted_waitsAllTheSameAndKeepsTheFlag() throws Exception {
        var gate = new CountDownLatch(1);
        var flag = new CompletableFuture<Boolean>();
        var group = TaskGroup.open(ROOT);
        group.go(_ -> gate.await());
        Thread closer = Thread.startVirtualThread(() -> {
            group.close();
            flag.complete(Thread.currentThread().isInterrupted());
        });
        group.context().awaitDone();
        Until.waits(closer);
        closer.interrupt();
        closer.interrupt();
        assertFalse(flag.isDone());
        gate.countDown();
        assertTrue(flag.get(20, TimeUnit.SECONDS));
    }

    @Test
    void go_afterClose_isRefused() {
        var group = TaskGroup.open(ROOT);
        group.close();
        var ran = new AtomicBoolean();
        assertAll(
                () -> assertThrows(IllegalStateException.class, () -> group.go(_ -> ran.set(true))),
                () -> assertThrows(IllegalStateException.class, () -> group.tryGo(_ -> ran.set(true))),
                () -> assertThrows(IllegalStateException.class, () -> group.fork(_ -> 1)),
                () -> assertThrows(IllegalStateException.class, () -> group.tryFork(_ -> 1)),
                () -> assertEquals("errgroup.Wait (0 running, 0 failed, closed)", group.toString()),
                () -> assertFalse(ran.get()));
    }

    @Test
    void go_byATaskWhileTheGroupCloses_isWaitedForToo() throws Exception {
        var ran = new AtomicBoolean();
        var group = TaskGroup.open(ROOT);
        group.go(c -> {
            c.awaitDone();
            group.go(_ -> group.go(_ -> ran.set(true)));
        });
        group.close();
        assertTrue(ran.get());
    }

    // Tasks that use their own group.

    @Test
    @Item({"EG-10"})
    void go_withinATask_works() throws Exception {
        var ran = new AtomicInteger();
        try (var group = TaskGroup.open(ROOT)) {
            group.go(_ -> {
                for (int i = 0; i < 10; i++) {
                    group.go(_ -> {
                        ran.incrementAndGet();
                        group.go(_ -> ran.incrementAndGet());
                    });
                }
            });
            group.join();
            assertEquals(20, ran.get());
        }
    }

    @Test
    void joinAndClose_withinATask_areRefused() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            var join = group.fork(_ -> assertThrows(IllegalStateException.class, group::join));
            var joinUnder = group.fork(c -> assertThrows(IllegalStateException.class, () -> group.join(c)));
            var close = group.fork(_ -> assertThrows(IllegalStateException.class, group::close));
            group.join();
            assertTrue(join.get().getMessage().startsWith("join within a task of the group"));
            assertTrue(joinUnder.get().getMessage().startsWith("join within a task of the group"));
            assertTrue(close.get().getMessage().startsWith("close within a task of the group"));
            group.go(_ -> {}); // the refused close closed nothing
            group.join();
        }
    }

    // Contexts and names.

    @Test
    void task_context_isTheGroupsWithoutTheRightToCancel() throws Exception {
        try (var group = TaskGroup.open(ROOT)) {
            var given = group.fork(c -> c);
            var current = group.fork(_ -> Context.current());
            group.join();
            assertAll(
                    () -> assertEquals(group.context(), given.get()),
                    () -> assertEquals(group.context(), current.get()),
                    () -> assertFalse(given.get() instanceof CancellableContext),
                    () -> assertFalse(group.context() instanceof CancellableContext));
        }
    }

    @Test
    void group_names_areShown() throws Exception {
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT.withName("page"))) {
            var name = group.fork("loader", _ -> Thread.currentThread().getName());
            group.go(_ -> gate.await());
            assertEquals("page", group.context().name());
            assertTrue(group.toString().startsWith("errgroup.Wait \"page\" ("), group.toString());
            gate.countDown();
            group.join();
            assertEquals("loader", name.get());
            assertEquals("errgroup.Wait \"page\" (0 running, 0 failed)", group.toString());
        }
    }

    @Test
    void open_nullArguments_areRefused() {
        assertEquals(
                "cannot create context from nil parent",
                assertThrows(NullPointerException.class, () -> TaskGroup.open(null)).getMessage());
        assertThrows(NullPointerException.class, () -> TaskGroup.open(ROOT, null));
        try (var group = TaskGroup.open(ROOT)) {
            assertThrows(NullPointerException.class, () -> group.go(null));
            assertThrows(NullPointerException.class, () -> group.go(null, _ -> {}));
            assertThrows(NullPointerException.class, () -> group.tryGo(null));
            assertThrows(NullPointerException.class, () -> group.fork(null));
            assertThrows(NullPointerException.class, () -> group.tryFork(null));
            assertTrue(group.toString().contains("0 running"));
        }
    }

    // Nesting.

    @Test
    void groups_nestedDeeply_endTogetherAndTellTheFirstFailure() {
        var failure = new IOException("at the bottom");
        var thrown = assertThrows(IOException.class, () -> nest(ROOT, 200, failure));
        assertSame(failure, thrown);
        assertEquals(0, thrown.getSuppressed().length);
    }

    private static void nest(Context ctx, int depth, Exception failure) throws Exception {
        try (var group = TaskGroup.open(ctx)) {
            group.go(c -> {
                if (depth == 0) {
                    throw failure;
                }
                nest(c, depth - 1, failure);
            });
            group.go(c -> c.sleep(Duration.ofHours(1)));
            group.join();
        }
    }

    @Test
    void groups_nested_outerCancelStopsTheInnermost() throws Exception {
        var deep = new CountDownLatch(1);
        var outer = ROOT.withCancel();
        var cause = new IOException("planted");
        var thrown = new CompletableFuture<Throwable>();
        Thread.startVirtualThread(() -> thrown.complete(assertThrows(Throwable.class, () -> {
            try (var a = TaskGroup.open(outer)) {
                a.go(ca -> {
                    try (var b = TaskGroup.open(ca)) {
                        b.go(cb -> {
                            deep.countDown();
                            cb.sleep(Duration.ofHours(1));
                        });
                        b.join();
                    }
                });
                a.join();
            }
        })));
        assertTrue(deep.await(20, TimeUnit.SECONDS));
        outer.cancel(cause);
        Throwable t = thrown.get(20, TimeUnit.SECONDS);
        assertInstanceOf(CancelledException.class, t);
        assertSame(cause, t.getCause());
    }

    // Interrupts.

    @Test
    void join_interrupted_throwsKeepsTheFlagAndTheTasksRunOn() throws Exception {
        var gate = new CountDownLatch(1);
        try (var group = TaskGroup.open(ROOT)) {
            var forked = group.fork(c -> {
                gate.await();
                return c.isDone();
            });
            var flag = new AtomicBoolean();
            var thrown = new AtomicReference<Throwable>();
            Thread joiner = Thread.startVirtualThread(() -> {
                thrown.set(assertThrows(Throwable.class, group::join));
                flag.set(Thread.currentThread().isInterrupted());
            });
            Until.waits(joiner);
            joiner.interrupt();
            Until.ended(joiner);
            assertInstanceOf(InterruptedWaitException.class, thrown.get());
            assertTrue(flag.get());
            assertFalse(group.context().isDone());
            gate.countDown();
            group.join();
            assertFalse(forked.get());
        }
    }
}
