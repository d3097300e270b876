package dev.millrace.context;

import dev.millrace.internal.Ending;
import dev.millrace.internal.Sites;
import dev.millrace.internal.Spans;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Words for people: names, spans, and the one line that says how a context ended.
final class Texts {
    private Texts() {}

    /// Go's words, then who, where and when.
    ///
    /// @param fresh whether the line is read now: then it says how long ago
    static String message(Ending e, boolean fresh) {
        var text = new StringBuilder(e.isDeadline() ? "context deadline exceeded" : "context canceled");
        Throwable cause = e.cause();
        if (cause != null) {
            text.append(": ").append(because(cause));
        }
        String facts = e.isDeadline() ? deadlineFacts(e, fresh) : cancelFacts(e, fresh);
        if (!facts.isEmpty()) {
            text.append(cause == null ? ": " : "; ").append(facts);
        }
        if (e.madeAt() != null) {
            text.append(e.isDeadline() ? " (set at " : " (made at ").append(place(e.madeAt())).append(')');
        }
        return text.toString();
    }

    private static String deadlineFacts(Ending e, boolean fresh) {
        if (!e.hasTime()) {
            return "";
        }
        var text = new StringBuilder();
        text.append(e.origin().isEmpty() ? "" : called(e.origin()) + " ").append("had ").append(span(e.budget()));
        if (fresh) {
            text.append(", passed ").append(span(e.age())).append(" ago");
        }
        if (!e.below().isEmpty()) {
            text.append("; below ").append(called(e.below()));
        }
        return text.toString();
    }

    private static String cancelFacts(Ending e, boolean fresh) {
        if (!e.hasTime()) {
            return "";
        }
        var text = new StringBuilder("cancelled");
        if (!e.origin().isEmpty()) {
            text.append(' ').append(called(e.origin()));
        }
        if (e.site() != null) {
            text.append(" at ").append(place(e.site()));
        }
        if (!e.thread().isEmpty()) {
            text.append(" on ").append(e.thread());
        }
        if (fresh) {
            text.append(", ").append(span(e.age())).append(" ago");
        }
        if (!e.below().isEmpty()) {
            text.append("; below ").append(called(e.below()));
        }
        return text.toString();
    }

    private static String because(Throwable cause) {
        String message = cause.getMessage();
        return cause instanceof ContextException && message != null
                ? message
                : message == null ? cause.getClass().getSimpleName() : message;
    }

    /// A name in quotation marks, or words for its absence.
    static String called(String name) {
        return name.isEmpty() ? "a context without name" : '"' + name + '"';
    }

    /// How long ago `at` was.
    static String ago(Instant at) {
        return span(Math.max(0, Duration.between(at, Instant.now()).toNanos())) + " ago";
    }

    static String place(StackTraceElement site) {
        return Sites.place(site);
    }

    /// A span as one reads it: `300 ms`, `1.5 s`, `2 h 5 min`.
    static String span(long nanos) {
        return Spans.text(nanos);
    }

    /// A value as Go shows it when the key allows that: a text itself, else only the type's name.
    static String value(Context.Key<?> key, @Nullable Object value) {
        if (value == null) {
            return "<nil>";
        }
        return key.shown ? value.toString() : value.getClass().getSimpleName();
    }
}
