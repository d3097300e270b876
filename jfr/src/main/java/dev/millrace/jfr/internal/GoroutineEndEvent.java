package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import dev.millrace.probe.Event.GoroutineEnded;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// The end of a goroutine.
@Name("dev.millrace.GoroutineEnd")
@Label("Goroutine End")
@Description("A goroutine has ended")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class GoroutineEndEvent extends Scoped {
    @Label("Goroutine")
    @Description("Its number")
    long goroutine;

    @Label("Goroutine Name")
    String name = "";

    @Label("Failure")
    @Description("The class of what left its body; empty when it returned")
    String failure = "";

    void done(GoroutineEnded event) {
        goroutine = event.goroutine();
        name = event.name();
        Throwable thrown = event.failure();
        failure = thrown == null ? "" : thrown.getClass().getName();
        scope(Context.current());
        commit();
    }
}
