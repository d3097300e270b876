package dev.millrace.jfr;

import dev.millrace.context.Context;
import dev.millrace.jfr.internal.LogEvent;
import dev.millrace.jfr.internal.RegionEvent;
import dev.millrace.jfr.internal.TaskEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tasks, regions and logs: what only the program knows about what it does, for a recording of the JDK Flight Recorder.
///
/// ```java
/// try (var task = Trace.newTask(ctx, "order")) {
///     Context c = task.context();
///     Trace.withRegion(c, "reserve", () -> stock.reserve(c, order));
///     Trace.log(c, "card", "declined");
/// }
/// ```
///
/// **Blocking and cancellation.** Nothing here waits, or looks at the end of a context.
///
/// **Null.** No argument may be null ([NullPointerException]), whether anything is recorded or not.
///
/// **Compared with Go.** `runtime/trace`; the table is in the package's comment. Differs: a task is recorded when it ends, as one event, and not
/// at all when nothing was recorded as it began; a region that is closed out of order, or by another thread, is an error, and Go, which asks the
/// same, says nothing.
public final class Trace {
    private Trace() {}

    /// Begins a task of the type `type`, within that of `ctx` if there is one. To be closed when its work ends.
    public static TraceTask newTask(Context ctx, String type) {
        return new TraceTask(required(ctx), Objects.requireNonNull(type, "type"));
    }

    /// Runs `body` as a region: what this thread does for a while. Throws what the body throws.
    public static <X extends Throwable> void withRegion(Context ctx, String type, Body<X> body) throws X {
        Objects.requireNonNull(body, "body");
        Trace.<@Nullable Void, X>callRegion(ctx, type, () -> {
            body.run();
            return null;
        });
    }

    /// The same for a body with a result.
    public static <T extends @Nullable Object, X extends Throwable> T callRegion(
            Context ctx, String type, ScopedValue.CallableOp<? extends T, X> body) throws X {
        required(ctx);
        Objects.requireNonNull(type, "type");
        RegionEvent event = RegionEvent.begun();
        if (event == null) {
            return body.call();
        }
        try {
            return body.call();
        } finally {
            event.done(ctx, type);
        }
    }

    /// Begins a region, to be closed by this thread; those that were begun later by this method on this thread first.
    public static TraceRegion startRegion(Context ctx, String type) {
        return new TraceRegion(required(ctx), Objects.requireNonNull(type, "type"));
    }

    /// Records a line. Of categories there should be few; `category` may be empty.
    public static void log(Context ctx, String category, String message) {
        required(ctx);
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(message, "message");
        LogEvent event = LogEvent.wanted();
        if (event != null) {
            event.done(ctx, category, message);
        }
    }

    /// Records a line that is made only when it is recorded. What `message` throws is thrown.
    public static void log(Context ctx, String category, Supplier<String> message) {
        required(ctx);
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(message, "message");
        LogEvent event = LogEvent.wanted();
        if (event != null) {
            event.done(ctx, category, Objects.requireNonNull(message.get(), "message"));
        }
    }

    /// Whether a recording has tasks, regions or logs at this moment.
    public static boolean isEnabled() {
        return TaskEvent.begun() != null || RegionEvent.begun() != null || LogEvent.wanted() != null;
    }

    /// Records from now on until the answer is closed, or the JVM ends, to `file`, which is replaced: all events of this module, also the
    /// shortest waits, and the JDK's as in its configuration `default`. Any number may be recorded at once.
    ///
    /// For a program that is to run long prefer `-XX:StartFlightRecording`, which records less.
    ///
    /// @throws IOException when the file cannot be written
    /// @throws UnsupportedOperationException when this JVM has no Flight Recorder
    public static TraceRecording start(Path file) throws IOException {
        return TraceRecording.start(Objects.requireNonNull(file, "file"));
    }

    private static Context required(Context ctx) {
        return Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
    }

    /// What runs as a region.
    ///
    /// @param <X> what it throws
    @FunctionalInterface
    public interface Body<X extends Throwable> {
        void run() throws X;
    }
}
