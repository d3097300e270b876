package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Goroutines without batches: whoever sees the total reached cancels, and the cancel is what main waits for.
final class CoordinateContext extends Example {
    private static final int TOTAL = 12;

    private final IntConsumer endOfMain;

    /// Ends the process as the return of Go's main does: at once, whatever still runs.
    CoordinateContext() {
        this(Runtime.getRuntime()::halt);
    }

    CoordinateContext(IntConsumer endOfMain) {
        super("coordinate-context");
        this.endOfMain = endOfMain;
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        var pause = options.duration("--pause", ofMillis(200));
        var timeout = options.duration("--timeout");
        boolean cured = options.flag("--cured");
        options.end();
        var addNum = new AddNum(new AtomicInteger(), pause, out);
        try (var coordination = timeout.map(ctx::withTimeout).orElseGet(ctx::withCancel)) {
            out.println("The number: 0 [with context.Context]");
            if (cured) {
                startCured(addNum, coordination);
            } else {
                start(addNum, coordination);
            }
            coordination.awaitDone();
            out.println("End.");
            if (timeout.isPresent()) {
                out.println(words(coordination.err()));
            }
            out.flush();
            endOfMain.accept(0);
        }
        return 0;
    }

    // region additions
    private static void start(AddNum addNum, CancellableContext coordination) {
        for (int i = 1; i <= TOTAL; i++) {
            int id = i;
            go(() -> addNum.run(id, () -> {
                if (addNum.num().get() == TOTAL) {
                    coordination.cancel();
                }
            }));
        }
    }
    // endregion

    // region completions
    private static void startCured(AddNum addNum, CancellableContext coordination) {
        var finished = new AtomicInteger();
        for (int i = 1; i <= TOTAL; i++) {
            int id = i;
            go(() -> addNum.run(id, () -> {
                if (finished.incrementAndGet() == TOTAL) {
                    coordination.cancel();
                }
            }));
        }
    }
    // endregion
}
