package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// From the beginning of a task to its end.
@Name("dev.millrace.Task")
@Label("Task")
@Description("Something that is done, perhaps by many goroutines, from its beginning to its end")
@Category("Millrace")
@StackTrace(false)
public final class TaskEvent extends Scoped {
    @Label("Parent Task")
    @Description("The number of the task around it; 0 for none")
    long parent;

    /// One that has begun; null when it is not recorded.
    public static @Nullable TaskEvent begun() {
        if (FlightRecorder.isInitialized()) {
            var event = new TaskEvent();
            if (event.isEnabled()) {
                event.begin();
                return event;
            }
        }
        return null;
    }

    /// Ends the event and records it. `ctx` is that of the task.
    public void done(Context ctx, TaskInfo info) {
        end();
        if (shouldCommit()) {
            parent = info.parent();
            scope(ctx);
            commit();
        }
    }
}
