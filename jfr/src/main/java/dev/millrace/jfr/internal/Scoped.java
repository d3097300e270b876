package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import dev.millrace.go.Labels;
import java.util.Map;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;

/// What all events of ours say of the context in which they happen.
///
/// The first class of an event that is initialised costs a tenth of a second; so none is touched before the Flight Recorder is first used.
abstract class Scoped extends Event {
    @Label("Task")
    @Description("The number of the task that the context belongs to; 0 for none")
    long task;

    @Label("Task Type")
    @Description("The type of that task")
    String taskType = "";

    @Label("Labels")
    @Description("The labels of the context")
    String labels = "";

    /// Only once it is known that the event is recorded: looking is not free.
    final void scope(Context ctx) {
        TaskInfo info = TaskInfo.of(ctx);
        if (info != null) {
            task = info.id();
            taskType = info.type();
        }
        Map<String, String> map = ctx.labels();
        if (!map.isEmpty()) {
            labels = new Labels(map).toString();
        }
    }
}
