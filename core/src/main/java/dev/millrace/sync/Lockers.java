package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.LockCore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the public locks share.
final class Lockers {
    private Lockers() {}

    static void lock(LockCore core, Context ctx, String operation) {
        ctx.check();
        finish(core.acquire(ContextBase.nodeOf(ctx)), ctx, operation);
    }

    static void lockShared(LockCore core, Context ctx, String operation) {
        ctx.check();
        finish(core.acquireShared(ContextBase.nodeOf(ctx)), ctx, operation);
    }

    private static void finish(@Nullable Object outcome, Context ctx, String operation) {
        if (outcome == null) {
            return;
        }
        if (outcome instanceof Ending) {
            ctx.check();
        }
        throw new InterruptedWaitException(operation);
    }

    static LockSnapshot snapshot(LockCore core) {
        LockCore.View view = core.look();
        return new LockSnapshot(
                core.name(),
                view.held(),
                view.readers(),
                view.waitingWriters(),
                view.waitingReaders(),
                Duration.ofNanos(view.longestWait()),
                core.holds().stream()
                        .map(hold -> new LockSnapshot.Holder(hold.owner(), hold.reads(), hold.site()))
                        .toList(),
                core.site());
    }
}
