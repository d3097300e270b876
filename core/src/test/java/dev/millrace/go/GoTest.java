package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.Debug;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Item;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GoTest {
    private static final Context.Key<String> USER = Context.Key.named("user");

    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    private FailurePolicy before;

    @BeforeEach
    void collectFailures() {
        before = Go.failurePolicy(FailurePolicy.handler((_, failure) -> uncaught.add(failure)));
    }

    @AfterEach
    void restorePolicy() {
        Go.failurePolicy(before);
    }

    /// Runs `body` on a goroutine and answers what it answered or threw.
    private static <T> T on(java.util.concurrent.Callable<T> body) throws Exception {
        var result = new CompletableFuture<T>();
        Go.go(() -> {
            try {
                result.complete(body.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
                throw t;
            }
        });
        return result.get(20, TimeUnit.SECONDS);
    }

    // Starting.

    @Test
    @Item({"GO-01"})
    void go_arguments_areCapturedBeforeTheStart() {
        var seen = Collections.synchronizedSet(new java.util.TreeSet<Integer>());
        var wg = new WaitGroup();
        for (int i = 0; i < 100; i++) {
            int captured = i;
            wg.add(1);
            Go.go(() -> {
                seen.add(captured);
                wg.done();
            });
        }
        wg.await();
        assertEquals(100, seen.size());
    }

    @Test
    @Item({"GO-14"})
    void go_writesBeforeTheStart_areVisible() {
        final class Box {
            int plain;
        }
        var wrong = new java.util.concurrent.atomic.AtomicInteger();
        var wg = new WaitGroup();
        wg.add(20_000);
        for (int i = 1; i <= 20_000; i++) {
            int expected = i;
            var box = new Box();
            box.plain = expected;
            Go.go(() -> {
                if (box.plain != expected) {
                    wrong.incrementAndGet();
                }
                wg.done();
            });
        }
        wg.await();
        assertEquals(0, wrong.get());
    }

    @Test
    @Item({"GO-13"})
    void go_nullBody_isRefusedAtTheCaller() {
        long count = Go.numGoroutine();
        Task task = null;
        ContextTask contextTask = null;
        Context ctx = Context.background();
        assertAll(
                () -> assertEquals(
                        "go of nil func value",
                        assertThrows(NullPointerException.class, () -> Go.go(task)).getMessage()),
                () -> assertEquals(
                        "go of nil func value",
                        assertThrows(NullPointerException.class, () -> Go.go("n", task)).getMessage()),
                () -> assertEquals(
                        "go of nil func value",
                        assertThrows(NullPointerException.class, () -> Go.go(ctx, contextTask)).getMessage()),
                () -> assertThrows(NullPointerException.class, () -> Go.go((String) null, () -> {})),
                () -> assertThrows(NullPointerException.class, () -> Go.go((Context) null, _ -> {})),
                () -> assertEquals(count, Go.numGoroutine()));
    }

    @Test
    void go_thread_isVirtualAndCarriesTheName() throws Exception {
        var thread = new CompletableFuture<Thread>();
        Go.go("reader", () -> thread.complete(Thread.currentThread()));
        assertTrue(thread.get(20, TimeUnit.SECONDS).isVirtual());
        assertEquals("reader", thread.get().getName());
        assertEquals("", on(() -> Thread.currentThread().getName()));
    }

    @Test
    void go_plain_inheritsTheSpawnersContext() throws Exception {
        var seen = new CompletableFuture<Context>();
        try (var ctx = Context.background().withValue(USER, "ada").withCancel()) {
            ctx.run(() -> Go.go(() -> Go.go(() -> seen.complete(Context.current()))));
            assertEquals(ctx, seen.get(20, TimeUnit.SECONDS));
            assertEquals("ada", seen.get().value(USER));
        }
    }

    @Test
    void go_plainOutsideAnyContext_runsUnderBackground() throws Exception {
        assertSame(Context.background(), on(Context::current));
    }

    @Test
    void go_withContext_bindsAViewOfIt() throws Exception {
        var seen = new CompletableFuture<List<Context>>();
        try (var ctx = Context.background().withCancel()) {
            Go.go(ctx, c -> seen.complete(List.of(c, Context.current())));
            for (Context c : seen.get(20, TimeUnit.SECONDS)) {
                assertEquals(ctx, c);
                assertNotSame(ctx, c);
                assertFalse(c instanceof CancellableContext, "the right to cancel must not travel");
            }
        }
    }

    @Test
    void go_underAnEndedContext_startsAllTheSame() throws Exception {
        var ctx = Context.background().withCancel();
        ctx.cancel();
        var done = new CompletableFuture<Boolean>();
        Go.go(ctx, c -> done.complete(c.isDone()));
        assertTrue(done.get(20, TimeUnit.SECONDS));
    }

    @Test
    void go_threadLocalsAndClassLoader_areNotInherited() throws Exception {
        var local = new InheritableThreadLocal<String>();
        local.set("secret");
        Thread me = Thread.currentThread();
        ClassLoader old = me.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[0])) {
            me.setContextClassLoader(loader);
            assertNull(on(local::get));
            assertNotSame(loader, on(() -> Thread.currentThread().getContextClassLoader()));
        } finally {
            me.setContextClassLoader(old);
            local.remove();
        }
    }

    @Test
    void goroutine_newScopedValues_areNotInherited() throws Exception {
        ScopedValue<String> mine = ScopedValue.newInstance();
        var bound = new CompletableFuture<Boolean>();
        ScopedValue.where(mine, "x").run(() -> Go.go(() -> bound.complete(mine.isBound())));
        assertFalse(bound.get(20, TimeUnit.SECONDS));
    }

    // Ending.

    @Test
    @Item({"GO-09"})
    void exit_inTheMiddle_runsFinallyAndLeavesOthersAlone() throws Exception {
        var steps = Collections.synchronizedList(new ArrayList<String>());
        var other = new CountDownLatch(1);
        var otherEnded = new CountDownLatch(1);
        Go.go(() -> {
            other.await();
            otherEnded.countDown();
        });
        var wg = new WaitGroup();
        wg.go(() -> {
            try {
                try {
                    steps.add("body");
                    Go.exit();
                    steps.add("after exit");
                } catch (Exception e) {
                    steps.add("recovered " + e);
                } finally {
                    steps.add("inner finally");
                }
                steps.add("after finally");
            } finally {
                steps.add("outer finally");
            }
        });
        wg.await();
        assertEquals(List.of("body", "inner finally", "outer finally"), steps);
        assertEquals(List.of(), uncaught);
        assertEquals(1, otherEnded.getCount());
        other.countDown();
        assertTrue(otherEnded.await(20, TimeUnit.SECONDS));
    }

    @Test
    @Item({"GO-10"})
    void exit_failureInFinallyThatIsCaught_stillEnds() {
        var steps = Collections.synchronizedList(new ArrayList<String>());
        var wg = new WaitGroup();
        wg.go(() -> {
            try {
                try {
                    Go.exit();
                } finally {
                    try {
                        throw new IllegalStateException("in finally");
                    } catch (IllegalStateException e) {
                        steps.add("caught");
                    }
                }
                steps.add("alive");
            } finally {
                steps.add("later finally");
            }
        });
        wg.await();
        assertEquals(List.of("caught", "later finally"), steps);
        assertEquals(List.of(), uncaught);
    }

    @Test
    void exit_failureInFinallyThatIsNotCaught_isUncaught() {
        var failure = new IllegalStateException("in finally");
        var wg = new WaitGroup();
        wg.go(() -> {
            try {
                Go.exit();
            } finally {
                throwIt(failure);
            }
        });
        wg.await();
        assertEquals(List.of(failure), uncaught);
    }

    private static void throwIt(RuntimeException failure) {
        throw failure;
    }

    @Test
    void exit_withinABoundContext_endsTheGoroutine() {
        var steps = Collections.synchronizedList(new ArrayList<String>());
        var wg = new WaitGroup();
        wg.go(() -> {
            Context.background().withCancel().run(Go::exit);
            steps.add("alive");
        });
        wg.await();
        assertEquals(List.of(), steps);
        assertEquals(List.of(), uncaught);
    }

    @Test
    void exit_onAThreadThatIsNoGoroutine_isRefused() throws Exception {
        assertThrows(IllegalStateException.class, Go::exit);
        var onVirtual = new AtomicReference<Throwable>();
        Until.ended(Thread.startVirtualThread(() -> onVirtual.set(assertThrows(Throwable.class, Go::exit))));
        assertInstanceOf(IllegalStateException.class, onVirtual.get());
    }

    @Test
    @Item({"GO-04"})
    void failure_caughtInTheBody_isNoFailure() throws Exception {
        int answer = on(() -> {
            int named = 1;
            try {
                throw new IllegalStateException("planted");
            } catch (IllegalStateException e) {
                named = 42;
            }
            return named;
        });
        assertEquals(42, answer);
        assertEquals(List.of(), uncaught);
    }

    @Test
    @Item({"GO-06"})
    void failure_thrownInFinally_replacesTheFirst() {
        var newest = new IllegalStateException("newest");
        var wg = new WaitGroup();
        wg.go(() -> {
            try {
                throw new IllegalStateException("first");
            } finally {
                throwIt(newest);
            }
        });
        wg.await();
        assertEquals(List.of(newest), uncaught);
    }

    @Test
    @Item({"GO-07"})
    @SuppressWarnings("ThrowNull") // that is what it tests
    void failure_throwNull_isANullPointerException() {
        var wg = new WaitGroup();
        wg.go(() -> {
            throw null;
        });
        wg.await();
        assertEquals(1, uncaught.size());
        assertInstanceOf(NullPointerException.class, uncaught.getFirst());
    }

    @Test
    @Item({"GO-08"})
    void resources_closeLastInFirstOut_withWhatTheyWereOpenedWith() throws Exception {
        var steps = on(() -> {
            var closed = new ArrayList<Integer>();
            int i = 1;
            int first = i;
            try (AutoCloseable a = () -> closed.add(first)) {
                i = 2;
                int second = i;
                try (AutoCloseable b = () -> closed.add(second)) {
                    i = 3;
                }
            }
            return closed;
        });
        assertEquals(List.of(2, 1), steps);
    }

    @Test
    void on_failure_reachesTheTest() {
        var failure = new IllegalStateException("planted");
        var seen = assertThrows(ExecutionException.class, () -> on(() -> {
            throw failure;
        }));
        assertSame(failure, seen.getCause());
    }

    // Facts.

    @Test
    void yield_onAnyThread_returns() throws Exception {
        Go.yield();
        assertTrue(on(() -> {
            Go.yield();
            return true;
        }));
    }

    @Test
    void maxProcs_withoutTheModule_answersAndRefusesToSet() {
        int procs = Go.maxProcs();
        assertAll(
                () -> assertEquals(Runtime.getRuntime().availableProcessors(), Go.numCpu()),
                () -> assertTrue(procs >= 1),
                () -> assertEquals(procs, Go.maxProcs(0)),
                () -> assertThrows(IllegalArgumentException.class, () -> Go.maxProcs(-1)),
                () -> assertTrue(assertThrows(UnsupportedOperationException.class, () -> Go.maxProcs(2))
                        .getMessage()
                        .contains("dev.millrace.jvm")),
                () -> assertEquals(procs, Go.maxProcs(), "a refused change changes nothing"),
                () -> assertEquals(-1, Go.scheduler().mounted()),
                () -> assertEquals(-1, Go.scheduler().queued()),
                () -> assertEquals(-1, Go.scheduler().poolSize()));
    }

    @Test
    void numGoroutine_whileTheyRun_countsThem() throws Exception {
        long old = Go.numGoroutine();
        try (var ctx = Context.background().withCancel()) {
            for (int i = 0; i < 10; i++) {
                Go.go(ctx, Context::awaitDone);
            }
            assertEquals(old + 10, Go.numGoroutine(), "counted before they start");
        }
        Until.until("all are off the count", () -> Go.numGoroutine() == old);
    }

    @Test
    void numGoroutine_afterOneHundredThousand_isTheOldNumber() throws Exception {
        long old = Go.numGoroutine();
        var wg = new WaitGroup();
        for (int i = 0; i < 100_000; i++) {
            int n = i;
            wg.go(() -> {
                if (n % 1000 == 0) {
                    throw new IllegalStateException("planted");
                } else if (n % 3 == 0) {
                    Go.exit();
                }
            });
        }
        wg.await();
        Until.until("all are off the count", () -> Go.numGoroutine() == old);
        assertTrue(Go.goroutines().size() <= old + 5, "the list goes with the count");
        assertEquals(100, uncaught.size());
    }

    // What can be seen of the living.

    @Test
    @Item({"GO-18"})
    void goroutines_blocked_areListedWithReasonAndCreationSite() throws Exception {
        boolean old = Debug.set(true);
        try (var ctx = Context.background().withName("request").withCancel()) {
            var wg = new WaitGroup();
            wg.add(1);
            Go.go(ctx, "waiter", c -> wg.await(c));
            Go.go(ctx, "sleeper", c -> c.awaitDone());
            GoroutineSnapshot waiter = found("waiter", s -> !s.waitsFor().isEmpty());
            GoroutineSnapshot sleeper = found("sleeper", s -> !s.waitsFor().isEmpty());
            assertAll(
                    () -> assertTrue(waiter.waitsFor().contains("sync.WaitGroup.Wait"), waiter.waitsFor()),
                    () -> assertTrue(sleeper.waitsFor().contains("done of"), sleeper.waitsFor()),
                    () -> assertTrue(sleeper.waitsFor().contains("request"), sleeper.waitsFor()),
                    () -> assertEquals("request", waiter.context()),
                    () -> assertEquals(Thread.currentThread().threadId(), waiter.creator()),
                    () -> assertEquals(GoTest.class.getName(), waiter.startedAt().getClassName()),
                    () -> assertEquals(
                            "goroutines_blocked_areListedWithReasonAndCreationSite",
                            waiter.startedAt().getMethodName()),
                    () -> assertTrue(
                            waiter.stack().stream().anyMatch(f -> f.getClassName().equals(GoTest.class.getName())),
                            waiter.stack().toString()));
        } finally {
            Debug.set(old);
        }
    }

    @Test
    void goroutines_withoutDebug_haveNoCreationSite() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Go.go(ctx, "plain", Context::awaitDone);
            assertNull(found("plain", _ -> true).startedAt());
        }
    }

    @Test
    void goroutines_waitingInTheJdk_haveNoReasonOfOurs() throws Exception {
        var queue = new LinkedBlockingQueue<String>();
        var thread = new CompletableFuture<Thread>();
        Go.go("taker", () -> {
            thread.complete(Thread.currentThread());
            queue.take();
        });
        Until.waits(thread.get(20, TimeUnit.SECONDS));
        GoroutineSnapshot taker = found("taker", _ -> true);
        queue.add("go on");
        assertEquals("", taker.waitsFor());
        assertEquals(Thread.State.WAITING, taker.state());
    }

    private static GoroutineSnapshot found(String name, java.util.function.Predicate<GoroutineSnapshot> ready)
            throws Exception {
        var found = new AtomicReference<GoroutineSnapshot>();
        Until.until("goroutine " + name + " is listed", () -> {
            for (GoroutineSnapshot s : Go.goroutines()) {
                if (s.name().equals(name) && ready.test(s)) {
                    found.set(s);
                }
            }
            return found.get() != null;
        });
        return found.get();
    }
}
