package dev.millrace.conformance;

import dev.millrace.time.Alarm;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class TimerThing implements Thing {
    private final World world;
    private volatile @Nullable Alarm alarm;

    TimerThing(World world) {
        this.world = world;
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        if (op.name().equals("timer.new")) {
            alarm = Alarm.in(World.span(op.number("us")));
            return Fields.none();
        }
        Alarm set = alarm;
        if (set == null) {
            return SlotRun.SKIPPED;
        }
        return switch (op.name()) {
            case "timer.stop" -> Map.of("was", set.stop());
            case "timer.reset" -> Map.of("was", set.reset(World.span(op.number("us"))));
            case "timer.poll" -> Instants.poll(set.fired(), world, turn);
            case "timer.recv" -> Instants.receive(set.fired(), world, turn);
            default -> throw new IllegalStateException("no such op: " + op);
        };
    }
}
