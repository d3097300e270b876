package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Labels;
import dev.millrace.group.Forked;
import dev.millrace.group.TaskGroup;
import dev.millrace.jfr.Trace;
import dev.millrace.sync.Mutex;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;

/// Orders as tasks, their steps as regions, for a recording.
final class TraceOrders extends Example {
    TraceOrders() {
        super("trace-orders");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        int count = options.number("--orders", 4, 1, 1_000);
        Duration patience = options.duration("--patience", ofMillis(500));
        Duration last = options.duration("--last", ofSeconds(10));
        options.end();

        var warehouse = Mutex.named("warehouse");
        var answers = new ArrayList<Forked<String>>();
        Labels.of("tenant", "7").run(ctx, labelled -> {
            try (var all = TaskGroup.open(labelled)) {
                for (int n = 1; n <= count; n++) {
                    int order = n;
                    Duration bank = n == count ? last : ofMillis(30);
                    answers.add(all.fork("order", c -> answer(c, warehouse, order, bank, patience)));
                }
                all.join();
            }
        });
        for (var answer : answers) {
            out.println(answer.get());
        }
        return 0;
    }

    private static String answer(Context ctx, Mutex warehouse, int n, Duration bank, Duration patience)
            throws Exception {
        try {
            order(ctx, warehouse, n, bank, patience);
            return "order " + n + ": sent";
        } catch (ContextException e) {
            ctx.check(); // not its own deadline, but the end of everything
            return "order " + n + ": too late";
        }
    }

    // region order
    static void order(Context ctx, Mutex warehouse, int n, Duration bank, Duration patience) throws Exception {
        try (var task = Trace.newTask(ctx, "order");
                var c = task.context().withName("order " + n).withTimeout(patience);
                var group = TaskGroup.open(c)) {
            Trace.log(c, "customer", "calls for order " + n);
            group.go("reserve", d -> Trace.withRegion(d, "reserve", () -> reserve(d, warehouse)));
            group.go("charge", d -> Trace.withRegion(d, "charge", () -> d.sleep(bank)));
            group.join();
        }
    }

    static void reserve(Context ctx, Mutex warehouse) {
        warehouse.lock(ctx); // one order after the other
        try {
            ctx.sleep(ofMillis(12));
        } finally {
            warehouse.unlock();
        }
    }
    // endregion
}
