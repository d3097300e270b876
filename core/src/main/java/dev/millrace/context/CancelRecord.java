package dev.millrace.context;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who ended a context, when, where and why. Holds names and times, no context and no values; it may live in a log.
///
/// @param kind cancelled, or a deadline passed
/// @param cause the user's cause, null when none was given
/// @param origin the name of the context that was ended first; empty when it has none
/// @param below the nearest name above it; empty when there is none
/// @param thread who ended it; empty when a deadline passed, or nobody could hear
/// @param at when, null when nobody could hear: then no clock was read
/// @param budget the time that the context had until its deadline; zero when it was cancelled
/// @param site the line that cancelled; null when a deadline passed, or the cancel met no task, waiter, callback or registered
///     descendant
/// @param madeAt the line that made the context; in debug mode only
public record CancelRecord(
        Kind kind,
        @Nullable Throwable cause,
        String origin,
        String below,
        String thread,
        @Nullable Instant at,
        Duration budget,
        @Nullable StackTraceElement site,
        @Nullable StackTraceElement madeAt) {

    /// How a context ends.
    public enum Kind {
        CANCELLED,
        DEADLINE_EXCEEDED
    }
}
