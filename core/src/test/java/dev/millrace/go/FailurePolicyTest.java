package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailurePolicyTest {
    private final List<Throwable> handled = Collections.synchronizedList(new ArrayList<>());
    private FailurePolicy policyBefore;
    private Thread.UncaughtExceptionHandler handlerBefore;

    @BeforeEach
    void keep() {
        policyBefore = Go.failurePolicy();
        handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> handled.add(failure));
    }

    @AfterEach
    void restore() {
        Go.failurePolicy(policyBefore);
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
    }

    private static void fail(Throwable failure) {
        var wg = new WaitGroup();
        wg.go(() -> sneak(failure));
        wg.await();
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable failure) throws X {
        throw (X) failure;
    }

    @Test
    void default_isReport() {
        assertSame(FailurePolicy.report(), policyBefore);
    }

    @Test
    @Hazard(31)
    void report_failure_reachesTheDefaultHandlerOnce() {
        var failure = new IOException("planted");
        fail(failure);
        assertEquals(List.of(failure), handled);
    }

    @Test
    void report_error_reachesTheDefaultHandler() {
        var failure = new AssertionError("planted");
        fail(failure);
        assertEquals(List.of(failure), handled);
    }

    @Test
    void report_withoutDefaultHandler_hurtsNobody() {
        Thread.setDefaultUncaughtExceptionHandler(null);
        fail(new IOException("planted: this one is logged and no more"));
        assertEquals(List.of(), handled);
    }

    @Test
    void report_handlerThatThrows_stillReleasesWhoWaits() throws Exception {
        long old = Go.numGoroutine();
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> {
            handled.add(failure);
            throw new IllegalStateException("planted in the default handler");
        });
        var failure = new IOException("planted");
        fail(failure);
        Until.until("the goroutine is off the count", () -> Go.numGoroutine() == old);
        assertSame(failure, handled.getFirst());
    }

    @Test
    void handler_failure_comesWithTheGoroutinesNumberAndName() throws Exception {
        var who = new CompletableFuture<String>();
        var what = new CompletableFuture<Throwable>();
        var thread = new CompletableFuture<Thread>();
        Go.failurePolicy(FailurePolicy.handler((goroutine, failure) -> {
            who.complete(goroutine);
            what.complete(failure);
            thread.complete(Thread.currentThread());
        }));
        var failure = new IOException("planted");
        var id = new CompletableFuture<Long>();
        Go.go("reader", () -> {
            id.complete(Thread.currentThread().threadId());
            throw failure;
        });
        assertEquals("goroutine " + id.get(20, TimeUnit.SECONDS) + " \"reader\"", who.get(20, TimeUnit.SECONDS));
        assertSame(failure, what.get());
        assertEquals(id.get(), thread.get().threadId(), "called on the goroutine that failed");
        assertEquals(List.of(), handled, "a handler replaces the report");
    }

    @Test
    void handler_thatThrows_isReportedWithTheFailure() {
        var failure = new IOException("planted");
        var second = new IllegalStateException("planted in the handler");
        Go.failurePolicy(FailurePolicy.handler((_, _) -> {
            throw second;
        }));
        fail(failure);
        assertEquals(List.of(second), handled);
        assertEquals(List.of(failure), List.of(second.getSuppressed()));
    }

    @Test
    void handler_thatRethrows_isReportedOnce() {
        var failure = new IllegalStateException("planted");
        Go.failurePolicy(FailurePolicy.handler((_, f) -> sneak(f)));
        fail(failure);
        assertEquals(List.of(failure), handled);
        assertEquals(0, failure.getSuppressed().length, "never itself");
    }

    @Test
    void handler_afterFuncFails_isCalled() throws Exception {
        var what = new CompletableFuture<Throwable>();
        Go.failurePolicy(FailurePolicy.handler((_, failure) -> what.complete(failure)));
        var failure = new IllegalStateException("planted");
        try (var ctx = Context.background().withCancel()) {
            ctx.afterFunc(() -> sneak(failure));
        }
        assertSame(failure, what.get(20, TimeUnit.SECONDS));
    }

    @Test
    void failurePolicy_exchange_answersTheOldOne() {
        FailurePolicy.Handler mine = (_, _) -> {};
        assertAll(
                () -> assertSame(FailurePolicy.report(), Go.failurePolicy(FailurePolicy.crash())),
                () -> assertSame(FailurePolicy.crash(), Go.failurePolicy(FailurePolicy.handler(mine))),
                () -> assertEquals(FailurePolicy.handler(mine), Go.failurePolicy()),
                () -> assertEquals(FailurePolicy.handler(mine), Go.failurePolicy(FailurePolicy.report())),
                () -> assertThrows(NullPointerException.class, () -> Go.failurePolicy(null)),
                () -> assertThrows(NullPointerException.class, () -> FailurePolicy.handler(null)),
                () -> assertSame(FailurePolicy.report(), Go.failurePolicy()));
    }

    @Test
    @Hazard(31)
    void waitGroup_failureInATask_goesToThePolicyBeforeAwaitReturns() {
        for (int i = 0; i < 1000; i++) {
            var seen = new ArrayList<Throwable>(); // plain: what the policy did is visible after the await
            Go.failurePolicy(FailurePolicy.handler((_, failure) -> seen.add(failure)));
            fail(new IOException("planted"));
            assertTrue(seen.size() == 1, "await returned first, round " + i);
        }
    }
}
