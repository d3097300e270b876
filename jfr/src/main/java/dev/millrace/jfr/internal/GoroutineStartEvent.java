package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import dev.millrace.probe.Event.GoroutineStarted;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// The start of a goroutine.
@Name("dev.millrace.GoroutineStart")
@Label("Goroutine Start")
@Description("A goroutine begins to run")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class GoroutineStartEvent extends Scoped {
    @Label("Goroutine")
    @Description("Its number")
    long goroutine;

    @Label("Goroutine Name")
    String name = "";

    @Label("Parent")
    @Description("The number of the thread that started it")
    long parent;

    void done(GoroutineStarted event) {
        goroutine = event.goroutine();
        name = event.name();
        parent = event.creator();
        scope(Context.current());
        commit();
    }
}
