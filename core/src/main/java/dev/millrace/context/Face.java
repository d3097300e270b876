package dev.millrace.context;

import dev.millrace.internal.Ending;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What users see of an ending: made once, when the first of them asks.
record Face(CancelRecord cancelRecord, ContextException err) {
    static Face of(Ending ending) {
        Object face = ending.face();
        return (Face) (face == null ? ending.face(make(ending, null)) : face);
    }

    /// Gives `ending` the error object of a foreign source, when that is one of ours.
    static void dress(Ending ending, Throwable err) {
        if (err instanceof ContextException ours) {
            ending.face(make(ending, ours));
        }
    }

    private static Face make(Ending ending, @Nullable ContextException err) {
        var record = new CancelRecord(
                ending.isDeadline() ? CancelRecord.Kind.DEADLINE_EXCEEDED : CancelRecord.Kind.CANCELLED,
                ending.cause(),
                ending.origin(),
                ending.below(),
                ending.thread(),
                ending.instant(),
                Duration.ofNanos(ending.budget()),
                ending.site(),
                ending.madeAt());
        return new Face(record, err == null ? ContextException.make(ending, record, false) : err);
    }

    /// The cause that was given, else the error. It is asked at the end of each request; so no error is made where a cause was given.
    static Throwable cause(Ending ending) {
        Throwable given = ending.cause();
        return given == null ? of(ending).err : given;
    }
}
