package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// What one thread does for a while.
@Name("dev.millrace.Region")
@Label("Region")
@Description("What one thread does for a while")
@Category("Millrace")
@StackTrace(false)
public final class RegionEvent extends Scoped {
    @Label("Type")
    @Description("What it does")
    String type = "";

    /// One that has begun; null when it is not recorded.
    public static @Nullable RegionEvent begun() {
        if (FlightRecorder.isInitialized()) {
            var event = new RegionEvent();
            if (event.isEnabled()) {
                event.begin();
                return event;
            }
        }
        return null;
    }

    /// Ends the event and records it.
    public void done(Context ctx, String what) {
        end();
        if (shouldCommit()) {
            type = what;
            scope(ctx);
            commit();
        }
    }
}
