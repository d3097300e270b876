package dev.millrace.examples.questions;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMinutes;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.go.DumpOptions;
import dev.millrace.go.Goroutines;
import dev.millrace.go.WaitGraph;
import dev.millrace.go.WatchOptions;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// A program in which two goroutines wait for each other, and what can be seen of them.
final class Hangs {
    private final Mutex mine = Mutex.named("mine");
    private final Mutex yours = Mutex.named("yours");
    private final CountDownLatch bothHaveOne = new CountDownLatch(2);

    private Hangs() {}

    // region transfer
    /// Locks first what it takes from: two that go opposite ways wait for each other.
    private void transfer(Mutex from, Mutex to) throws InterruptedException {
        from.lock();
        try {
            bothHaveOne.countDown();
            bothHaveOne.await();
            to.lock(); // waits for ever
            to.unlock();
        } finally {
            from.unlock();
        }
    }
    // endregion

    /// Starts them, and three workers that have nothing to do, and answers when all of them wait.
    static void start(Context ctx) {
        var bank = new Hangs();
        var jobs = Chan.<Integer>named("jobs").buffered(4);
        for (int i = 0; i < 3; i++) {
            go(ctx, "worker", c -> jobs.receive(c));
        }
        var wg = new WaitGroup();
        go(ctx, "teller 1", _ -> bank.transfer(bank.mine, bank.yours));
        go(ctx, "teller 2", _ -> bank.transfer(bank.yours, bank.mine));
        wg.go(ctx, Context::awaitDone);
        go(ctx, "boss", _ -> wg.await());
        while (Goroutines.waitGraph().waits().stream().filter(w -> w.id() != Thread.currentThread().threadId())
                .count() < 7) {
            Thread.onSpinWait();
        }
    }

    // region look
    static void look(Appendable out) throws IOException {
        Goroutines.dump(out, DumpOptions.text()); // as Go prints them; json() for tools
        Goroutines.dump(out, DumpOptions.tree().withoutStacks()); // below their contexts, those that are alike in one line
        WaitGraph graph = Goroutines.waitGraph(); // who waits for whom
        out.append(graph.toString());
    }
    // endregion

    // region watch
    static Goroutines.Watch watch() {
        return Goroutines.watch(WatchOptions.deadlocks().stallsAfter(ofMinutes(5)));
    }
    // endregion

    public static void main(String[] args) throws IOException {
        try (var ctx = Context.background().withName("request 17").withCancel()) {
            start(ctx);
            look(System.out);
        }
        System.exit(0);
    }
}
