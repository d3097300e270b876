package dev.millrace.jfr;

import dev.millrace.context.Context;
import dev.millrace.jfr.internal.TaskEvent;
import dev.millrace.jfr.internal.TaskInfo;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Something that is done, perhaps by many goroutines, from its beginning to its end: a request, an order. Begun by [Trace#newTask].
///
/// Any thread may close it; the first time counts. What happens under its [#context()] belongs to it, after its end too.
public final class TraceTask implements AutoCloseable {
    private final TaskInfo info;
    private final Context context;
    private final AtomicReference<@Nullable TaskEvent> event; // null when closed, or not recorded

    TraceTask(Context ctx, String type) {
        info = TaskInfo.below(ctx, type);
        context = info.in(ctx.view());
        event = new AtomicReference<>(TaskEvent.begun());
    }

    /// The context that carries the task: hand it to everything that is done for it. It ends with the one that the task was made with.
    public Context context() {
        return context;
    }

    /// The number by which events name the task. None has 0.
    public long id() {
        return info.id();
    }

    /// The number of the task around it, 0 for none.
    public long parent() {
        return info.parent();
    }

    /// What kind of task it is.
    public String type() {
        return info.type();
    }

    /// Ends the task, and records it. Does nothing the second time.
    @Override
    public void close() {
        TaskEvent mine = event.getAndSet(null);
        if (mine != null) {
            mine.done(context, info);
        }
    }

    /// `task 3 "order"`.
    @Override
    public String toString() {
        return "task " + id() + " \"" + type() + "\"";
    }
}
