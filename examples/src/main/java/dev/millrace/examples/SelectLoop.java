package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import java.io.PrintStream;

/// An endless loop over a select with two receives, a send and a default.
final class SelectLoop extends Example {
    SelectLoop() {
        super("select-loop");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int rounds = options.number("--rounds", 30, 1, 10_000_000);
        boolean ready = options.flag("--always-ready");
        options.end();
        if (ready) {
            choose(ctx, rounds, out);
        } else {
            loop(ctx, rounds, out);
        }
        return 0;
    }

    // region loop
    private static void loop(Context parent, int rounds, PrintStream out) {
        try (var ctx = parent.withCancel()) {
            var ch1 = Chan.<Integer>unbuffered();
            var ch2 = Chan.<Integer>unbuffered();
            var ch3 = Chan.<Integer>unbuffered();
            go(ctx, c -> produce(c, ch1));
            go(ctx, c -> produce(c, ch2));
            go(ctx, c -> consume(c, ch3));

            var select = Selector.random();
            var from1 = select.receive(ch1);
            var from2 = select.receive(ch2);
            var to3 = select.send(ch3, 10);
            int received1 = 0;
            int received2 = 0;
            int sent3 = 0;
            while (!ctx.isDone()) {
                var happened = select.poll();
                if (happened == from1) {
                    received1++;
                } else if (happened == from2) {
                    received2++;
                    from2.value(); // in Go: case v = <-ch2
                } else if (happened == to3) {
                    sent3++;
                } else { // default: nothing is ready
                    Go.yield();
                }
                if (received1 + received2 + sent3 == rounds) {
                    ctx.cancel("enough");
                }
            }
            parent.check();
            out.println("received from ch1: " + received1);
            out.println("received from ch2: " + received2);
            out.println("sent to ch3: " + sent3);
        }
    }

    private static void produce(Context ctx, Chan<Integer> ch) {
        for (int n = 1;; n++) {
            ch.send(ctx, n);
        }
    }

    private static void consume(Context ctx, Chan<Integer> ch) {
        for (;;) {
            ch.receive(ctx);
        }
    }
    // endregion

    // region choose
    private static void choose(Context ctx, int rounds, PrintStream out) {
        var ch1 = Chan.<Integer>buffered(1);
        var ch2 = Chan.<Integer>buffered(1);
        ch1.send(1);
        ch2.send(1);
        var select = Selector.random();
        var from1 = select.receive(ch1);
        var from2 = select.receive(ch2);
        int received1 = 0;
        int received2 = 0;
        for (int i = 0; i < rounds; i++) {
            ctx.check();
            if (select.await() == from1) {
                received1++;
                ch1.send(from1.value()); // ready again
            } else {
                received2++;
                ch2.send(from2.value());
            }
        }
        out.println("received from ch1: " + received1);
        out.println("received from ch2: " + received2);
    }
    // endregion
}
