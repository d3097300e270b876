package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.IntStream;

/// Stages that are joined by channels, each a goroutine or more.
final class Pipelines extends Example {
    Pipelines() {
        super("pipelines");
    }

    // region pipelines
    @Override
    int play(Context parent, PrintStream out, Options options) {
        int count = options.number("--numbers", 2, 1, 200);
        boolean stopEarly = options.flag("--stop-early");
        options.end();
        List<Integer> numbers = IntStream.range(2, count + 2).boxed().toList();
        try (var ctx = parent.withCancel()) {
            if (!stopEarly) {
                for (int n : square(ctx, square(ctx, gen(ctx, numbers)))) {
                    out.println("squared twice: " + n);
                }
            }
            var in = gen(ctx, numbers);
            for (int n : merge(ctx, List.of(square(ctx, in), square(ctx, in)))) {
                out.println("merged: " + n);
                if (stopEarly) {
                    break;
                }
            }
        } // cancels: the stages that still want to send hear it
        return 0;
    }

    private static ReceiveChan<Integer> gen(Context ctx, List<Integer> numbers) {
        var out = Chan.<Integer>unbuffered();
        go(ctx, c -> {
            try {
                for (int n : numbers) {
                    out.send(c, n);
                }
            } finally {
                out.close();
            }
        });
        return out;
    }

    private static ReceiveChan<Integer> square(Context ctx, ReceiveChan<Integer> in) {
        var out = Chan.<Integer>unbuffered();
        go(ctx, c -> {
            try {
                for (int n : in.each(c)) {
                    out.send(c, n * n);
                }
            } finally {
                out.close();
            }
        });
        return out;
    }

    private static ReceiveChan<Integer> merge(Context ctx, List<ReceiveChan<Integer>> ins) {
        var out = Chan.<Integer>unbuffered();
        var wg = new WaitGroup();
        for (var in : ins) {
            wg.go(ctx, c -> {
                for (int n : in.each(c)) {
                    out.send(c, n);
                }
            });
        }
        go(() -> { // closes when the last of them has ended
            wg.await();
            out.close();
        });
        return out;
    }
    // endregion
}
