package dev.millrace.conformance;

import dev.millrace.time.Ticker;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class TickerThing implements Thing {
    private final World world;
    private volatile @Nullable Ticker ticker;

    TickerThing(World world) {
        this.world = world;
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        if (op.name().equals("ticker.new")) {
            ticker = Ticker.every(World.span(op.number("us")));
            return Fields.none();
        }
        Ticker set = ticker;
        if (set == null) {
            return SlotRun.SKIPPED;
        }
        switch (op.name()) {
            case "ticker.stop" -> set.stop();
            case "ticker.reset" -> set.reset(World.span(op.number("us")));
            case "ticker.poll" -> {
                return Instants.poll(set.ticks(), world, turn);
            }
            case "ticker.recv" -> {
                return Instants.receive(set.ticks(), world, turn);
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }
}
