package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// Runs every snippet that the documents show.
class ReadmeSnippetsTest {
    private static Pages pages(ShopCall user, ShopCall orders) {
        return new Pages(new Pages.Shop() {
            @Override
            public String user(Context ctx, long id) throws Exception {
                return user.of(ctx, id);
            }

            @Override
            public String ordersOf(Context ctx, long id) throws Exception {
                return orders.of(ctx, id);
            }
        });
    }

    private interface ShopCall {
        String of(Context ctx, long id) throws Exception;
    }

    @Test
    void page_bothAnswer_isPutTogether() throws Exception {
        var pages = pages((_, id) -> "user " + id, (_, id) -> "orders of " + id);
        assertEquals(new Pages.Page("user 7", "orders of 7"), pages.page(Context.background(), 7));
    }

    @Test
    void page_oneFails_otherIsCancelledAndFailureThrown() {
        var cancelled = new AtomicBoolean();
        var failure = new IOException("no such user");
        var pages = pages((_, _) -> {
            throw failure;
        }, (ctx, _) -> {
            ctx.awaitDone();
            cancelled.set(ctx.cause() == failure);
            return "";
        });
        assertSame(failure, assertThrows(IOException.class, () -> pages.page(Context.background(), 7)));
        assertTrue(cancelled.get());
    }

    @Test
    void page_bothTooSlow_endsAtTheDeadline() {
        ShopCall slow = (ctx, _) -> {
            ctx.sleep(Duration.ofMinutes(10));
            return "";
        };
        assertThrows(DeadlineExceededException.class, () -> pages(slow, slow).page(Context.background(), 7));
    }

    @Test
    void tree_cancelled_showsWhoStoppedAndWhoDidNot() throws IOException {
        var lines = CancelledTree.run().lines().toList();
        assertEquals(6, lines.size(), lines::toString);
        assertTrue(lines.get(0).matches("request 17 +cancelled .* ago: client left \\(CancelledTree.java:\\d+\\)"));
        assertTrue(lines.get(1).matches("├─ page +cancelled with its parent"));
        assertTrue(lines.get(2).contains("orders.of") && lines.get(2).contains("STILL RUNNING"), lines::toString);
        assertTrue(lines.get(3).contains("users.find") && lines.get(3).contains("stopped after"), lines::toString);
        assertTrue(lines.get(4).matches("└─ audit +detached, alive"));
        assertTrue(lines.get(5).contains("audit log"));
    }

    @Test
    void messages_sayWhoWhereAndWhen() throws Exception {
        var timeout = assertInstanceOf(DeadlineExceededException.class, Messages.timeout());
        assertTrue(timeout.getMessage().matches(
                "context deadline exceeded: \"page\" had 30 ms, passed .* ago; below \"request 17\""),
                timeout.getMessage());
        var cancel = assertInstanceOf(CancelledException.class, Messages.cancel());
        assertTrue(cancel.getMessage().matches("context canceled: client left; cancelled \"request 17\""
                + " at Messages.java:\\d+ on .*, .* ago"), cancel.getMessage());
    }

    @Test
    void first_run_endsWithTheDeadline() {
        var bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            First.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        String out = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(out.contains("tick: context deadline exceeded: \"demo\" had 50 ms"), out);
        assertTrue(out.contains("tock: context deadline exceeded: \"demo\" had 50 ms"), out);
        assertEquals("context deadline exceeded: \"demo\" had 50 ms", out.lines().toList().getLast());
    }

    @Test
    void key_value_comesDown() {
        assertEquals("trace abc", Table.handle(Context.background(), "abc"));
        assertEquals("trace null", Table.answer(Context.background()));
    }

    @Test
    void poll_loop_endsWithTheTimeout() {
        var steps = new AtomicInteger();
        assertTrue(Table.poll(Context.background(), steps));
        assertTrue(steps.get() > 0);
    }

    @Test
    void why_eachEnd_isToldApart() {
        try (var live = Context.background().withCancel();
                var late = Context.background().withTimeout(Duration.ZERO)) {
            assertEquals("alive", Table.why(live));
            assertEquals("too late", Table.why(late));
            live.cancel("client left");
            assertEquals("cancelled: client left", Table.why(live));
        }
    }

    @Test
    void detach_requestOver_workGoesOn() {
        var log = new CopyOnWriteArrayList<String>();
        try (var ctx = Context.background().withCancel()) {
            ctx.cancel();
            Table.detached(ctx, new WaitGroup(), log);
        }
        assertEquals(List.of("written although the request is over: false"), log);
    }

    @Test
    void waitGroup_await_seesEverything() {
        assertEquals(6, Table.waitGroup());
    }

    @Test
    void group_failure_isThrownAsItIs() throws Exception {
        assertEquals("all fetched", Table.group(Context.background(), List.of("a", "b", "c", "d", "e")));
        var failure = assertThrows(IOException.class, () -> Table.group(Context.background(), List.of("a", "", "c")));
        assertEquals("no such host", failure.getMessage());
    }

    @Test
    void afterFunc_contextEnds_shutsTheSocket() throws Exception {
        var input = new LinkedBlockingQueue<String>();
        AutoCloseable socket = () -> input.put("shut");
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(20))) {
            assertEquals("shut", Table.afterFunc(ctx, socket, input));
        }
        input.put("a line");
        assertEquals("a line", Table.afterFunc(Context.background(), socket, input));
        assertTrue(input.isEmpty(), "the action was stopped");
    }

    @Test
    void recover_isCatch() throws Exception {
        assertEquals("recovered: boom, cleaned up", Table.recovered());
    }

    @Test
    void interruptible_deadline_endsTheBlockingCall() throws Exception {
        var queue = new LinkedBlockingQueue<String>();
        assertEquals("nothing came", Table.interruptible(Context.background(), queue));
        assertFalse(Thread.currentThread().isInterrupted());
        queue.put("job");
        assertEquals("job", Table.interruptible(Context.background(), queue));
    }

    @Test
    void signals_term_endsTheContext() {
        // Not INT: a process in the background is often started with that ignored, and the JDK leaves it so.
        SignalHandler interrupt = Signal.handle(new Signal("INT"), SignalHandler.SIG_DFL);
        SignalHandler term = Signal.handle(new Signal("TERM"), SignalHandler.SIG_DFL);
        try {
            assertEquals(143, Table.signals(() -> Signal.raise(new Signal("TERM"))));
        } finally {
            Signal.handle(new Signal("INT"), interrupt);
            Signal.handle(new Signal("TERM"), term);
        }
    }

    @Test
    void policy_handler_getsTheFailure() {
        var before = Go.failurePolicy();
        assertEquals(List.of("boom"), Table.policy());
        assertEquals(before, Go.failurePolicy());
    }
}
