package dev.millrace.jfr.internal;

import dev.millrace.context.CancelRecord;
import dev.millrace.context.Context;
import dev.millrace.probe.Event.Cancelled;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/// The end of a context, with its record.
@Name("dev.millrace.Cancel")
@Label("Cancel")
@Description("A context was ended by a cancel or its deadline, and what was below it; task and labels are those of whoever cancelled")
@Category("Millrace")
final class CancelEvent extends Scoped {
    @Label("Kind")
    @Description("CANCELLED or DEADLINE_EXCEEDED")
    String kind = "";

    @Label("Context")
    @Description("The name of the context that was ended first")
    String context = "";

    @Label("Below")
    @Description("The nearest name above it")
    String below = "";

    @Label("Cause Class")
    @Description("The class of the cause that was given")
    String causeClass = "";

    @Label("Cause")
    @Description("The text of that cause")
    String causeText = "";

    @Label("Ended By")
    @Description("The thread that ended it; empty after a deadline")
    String thread = "";

    @Label("Site")
    @Description("The line that cancelled")
    String site = "";

    @Label("Budget")
    @Description("The time that the context had until its deadline")
    @Timespan(Timespan.NANOSECONDS)
    long budget;

    @Label("Contexts Reached")
    @Description("How many contexts below were told")
    int contexts;

    @Label("Others Reached")
    @Description("How many waits, callbacks and interrupts were brought about")
    int others;

    void done(Cancelled event) {
        CancelRecord end = event.end();
        kind = end.kind().name();
        context = end.origin();
        below = end.below();
        thread = end.thread();
        StackTraceElement line = end.site();
        site = line == null ? "" : line.getFileName() + ":" + line.getLineNumber();
        budget = end.budget().toNanos();
        contexts = event.contexts();
        others = event.others();
        Throwable cause = end.cause();
        if (cause != null) {
            causeClass = cause.getClass().getName();
            causeText = CauseText.of(cause, end.kind() == CancelRecord.Kind.DEADLINE_EXCEEDED);
        }
        scope(Context.current());
        commit();
    }
}
