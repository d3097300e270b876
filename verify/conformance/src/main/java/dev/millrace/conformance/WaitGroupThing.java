package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.go.Task;
import dev.millrace.sync.WaitGroup;
import java.util.Map;

final class WaitGroupThing implements Thing {
    private final WaitGroup wg = new WaitGroup();
    private final World world;

    WaitGroupThing(World world) {
        this.world = world;
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        switch (op.name()) {
            case "wg.add" -> wg.add(Math.toIntExact(op.number("n")));
            case "wg.done" -> wg.done();
            case "wg.wait" -> {
                Context ctx = turn.underOver();
                if (ctx == null) {
                    wg.await();
                } else {
                    wg.await(ctx);
                }
            }
            case "wg.go" -> {
                long span = op.number("us");
                Task body = turn.counted(() -> world.sleep(span));
                if (turn.way(2) == 0) {
                    wg.go(body);
                } else {
                    wg.go(turn.over(), _ -> body.run());
                }
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }
}
