package dev.millrace.conformance;

import dev.millrace.chan.Select;
import dev.millrace.sync.Mutex;
import java.util.Map;

final class MutexThing implements Thing {
    private final Mutex mu;
    private volatile boolean held;

    MutexThing(String name) {
        this.mu = Mutex.named(name);
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) {
        switch (op.name()) {
            case "mu.tryLock" -> {
                boolean ok = turn.way(2) == 0
                        ? mu.tryLock()
                        : Select.<Boolean>first().lock(mu, () -> true).orElse(() -> false).run();
                held |= ok;
                return Map.of("ok", ok);
            }
            case "mu.unlock" -> {
                if (!held) {
                    return SlotRun.SKIPPED;
                }
                mu.unlock();
                held = false;
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }
}
