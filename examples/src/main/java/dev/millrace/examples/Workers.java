package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// A worker starts another one: does the cancel reach it?
final class Workers extends Example {
    Workers() {
        super("workers");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var interval = options.duration("--interval", ofSeconds(1));
        var cancelAfter = options.duration("--cancel-after", ofSeconds(3));
        boolean group = options.flag("--group");
        options.end();
        if (group) {
            waitForBoth(ctx, interval, cancelAfter, out);
        } else {
            waitForOne(ctx, interval, cancelAfter, out);
        }
        return 0;
    }

    // region wait-group
    private static void waitForOne(Context parent, Duration interval, Duration cancelAfter, PrintStream out) {
        try (var ctx = parent.withCancel()) {
            var wg = new WaitGroup();
            wg.add(1);
            go(ctx, c -> {
                go(c, c2 -> work(c2, "worker2", interval, out)); // nobody waits for this one
                work(c, "worker", interval, out);
                wg.done();
            });
            parent.sleep(cancelAfter);
            ctx.cancel();
            wg.await();
            out.println("over");
        }
    }
    // endregion

    // region group
    private static void waitForBoth(Context parent, Duration interval, Duration cancelAfter, PrintStream out)
            throws Exception {
        try (var ctx = parent.withCancel();
                var group = TaskGroup.open(ctx)) {
            group.go(c -> {
                group.go(c2 -> work(c2, "worker2", interval, out));
                work(c, "worker", interval, out);
            });
            parent.sleep(cancelAfter);
            ctx.cancel();
            group.join();
            out.println("over");
        }
    }
    // endregion

    // region work
    private static void work(Context ctx, String name, Duration interval, PrintStream out) {
        do {
            out.println(name);
            sleep(interval);
        } while (!ctx.isDone());
    }
    // endregion
}
