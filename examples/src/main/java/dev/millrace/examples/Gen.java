package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import java.io.PrintStream;

/// A generator that ends with its context.
final class Gen extends Example {
    Gen() {
        super("gen");
    }

    // region gen
    @Override
    int play(Context parent, PrintStream out, Options options) {
        int last = options.number("--last", 5, 1, 1_000_000);
        options.end();
        try (var ctx = parent.withCancel()) {
            for (int n : gen(ctx)) {
                out.println(n);
                if (n == last) {
                    break;
                }
            }
        } // cancels: the generator hears it
        return 0;
    }

    private static ReceiveChan<Integer> gen(Context ctx) {
        var numbers = Chan.<Integer>unbuffered();
        go(ctx, c -> {
            int n = 1;
            boolean wanted = true;
            while (wanted) {
                wanted = Select.<Boolean>first()
                        .done(c, _ -> false)
                        .send(numbers, n++, () -> true)
                        .run();
            }
        });
        return numbers.receiveOnly();
    }
    // endregion
}
