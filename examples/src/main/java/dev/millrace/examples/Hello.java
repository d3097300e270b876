package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.util.function.IntConsumer;

/// Main does not wait for what it starts.
final class Hello extends Example {
    private final IntConsumer endOfMain;

    /// Ends the process as the return of Go's main does: at once, whatever still runs.
    Hello() {
        this(Runtime.getRuntime()::halt);
    }

    Hello(IntConsumer endOfMain) {
        super("hello");
        this.endOfMain = endOfMain;
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        boolean cured = options.flag("--cured");
        options.end();
        if (cured) {
            helloAwaited(out);
        } else {
            hello(out);
        }
        out.flush();
        endOfMain.accept(0);
        return 0;
    }

    // region hello
    private static void hello(PrintStream out) {
        go(() -> out.println("Hello from the goroutine!"));
        out.println("Hello from main!");
    }
    // endregion

    // region hello-awaited
    private static void helloAwaited(PrintStream out) {
        var wg = new WaitGroup();
        wg.go(() -> out.println("Hello from the goroutine!"));
        out.println("Hello from main!");
        wg.await();
    }
    // endregion
}
