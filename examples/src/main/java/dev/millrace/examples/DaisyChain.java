package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import java.io.PrintStream;

/// A million goroutines in a row; each hands on what it gets, plus one.
final class DaisyChain extends Example {
    DaisyChain() {
        super("daisy-chain");
    }

    // region daisy-chain
    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 1_000_000, 1, 10_000_000);
        options.end();
        var leftmost = Chan.<Integer>unbuffered();
        var right = leftmost;
        for (int i = 0; i < goroutines; i++) {
            var left = right;
            var next = Chan.<Integer>unbuffered();
            go(() -> left.send(1 + next.receive()));
            right = next;
        }
        right.send(ctx, 0);
        out.println(leftmost.receive(ctx));
        return 0;
    }
    // endregion
}
