package dev.millrace.http.server;

import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One request that is over, for a log.
///
/// `499 GET /report, 203.0.113.7:51234, 1204 ms: client left: 203.0.113.7:51234 closed the connection`
///
/// @param request method and path, without the query
/// @param remote the client's address, or its proxy's; null when it is not known
/// @param status what the client was sent. When it was sent nothing: how the request ended ([RequestEnd#status()]), 500 when the handler
///     failed, 0 when it just sent nothing. 499 also when the client had left before the answer began
/// @param end how the request's context ended; [RequestEnd#RETURNED] when it lived as long as the handler
/// @param cause the cause of that end; null for [RequestEnd#RETURNED]
/// @param failure what the handler threw, null when it returned
/// @param took from the request's beginning to its end
public record Served(
        String request,
        @Nullable SocketAddress remote,
        int status,
        RequestEnd end,
        @Nullable Throwable cause,
        @Nullable Throwable failure,
        Duration took) {

    /// A line for a log: one, whatever the client sent or a failure says. Each text in it is cut after 1,000 characters, and a dot stands for what
    /// would break the line.
    @Override
    public String toString() {
        var line = new StringBuilder().append(status).append(' ').append(OpenRequest.line(request));
        if (remote != null) {
            line.append(", ").append(ClientLeftException.text(remote));
        }
        line.append(", ").append(took.toMillis()).append(" ms");
        Throwable why = cause != null ? cause : failure;
        if (why != null) {
            String message = why.getMessage();
            line.append(": ").append(message == null ? why.getClass().getSimpleName() : OpenRequest.line(message));
        }
        return line.toString();
    }
}
