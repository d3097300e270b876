package dev.millrace.examples.readme;

import static dev.millrace.time.After.after;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Tickers, alarms and `after`, as the package comment shows them.
public final class Timing {
    private Timing() {}

    // region ticker
    static void poll(Context ctx, Runnable step) {
        try (var ticker = Ticker.every(Duration.ofMillis(10))) {
            for (var _ : ticker.ticks().each(ctx)) { // until the context ends
                step.run();
            }
        }
    }
    // endregion

    // region after
    static String ask(ReceiveChan<String> replies) {
        return Select.<String>first()
                .receive(replies, reply -> reply)
                .receive(after(Duration.ofMillis(50)), at -> "no answer by " + at)
                .run();
    }
    // endregion

    // region alarm
    /// Everything that comes until there was silence for `span`.
    static <T> List<T> burst(ReceiveChan<T> values, Duration span) {
        var got = new ArrayList<T>();
        var silence = Alarm.in(span);
        boolean more = true;
        while (more) {
            more = Select.<Boolean>first()
                    .receive(values, value -> {
                        silence.reset(span); // an old value cannot be on its way
                        return got.add(value);
                    })
                    .receive(silence.fired(), _ -> false)
                    .run();
        }
        return got;
    }
    // endregion
}
