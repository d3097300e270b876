package dev.millrace.testing;

import dev.millrace.internal.Origin;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Tracked;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Asks the garbage collector. See [Tracked] for why its answer is a proof.
final class Reachability {
    /// Collections that may show something new: one may let go of what refers to the next.
    private static final int MOST_ROUNDS = 8;

    private static final int TRIES = 40;
    private static final long PAUSE_NANOS = 5_000_000;

    private Reachability() {}

    static LeakProof prove(Predicate<@Nullable Origin> belongs) {
        if (!Registry.isWeak()) {
            return LeakProof.IMPOSSIBLE;
        }
        Tracked.look();
        int before = -1;
        for (int round = 0, now = 0; round < MOST_ROUNDS && now != before; round++) {
            before = round == 0 ? -1 : now;
            if (!collect()) {
                return new LeakProof(
                        false, "cannot be proven on this JVM: it does not collect garbage when it is asked to",
                        List.of());
            }
            now = Tracked.lost().size();
        }
        return new LeakProof(
                true,
                "",
                Tracked.lost().stream().filter(t -> belongs.test(t.origin())).map(Reachability::lost).toList());
    }

    /// Returns when a collection has been, which the loss of something that nobody refers to shows. False when none comes.
    private static boolean collect() {
        var sentinel = new WeakReference<>(new Object());
        for (int i = 0; i < TRIES; i++) {
            System.gc();
            if (sentinel.refersTo(null)) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    static Leak.Lost lost(Tracked t) {
        Tracked.Look seen = t.seen();
        Origin origin = t.origin();
        return new Leak.Lost(
                t.id(),
                t.name(),
                Search.creator(t.creator(), origin),
                origin == null ? null : origin.site(),
                t.context(),
                seen == null ? "" : seen.waitsFor(),
                seen == null ? List.of() : seen.stack());
    }
}
