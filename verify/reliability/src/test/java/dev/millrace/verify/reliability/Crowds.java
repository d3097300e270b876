package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.heap;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import dev.millrace.go.Task;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Very many goroutines.
final class Crowds {
    /// What the broken twin keeps of those who have gone.
    private static final Queue<byte[]> KEPT = new ConcurrentLinkedQueue<>();

    private Crowds() {}

    private static void keep(Run run) {
        if (run.planted("heap")) {
            KEPT.add(new byte[4096]);
        }
    }

    /// Case 14: all who wait at one channel are cancelled, together and one by one.
    static void cancelledWaiters(Run run) throws Exception {
        int crowd = run.pick(500, 30_000, 1_000_000);
        cancelled(run, crowd, false); // the first time classes are loaded and tables grow
        long before = heap();
        long took = cancelled(run, crowd, false);
        long growth = heap() - before;
        figure("14: %,d waiters of one channel cancelled by one context: all ended after %.0f ms; heap %,d kB before, %+,d after",
                crowd,
                millis(took), before / 1024, growth / 1024);
        check(growth < before / 20 + 500_000, "heap was %,d, grew by %,d", before, growth);
        if (run.isFull()) {
            check(took < 5_000_000_000L, "%.0f ms", millis(took));
        }
        took = cancelled(run, crowd, true);
        figure("14: %,d waiters of one channel, each cancelled by its own context in random order: %.0f ms", crowd,
                millis(took));
        // Some 25 us were measured. A removal that looks at all who wait costs 4.5 ms each where a million do.
        check(took < 1_000_000_000L + 200_000L * crowd, "one by one: %.0f ms", millis(took));
    }

    /// The broken twin's way to take one out: it looks at each of those who wait.
    private static void looksAtAll(Run run, int crowd) {
        long start = System.nanoTime();
        while (run.planted("slow") && since(start) < 10_000L * crowd) {
            Thread.onSpinWait();
        }
    }

    private static long cancelled(Run run, int crowd, boolean oneByOne) throws Exception {
        Chan<Integer> chan = Chan.unbuffered();
        var wg = new WaitGroup();
        var begun = new AtomicInteger(); // a look at the queue takes as long as it is, so it comes late
        var ended = new AtomicInteger();
        var contexts = new ArrayList<CancellableContext>();
        var shared = Context.background().withCancel();
        for (int i = 0; i < crowd; i++) {
            var ctx = oneByOne ? Context.background().withCancel() : shared;
            if (oneByOne) {
                contexts.add(ctx);
            }
            boolean deaf = run.planted("deaf") && i == crowd / 2;
            boolean last = i == crowd - 1;
            wg.go(() -> {
                keep(run);
                begun.getAndIncrement();
                try {
                    chan.receive(deaf ? Context.background() : ctx);
                } catch (ContextException e) {
                    if (last && run.planted(Run.LATE)) {
                        run.late();
                    }
                    ended.getAndIncrement();
                }
            });
        }
        run.until("all wait", () -> begun.get() == crowd && chan.snapshot().blockedReceivers() == crowd);
        Collections.shuffle(contexts, new Random(14));
        var watch = new Run.Watch();
        long took;
        try (var stall = Stall.of(run, "14: the waiters", ended::get)) {
            check(stall.looks(), "nobody looks");
            shared.cancel();
            for (CancellableContext ctx : contexts) {
                ctx.cancel();
                looksAtAll(run, crowd);
            }
            run.await(wg, "waiters");
            took = watch.took();
        }
        check(ended.get() == crowd, "%d of %d were cancelled", ended.get(), crowd);
        check(chan.snapshot().blockedReceivers() == 0, "%d still in the queue", chan.snapshot().blockedReceivers());
        return took;
    }

    /// Case 62: a million that come and go, and a million that wait: all are counted, and nothing is left of them.
    static void crowd(Run run) throws Exception {
        int crowd = run.pick(500, 30_000, 1_000_000);
        crowd(run, crowd, false);
        KEPT.clear();
        long before = heap();
        long count = Go.numGoroutine();
        var wg = new WaitGroup();
        if (run.planted("stays")) {
            Go.go(Chan.never()::receive);
        }
        long start = System.nanoTime();
        for (int i = 0; i < crowd; i++) {
            wg.go(() -> {});
        }
        run.await(wg, "those who do nothing");
        figure("62: %,d goroutines that do nothing: %.0f ns each", crowd, (double) since(start) / crowd);
        check(wg.count() == 0, "the group counts %d", wg.count());
        run.until("the registry is back at " + count, () -> Go.numGoroutine() == count);
        crowd(run, crowd, true);
        run.until("the registry is back at " + count, () -> Go.numGoroutine() == count);
        long growth = heap() - before;
        figure("62: heap %,d kB before, %+,d kB after", before / 1024, growth / 1024);
        // The JDK's queues keep the largest size that they have had: a slot for each of a crowd, or two.
        check(growth < before / 20 + 500_000 + 16L * crowd, "heap was %,d, grew by %,d", before, growth);
    }

    private static void crowd(Run run, int crowd, boolean report) throws Exception {
        long empty = heap();
        long count = Go.numGoroutine();
        var begun = new AtomicInteger();
        Chan<Integer> chan = Chan.unbuffered();
        var wg = new WaitGroup();
        for (int i = 0; i < crowd; i++) {
            boolean gone = run.planted("gone") && i == 0;
            Task task = () -> {
                keep(run);
                begun.getAndIncrement();
                if (!gone) {
                    chan.next();
                }
            };
            if (run.planted("uncounted") && i == 0) {
                Thread.startVirtualThread(() -> chan.next());
                begun.getAndIncrement();
            } else {
                wg.go(task);
            }
        }
        run.until("all wait", () -> begun.get() == crowd && chan.snapshot().blockedReceivers() == crowd);
        check(Go.numGoroutine() == count + crowd, "the registry counts %d and not %d", Go.numGoroutine(),
                count + crowd);
        long each = (heap() - empty) / crowd;
        long start = System.nanoTime();
        chan.close();
        run.await(wg, "waiters");
        if (report) {
            figure("62: %,d goroutines that wait: %d bytes of heap each; a close ends all in %.0f ms", crowd, each,
                    millis(since(
                            start)));
        }
    }
}
