package dev.millrace.conformance;

import dev.millrace.group.ContextCall;
import dev.millrace.group.Landed;
import dev.millrace.group.Outcome;
import dev.millrace.group.SingleFlight;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

final class FlightThing implements Thing {
    private final SingleFlight<String, Long> flight;
    private final World world;

    FlightThing(String name, World world) {
        this.flight = new SingleFlight<>(name);
        this.world = world;
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) throws Exception {
        switch (op.name()) {
            case "sf.do" -> {
                var ran = new AtomicBoolean();
                var got = new HashMap<>(fly(op, turn, ran));
                got.put("ran", ran.get());
                return got;
            }
            case "sf.forget" -> flight.forget(op.text("key"));
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }

    private Map<String, Object> fly(Op op, Turn turn, AtomicBoolean ran) throws Exception {
        long span = op.number("us");
        long v = op.number("v");
        String err = op.textOrNull("err");
        ContextCall<Long> body = _ -> {
            ran.set(true);
            turn.counted(() -> world.sleep(span)).run();
            if (err != null) {
                throw Errors.of(err);
            }
            return v;
        };
        if (turn.way(2) == 0) {
            try {
                var flown = flight.run(turn.over(), op.text("key"), body);
                return Map.of("v", flown.value(), "shared", flown.shared());
            } catch (Errors.UserException e) {
                return Map.of("err", e.label);
            }
        }
        Landed<Long> landed = flight.start(turn.over(), op.text("key"), body).receive(turn.over());
        return switch (landed.outcome()) {
            case Outcome.Success<Long>(Long value) -> Map.of("v", value, "shared", landed.shared());
            case Outcome.Failure<Long>(Throwable failure) ->
                    Map.of("err", String.valueOf(Errors.label(failure)), "shared", landed.shared());
            case Outcome.Missing<Long> _ -> Map.of("missing", true);
        };
    }
}
