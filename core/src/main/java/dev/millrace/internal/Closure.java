package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// How a channel came to its end.
///
/// @param abandoned whether its receivers gave it up; else its senders closed it
/// @param cause the failure with which it was closed, null when it was closed in peace or abandoned
/// @param reason why it was abandoned; empty when it was closed
/// @param at the line that did it; in debug mode only
public record Closure(
        boolean abandoned, @Nullable Throwable cause, String reason, @Nullable StackTraceElement at) {
    private static final Closure PLAIN = new Closure(false, null, "", null);

    /// Closed by its senders.
    public static Closure closed(@Nullable Throwable cause) {
        StackTraceElement at = Debug.on() ? Sites.caller() : null;
        return cause == null && at == null ? PLAIN : new Closure(false, cause, "", at);
    }

    /// Given up by its receivers.
    public static Closure abandoned(String reason) {
        return new Closure(true, null, reason, Debug.on() ? Sites.caller() : null);
    }
}
