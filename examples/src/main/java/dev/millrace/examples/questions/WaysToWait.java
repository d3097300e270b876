package dev.millrace.examples.questions;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.WaitGroup;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/// See `docs/questions/waitgroup-context-group-or-latch.md`.
final class WaysToWait {
    private WaysToWait() {}

    /// Does one step of the work.
    interface Step {
        String of(Context ctx, String part) throws Exception;
    }

    // region waitgroup
    static void all(List<Runnable> parts) {
        var wg = new WaitGroup();
        for (var part : parts) {
            wg.go(part::run);
        }
        wg.await();
    }
    // endregion

    // region context
    static String firstOf(Context parent, List<String> parts, Step step) {
        var found = new ConcurrentLinkedQueue<String>();
        try (var ctx = parent.withCancel()) {
            for (var part : parts) {
                go(ctx, c -> {
                    found.add(step.of(c, part));
                    ctx.cancel("one is enough");
                });
            }
            ctx.awaitDone();
        }
        parent.check();
        return found.remove();
    }
    // endregion

    // region group
    static String both(Context parent, String left, String right, Step step) throws Exception {
        try (var group = TaskGroup.open(parent)) {
            var first = group.fork(c -> step.of(c, left));
            var second = group.fork(c -> step.of(c, right));
            group.join();
            return first.get() + second.get();
        }
    }
    // endregion

    // region latch
    static void gate(List<Runnable> runners) throws InterruptedException {
        var gate = new CountDownLatch(1);
        var ended = new CountDownLatch(runners.size());
        for (var runner : runners) {
            Thread.startVirtualThread(() -> {
                try {
                    gate.await();
                    runner.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    ended.countDown();
                }
            });
        }
        gate.countDown();
        ended.await();
    }
    // endregion
}
