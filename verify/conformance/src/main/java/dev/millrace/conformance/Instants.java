package dev.millrace.conformance;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Receiving from the channels of timers and tickers.
final class Instants {
    private Instants() {}

    static Map<String, Object> poll(ReceiveChan<Instant> chan, World world, Turn turn) {
        Received<Instant> received = turn.way(2) == 0
                ? chan.tryReceive()
                : Select.<@Nullable Received<Instant>>first().next(chan, r -> r).orElse(() -> null).run();
        return received instanceof Received.Value<Instant>(Instant at)
                ? Map.of("ok", true, "at", world.since(at))
                : Map.of("ok", false);
    }

    static Map<String, Object> receive(ReceiveChan<Instant> chan, World world, Turn turn) {
        Context ctx = turn.underOver();
        Instant at;
        if (turn.way(2) == 0) {
            at = ctx == null ? chan.receive() : chan.receive(ctx);
        } else {
            Select<Instant> select = Select.<Instant>first().receive(chan, i -> i);
            at = ctx == null ? select.run() : select.run(ctx);
        }
        return Map.of("at", world.since(at));
    }
}
