package dev.millrace.examples.readme;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import java.util.ArrayList;
import java.util.List;

/// Channels and select, as the README and the package comment show them.
public final class Channels {
    private Channels() {}

    // region generator
    static ReceiveChan<Integer> numbers(Context ctx) {
        var out = Chan.<Integer>unbuffered();
        go(ctx, c -> {
            for (int n = 1;; n++) {
                out.send(c, n); // a form that takes a context gives up when it ends
            }
        });
        return out;
    }

    static List<Integer> firstFive() {
        var five = new ArrayList<Integer>();
        try (var ctx = Context.background().withCancel()) {
            for (int n : numbers(ctx)) {
                five.add(n);
                if (n == 5) {
                    break;
                }
            }
        } // the generator ends here
        return five;
    }
    // endregion

    // region select
    static String ask(Context ctx, ReceiveChan<String> replica1, ReceiveChan<String> replica2) {
        return Select.<String>first()
                .receive(replica1, text -> text)
                .receive(replica2, text -> text)
                .done(ctx, cause -> "gave up: " + cause.getMessage())
                .timeout(ofMillis(50), () -> "too slow")
                .run();
    }
    // endregion

    // region broadcast
    static String everybody(Context ctx) {
        var prices = Broadcast.<Integer>named("prices");
        var screen = prices.subscribe(m -> m.latest()); // the newest counts: is never waited for
        var journal = prices.subscribe(m -> m.buffered(100)); // needs them all: when it is slow, the sender waits
        for (int price : List.of(99, 101, 100)) {
            prices.send(ctx, price);
        }
        prices.close(); // what they have is still received
        return "screen " + screen.stream().toList() + ", journal " + journal.stream().toList();
    }
    // endregion
}
