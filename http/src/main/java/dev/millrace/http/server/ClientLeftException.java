package dev.millrace.http.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The cause of a request's context that ended because its client left: who it was, and how that was seen.
///
/// ```java
/// if (ctx.cause() instanceof ClientLeftException left) {
///     log("499 " + left.getMessage()); // client left: 203.0.113.7:51234 closed the connection
/// }
/// ```
///
/// It is a cause and is not thrown by itself; it has no stack, since where it was seen says nothing of the request.
public final class ClientLeftException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient @Nullable SocketAddress remote;
    private final Seen seen;

    /// How it was seen that a client has left.
    public enum Seen {
        /// It closed the connection, or its side of it. A client that half-closes counts as gone, as in Go.
        CLOSED("closed the connection"),
        /// The connection is there no more: it was reset.
        GONE("reset the connection"),
        /// It reset its stream of HTTP/2, or the connection of that stream ended.
        STREAM_RESET("reset the stream"),
        /// What was written for it could not be sent.
        WRITE_FAILED("could not be written to");

        private final String text;

        Seen(String text) {
            this.text = text;
        }
    }

    /// @param remote the client's address, null when it is not known
    /// @param seen how it was seen
    /// @param failure what the system said; null when it said nothing
    public ClientLeftException(@Nullable SocketAddress remote, Seen seen, @Nullable Throwable failure) {
        super(message(remote, Objects.requireNonNull(seen, "seen"), failure), failure, true, false);
        this.remote = remote;
        this.seen = seen;
    }

    private static String message(@Nullable SocketAddress remote, Seen seen, @Nullable Throwable failure) {
        String what = remote == null ? "" : text(remote) + " ";
        String why = failure == null ? ""
                : ": " + (failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
        return "client left: " + what + seen.text + why;
    }

    /// `127.0.0.1:4711`, `[::1]:4711`; no name is looked up.
    static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress a && a.getAddress() != null) {
            String host = a.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + a.getPort();
        }
        return address.toString();
    }

    /// The client's address: that of the nearest proxy when there is one. Null when it is not known.
    public @Nullable SocketAddress remote() {
        return remote;
    }

    /// How it was seen.
    public Seen seen() {
        return seen;
    }
}
