package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// A line of the program's.
@Name("dev.millrace.Log")
@Label("Log")
@Description("A line that the program writes")
@Category("Millrace")
@StackTrace(false)
public final class LogEvent extends Scoped {
    @Label("Category")
    String category = "";

    @Label("Message")
    String message = "";

    /// A new one; null when it is not recorded.
    public static @Nullable LogEvent wanted() {
        if (FlightRecorder.isInitialized()) {
            var event = new LogEvent();
            if (event.shouldCommit()) {
                return event;
            }
        }
        return null;
    }

    /// Records it.
    public void done(Context ctx, String what, String line) {
        category = what;
        message = line;
        scope(ctx);
        commit();
    }
}
