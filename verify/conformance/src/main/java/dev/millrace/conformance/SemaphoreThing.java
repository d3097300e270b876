package dev.millrace.conformance;

import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.sync.WeightedSemaphore;
import java.util.Map;

final class SemaphoreThing implements Thing {
    private final WeightedSemaphore sem;

    SemaphoreThing(String name, long size) {
        this.sem = WeightedSemaphore.named(name, size);
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        long n = op.number("n");
        return switch (op.name()) {
            case "sem.acquire" -> op.has("timeout") ? acquire(n, op.number("timeout"), turn) : acquire(n, turn);
            case "sem.tryAcquire" -> Map.of("ok", switch (turn.way(3)) {
                case 0 -> sem.tryAcquire(n);
                case 1 -> sem.tryPermit(n) != null;
                default -> Select.<Boolean>first().acquire(sem, n, () -> true).orElse(() -> false).run();
            });
            case "sem.release" -> {
                sem.release(n);
                yield Fields.none();
            }
            default -> throw new IllegalStateException("no such op: " + op);
        };
    }

    private Map<String, Object> acquire(long n, Turn turn) {
        Context ctx = turn.underOver();
        if (turn.way(2) == 0) {
            if (ctx == null) {
                sem.acquire(n);
            } else {
                sem.acquire(ctx, n);
            }
        } else {
            Select<Boolean> select = Select.<Boolean>first().acquire(sem, n, () -> true);
            boolean _ = ctx == null ? select.run() : select.run(ctx);
        }
        return Fields.none();
    }

    private Map<String, Object> acquire(long n, long timeout, Turn turn) {
        try (var ctx = turn.over().withTimeout(World.span(timeout))) {
            if (turn.way(2) == 0) {
                sem.acquire(ctx, n);
            } else {
                boolean _ = Select.<Boolean>first().acquire(sem, n, () -> true).run(ctx);
            }
            return Fields.none();
        } catch (ContextException e) {
            if (turn.over().isDone()) {
                throw e;
            }
            return Fields.of("err", Errors.label(e));
        }
    }
}
