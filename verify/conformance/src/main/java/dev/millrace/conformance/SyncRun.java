package dev.millrace.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Runs one program of kind `sync`.
final class SyncRun extends SlotRun {
    private final Map<String, Thing> things = new LinkedHashMap<>();

    SyncRun(Program.Slots program, Things things, World world, Findings findings) {
        super(program, world, findings);
        program.objects().forEach((name, fields) -> this.things.put(name,
                things.make((String) Objects.requireNonNull(fields.get("type")), name, fields, world)));
    }

    @Override
    Map<String, Object> perform(Op op, Turn turn) throws Exception {
        return Objects.requireNonNull(things.get(op.text("on"))).perform(op, turn);
    }

    @Override
    void compareRest(Comparison comparison) {
        things.forEach((name, thing) -> {
            var tasks = thing.tasks();
            if (tasks != null) {
                comparison.tasks(name, tasks);
            }
        });
    }

    @Override
    void tearDown() {
        things.values().forEach(Thing::end);
    }
}
