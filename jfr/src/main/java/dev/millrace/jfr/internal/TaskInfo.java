package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What a context carries of the task that it belongs to.
///
/// @param id its number, from 1
/// @param parent the number of the task around it, 0 for none
public record TaskInfo(long id, long parent, String type) {
    private static final Context.Key<TaskInfo> KEY = Context.Key.named("trace task");
    private static final AtomicLong LAST = new AtomicLong();

    /// A new one below that of `ctx`.
    public static TaskInfo below(Context ctx, String type) {
        TaskInfo outer = of(ctx);
        return new TaskInfo(LAST.incrementAndGet(), outer == null ? 0 : outer.id, type);
    }

    public Context in(Context ctx) {
        return ctx.withValue(KEY, this);
    }

    static @Nullable TaskInfo of(Context ctx) {
        return ctx.value(KEY);
    }
}
