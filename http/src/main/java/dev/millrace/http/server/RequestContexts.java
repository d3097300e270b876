package dev.millrace.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.millrace.context.Context;
import dev.millrace.http.Propagation;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gives every request of a server a context, which ends when the handler returns, when the client leaves, at the request's deadline, and with
/// the server. What a handler does under it (queries, calls, processes) then ends too.
///
/// ```java
/// RequestContexts contexts = RequestContexts.under(server) // cancel it and all requests end
///         .withLimit(Duration.ofSeconds(10))               // no request has more
///         .withPropagation(POLICY)                         // the client may give less
///         .withLog(served -> log.info(served.toString())); // 499 GET /report, 203.0.113.7:51234, 812 ms: client left: …
///
/// httpServer.createContext("/report", contexts.handler((ctx, exchange) -> {
///     byte[] body = reports.make(ctx); // throws when ctx ends, and nothing more is to be done here
///     exchange.sendResponseHeaders(200, body.length);
///     exchange.getResponseBody().write(body);
///     exchange.close();
/// }));
/// ```
///
/// It is immutable and for any number of servers; each `with` answers a new one. The same object serves the other adapters (`dev.millrace.http.jetty`,
/// `dev.millrace.http.servlet`).
///
/// **The end of a request.** [RequestEnd] has the four ways and their statuses. When a context's exception leaves the handler because the request has ended, or
/// the handler returns after that, and the answer has not begun, then the answer is that status, empty: 504 for the deadline, 503 for a shutdown; the end of the connection for a
/// client that left. So it is when a deadline that the handler itself set leaves it. Any other failure is answered by 500, empty, and thrown on as it came: the JDK's server
/// closes the connection then. A request whose time is over before it begins, and one that comes after the end of the root, is answered so without calling the
/// handler. An answer that has begun when the handler fails stays visibly incomplete.
///
/// **The client leaves.** On Linux that is noticed while the handler computes, at the next look at the kernel's table of connections: one thread looks every
/// 25 to 100 ms, as the size of that table allows, while requests run that are older than 50 ms. No byte is touched, so keep-alive and pipelining are as ever. A client that closes its side only counts as gone, as in
/// Go. Elsewhere, and everywhere besides, a write that fails ends the context. Behind a proxy it is the proxy that leaves; most close their
/// connection when their client does. From the last write of the answer on nothing is watched.
///
/// **Threads.** None is added but the one that looks. The handler runs on the server's executor: give it
/// `Executors.newVirtualThreadPerTaskExecutor()`. A handler that returns and lets another thread answer has no context any more: let that thread have `ctx.detach()`.
///
/// **Compared with Go.** `http.Request.Context()`: ends at the same moments. Differs: the cause says which it was; a deadline from a header; a limit. Go reads the
/// connection in the background and so sees the client leave at once.
///
/// No argument may be null.
public final class RequestContexts {
    private final Context root;
    private final @Nullable Duration limit;
    private final Propagation propagation;
    private final @Nullable Consumer<? super Served> log;

    private RequestContexts(Context root, @Nullable Duration limit, Propagation propagation,
            @Nullable Consumer<? super Served> log) {
        this.root = root;
        this.limit = limit;
        this.propagation = propagation;
        this.log = log;
    }

    /// What a handler of the JDK's server does with a request. What leaves it is answered as [RequestContexts] says.
    @FunctionalInterface
    public interface Handler {
        /// @param ctx the request's; it is [Context#current()] too
        /// @param exchange the server's
        void handle(Context ctx, HttpExchange exchange) throws Exception;
    }

    /// Contexts of requests below `root`. Its end ends all requests (status 503), with its cause.
    public static RequestContexts under(Context root) {
        return new RequestContexts(Objects.requireNonNull(root, "context is nil: use Context.background()"), null,
                Propagation.none(), null);
    }

    /// With a limit: no request has more time.
    ///
    /// @throws IllegalArgumentException when it is not positive
    public RequestContexts withLimit(Duration most) {
        if (!most.isPositive()) {
            throw new IllegalArgumentException("limit must be > 0, was " + most);
        }
        return new RequestContexts(root, most, propagation, log);
    }

    /// With what `policy` reads from the headers of a request: a deadline, which can shorten the request's time and never lengthen it, and values.
    /// Without this, no header is looked at.
    public RequestContexts withPropagation(Propagation policy) {
        return new RequestContexts(root, limit, Objects.requireNonNull(policy, "policy"), log);
    }

    /// With a log: `log` is called once for every request, on the thread that finishes it, after its end. What it throws is reported to the
    /// logger `dev.millrace.http` and changes nothing.
    public RequestContexts withLog(Consumer<? super Served> log) {
        return new RequestContexts(root, limit, propagation, Objects.requireNonNull(log, "log"));
    }

    /// `handler` for the JDK's server: `httpServer.createContext("/", …)`.
    public HttpHandler handler(Handler handler) {
        return new JdkHandler(this, Objects.requireNonNull(handler, "handler"));
    }

    /// A handler of the JDK as it is, which finds its request's context as [Context#current()].
    public HttpHandler wrap(HttpHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return handler((_, exchange) -> handler.handle(exchange));
    }

    /// Opens a request, for a server that this module does not know. Whoever opens it finishes it.
    ///
    /// @param name what the context is called in messages and dumps; should be the server's own words and not the client's
    /// @param request method and path, for the log; may be the client's words
    /// @param remote the client's address; null when it is not known
    /// @param headers all values of a header by its name in lower case, null or none when it is not there
    public OpenRequest open(String name, String request, @Nullable SocketAddress remote,
            Function<String, ? extends @Nullable List<String>> headers) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(headers, "headers");
        return new OpenRequest(this, root, limit, name, request, remote,
                propagation == Propagation.none() ? null : propagation.extract(headers));
    }

    void log(OpenRequest request, @Nullable Throwable failure) {
        if (log != null) {
            try {
                log.accept(request.served(failure));
            } catch (RuntimeException e) {
                OpenRequest.complain("a log of requests failed", e);
            }
        }
    }

    /// For people.
    @Override
    public String toString() {
        return "RequestContexts[under " + root + (limit == null ? "" : ", limit " + limit) + ", " + propagation + "]";
    }
}
