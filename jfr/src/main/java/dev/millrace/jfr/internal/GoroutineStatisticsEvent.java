package dev.millrace.jfr.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/// How many goroutines there are, again and again.
@Name("dev.millrace.GoroutineStatistics")
@Label("Goroutine Statistics")
@Description("How many goroutines there are")
@Category("Millrace")
@Period("1 s")
@StackTrace(false)
final class GoroutineStatisticsEvent extends Event {
    @Label("Alive")
    @Description("Started and not ended")
    long alive;
}
