package dev.millrace.conformance;

import dev.millrace.chan.Select;
import dev.millrace.sync.RWMutex;
import java.util.Map;

final class RWMutexThing implements Thing {
    private final RWMutex rw;
    private int holders; // guarded by this; -1: locked for writing

    RWMutexThing(String name) {
        this.rw = RWMutex.named(name);
    }

    @Override
    public synchronized Map<String, Object> perform(Op op, Turn turn) {
        switch (op.name()) {
            case "mu.tryLock" -> {
                boolean ok = turn.way(2) == 0
                        ? rw.tryLock()
                        : Select.<Boolean>first().lock(rw, () -> true).orElse(() -> false).run();
                holders = ok ? -1 : holders;
                return Map.of("ok", ok);
            }
            case "mu.tryRLock" -> {
                boolean ok = turn.way(2) == 0
                        ? rw.tryRLock()
                        : Select.<Boolean>first().lock(rw.readLocker(), () -> true).orElse(() -> false).run();
                holders = ok ? Math.max(holders, 0) + 1 : holders;
                return Map.of("ok", ok);
            }
            case "mu.unlock" -> {
                if (holders >= 0) {
                    return SlotRun.SKIPPED;
                }
                rw.unlock();
                holders = 0;
            }
            case "mu.rUnlock" -> {
                if (holders <= 0) {
                    return SlotRun.SKIPPED;
                }
                rw.rUnlock();
                holders--;
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }
}
