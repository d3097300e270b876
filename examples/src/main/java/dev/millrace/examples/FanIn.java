package dev.millrace.examples;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Two speakers, one listener: who is ready speaks.
final class FanIn extends Example {
    FanIn() {
        super("fan-in");
    }

    // region fan-in
    @Override
    int play(Context parent, PrintStream out, Options options) {
        int lines = options.number("--lines", 10, 1, 1_000_000);
        var pause = options.duration("--pause", ofMillis(100));
        options.end();
        try (var ctx = parent.withCancel()) {
            var both = fanIn(ctx, speaker(ctx, "Ann", pause), speaker(ctx, "Bob", pause));
            for (int i = 0; i < lines; i++) {
                out.println(both.receive(ctx));
            }
            out.println("Enough, I leave.");
        } // cancels: both speakers and the fan-in end
        return 0;
    }

    private static ReceiveChan<String> speaker(Context ctx, String name, Duration pause) {
        var out = Chan.<String>unbuffered();
        go(ctx, c -> {
            for (int i = 1;; i++) {
                out.send(c, name + " " + i);
                c.sleep(atMost(pause));
            }
        });
        return out;
    }

    private static ReceiveChan<String> fanIn(Context ctx, ReceiveChan<String> ann, ReceiveChan<String> bob) {
        var out = Chan.<String>unbuffered();
        go(ctx, c -> {
            var select = Selector.random();
            var fromAnn = select.receive(ann);
            var fromBob = select.receive(bob);
            for (;;) {
                var line = select.await(c) == fromAnn ? fromAnn.value() : fromBob.value();
                out.send(c, line);
            }
        });
        return out;
    }
    // endregion

    private static Duration atMost(Duration pause) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(pause.toNanos() + 1));
    }
}
