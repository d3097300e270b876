package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/// Goroutines in batches, each batch awaited with the same WaitGroup.
final class CoordinateWaitgroup extends Example {
    CoordinateWaitgroup() {
        super("coordinate-waitgroup");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var pause = options.duration("--pause", ofMillis(200));
        var broken = options.word("--broken", "cas", "read");
        int rounds = options.number("--rounds", 10_000, 1, 1_000_000);
        options.end();
        if (!broken.isEmpty()) {
            return new BrokenAddNum(broken, rounds, out).play(ctx);
        }
        coordinate(ctx, new AddNum(new AtomicInteger(), pause, out));
        return 0;
    }

    // region coordinate
    private static void coordinate(Context ctx, AddNum addNum) {
        int total = 12;
        int stride = 3;
        addNum.out().println("The number: " + addNum.num() + " [with sync.WaitGroup]");
        var wg = new WaitGroup();
        for (int i = 1; i <= total; i += stride) {
            wg.add(stride);
            for (int j = 0; j < stride; j++) {
                int id = i + j;
                go(() -> addNum.run(id, wg::done));
            }
            wg.await(ctx);
        }
        addNum.out().println("End.");
    }
    // endregion
}
