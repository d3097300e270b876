package dev.millrace.chan;

import dev.millrace.internal.Closure;
import org.jspecify.annotations.Nullable;

/// An operation needs an open channel, and the channel is closed. Nothing was sent or received; who wanted to send still has
/// the value. The [cause][#getCause()] is the failure with which the channel was closed, if there was one.
///
/// The messages are Go's, with the channel's name; in debug mode also with the line that closed it:
///
/// ```
/// send on closed channel "jobs"
/// close of closed channel "jobs" (closed at Pool.java:40)
/// send on abandoned channel "jobs": nobody needs more
/// ```
public final class ChanClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /// @serial
    private final String channel;

    /// @serial
    private final boolean abandoned;

    private ChanClosedException(String message, String channel, boolean abandoned, @Nullable Throwable cause) {
        super(message, cause);
        this.channel = channel;
        this.abandoned = abandoned;
    }

    /// The name of the channel, or of the broadcast; empty when it has none.
    public String channel() {
        return channel;
    }

    /// Whether the receivers gave the channel up; else its senders closed it.
    public boolean isAbandoned() {
        return abandoned;
    }

    static ChanClosedException of(String operation, String name, Closure how) {
        return of(operation, "channel", name, how);
    }

    static ChanClosedException of(String operation, String thing, String name, Closure how) {
        var text = new StringBuilder(operation)
                .append(how.abandoned() ? " abandoned " : " closed ")
                .append(thing);
        if (!name.isEmpty()) {
            text.append(" \"").append(name).append('"');
        }
        StackTraceElement at = how.at();
        if (at != null) {
            text.append(how.abandoned() ? " (abandoned at " : " (closed at ")
                    .append(at.getFileName())
                    .append(':')
                    .append(at.getLineNumber())
                    .append(')');
        }
        if (!how.reason().isEmpty()) {
            text.append(": ").append(how.reason());
        }
        Throwable cause = how.cause();
        if (cause != null) {
            text.append(": ").append(cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
        return new ChanClosedException(text.toString(), name, how.abandoned(), cause);
    }
}
