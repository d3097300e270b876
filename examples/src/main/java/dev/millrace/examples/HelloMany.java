package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;

/// One function on several goroutines, and a lambda on as many.
final class HelloMany extends Example {
    HelloMany() {
        super("hello-many");
    }

    // region hello-many
    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 5, 1, 100_000);
        options.end();
        var wg = new WaitGroup();
        for (int i = 1; i <= goroutines; i++) {
            int number = i;
            wg.add(1);
            go(() -> hello(number, wg, out));
            wg.go(() -> out.println("Hello from lambda " + number + "!"));
        }
        wg.await(ctx);
        return 0;
    }

    private static void hello(int number, WaitGroup wg, PrintStream out) {
        try {
            out.println("Hello from goroutine " + number + "!");
        } finally {
            wg.done();
        }
    }
    // endregion
}
