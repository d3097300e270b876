package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import java.util.Map;

final class CondThing implements Thing {
    private final Mutex mu = new Mutex();
    private final Cond cond = new Cond(mu);

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        switch (op.name()) {
            case "cond.wait" -> {
                Context ctx = turn.underOver();
                mu.holding(() -> {
                    if (ctx == null) {
                        cond.await();
                    } else {
                        cond.await(ctx);
                    }
                });
            }
            case "cond.signal" -> {
                if (turn.way(2) == 0) {
                    cond.signal();
                } else {
                    mu.holding(cond::signal);
                }
            }
            case "cond.broadcast" -> {
                if (turn.way(2) == 0) {
                    cond.broadcast();
                } else {
                    mu.holding(cond::broadcast);
                }
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }
}
