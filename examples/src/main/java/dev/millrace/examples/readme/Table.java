package dev.millrace.examples.readme;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.Detach;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import dev.millrace.group.TaskGroup;
import dev.millrace.jvm.SignalException;
import dev.millrace.jvm.Signals;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// The snippets of `docs/go-to-java.md` and of the package comments.
final class Table {
    private Table() {}

    // region key
    private static final Context.Key<String> TRACE = Context.Key.named("trace");

    static String handle(Context ctx, String header) {
        return answer(ctx.withValue(TRACE, header));
    }

    static String answer(Context ctx) {
        return "trace " + ctx.value(TRACE); // null when nobody has set it
    }
    // endregion

    static boolean poll(Context parent, AtomicInteger steps) {
        // region poll
        try (var ctx = parent.withTimeout(ofMillis(50))) {
            while (!ctx.isDone()) {
                steps.incrementAndGet();
            }
            return ctx.err().isTimeout();
        }
        // endregion
    }

    // region why
    static String why(Context ctx) {
        return switch (ctx.err()) {
            case null -> "alive";
            case CancelledException _ -> "cancelled: " + ctx.cause().getMessage();
            case DeadlineExceededException _ -> "too late";
        };
    }
    // endregion

    static void detached(Context ctx, WaitGroup wg, List<String> log) {
        // region detach
        try (var audit = ctx.detach(Detach.lingering(ofSeconds(5)))) {
            wg.go(audit, c -> log.add("written although the request is over: " + c.isDone()));
            wg.await();
        }
        // endregion
    }

    static int waitGroup() {
        // region waitgroup
        var sum = new AtomicInteger();
        var wg = new WaitGroup();
        for (int i = 1; i <= 3; i++) {
            int n = i; // a Java lambda captures values that do not change
            wg.go(() -> sum.addAndGet(n));
        }
        wg.await();
        return sum.get();
        // endregion
    }

    static String group(Context parent, List<String> urls) throws Exception {
        // region errgroup
        try (var g = TaskGroup.open(parent).limit(4)) {
            for (String url : urls) {
                g.go(c -> fetch(c, url));
            }
            g.join();
        }
        return "all fetched";
        // endregion
    }

    private static void fetch(Context ctx, String url) throws Exception {
        ctx.check();
        if (url.isBlank()) {
            throw new java.io.IOException("no such host");
        }
    }

    static String afterFunc(Context ctx, AutoCloseable socket, BlockingQueue<String> input) throws Exception {
        // region afterfunc
        try (var _ = ctx.afterFunc(() -> shut(socket))) {
            return input.take(); // ends when the socket is shut
        } // here the action is stopped, or has ended
         // endregion
    }

    private static void shut(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static String recovered() throws InterruptedException {
        var seen = new AtomicReference<String>();
        var wg = new WaitGroup();
        // region recover
        wg.go(() -> {
            try {
                throw new IllegalStateException("boom");
            } catch (IllegalStateException e) { // recover() is catch
                seen.set("recovered: " + e.getMessage());
            } finally { // defer is finally, or try-with-resources
                seen.updateAndGet(s -> s + ", cleaned up");
            }
        });
        // endregion
        wg.await();
        return seen.get();
    }

    static String interruptible(Context parent, BlockingQueue<String> queue) throws Exception {
        // region interruptible
        try (var ctx = parent.withTimeout(ofMillis(50))) {
            return Interruptible.call(ctx, queue::take); // the end of ctx interrupts take(), and nothing after it
        } catch (ContextException e) {
            return "nothing came";
        }
        // endregion
    }

    static int signals(Runnable onStart) {
        // region signals
        try (var ctx = Signals.notifyContext(Context.background(), "INT", "TERM")) {
            go(ctx, c -> onStart.run());
            ctx.awaitDone();
            return ctx.cause() instanceof SignalException s ? 128 + s.number() : 0;
        }
        // endregion
    }

    static List<String> policy() {
        var failures = new ArrayList<String>();
        // region policy
        FailurePolicy before = Go.failurePolicy(FailurePolicy.handler((who, e) -> failures.add(e.getMessage())));
        // endregion
        try {
            var wg = new WaitGroup();
            wg.go(() -> {
                throw new IllegalStateException("boom");
            });
            wg.await();
            return failures;
        } finally {
            Go.failurePolicy(before);
        }
    }
}
