package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.sync.Once;
import dev.millrace.sync.Section;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

final class OnceThing implements Thing {
    private final Once once = new Once();

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        if (!op.name().equals("once.do")) {
            throw new IllegalStateException("no such op: " + op);
        }
        var ran = new AtomicBoolean();
        Section<RuntimeException> body = () -> {
            ran.set(true);
            if (op.flag("panics")) {
                throw new IllegalStateException("boom");
            }
        };
        Context ctx = turn.underOver();
        if (ctx == null) {
            once.run(body);
        } else {
            once.run(ctx, body);
        }
        return Map.of("ran", ran.get());
    }
}
