package dev.millrace.http.jetty;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestContexts;
import java.util.Objects;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Gives every request that passes through it a context, for Jetty 12.1. Put it around the handlers of a server, or of a part.
///
/// ```java
/// RequestContexts contexts = RequestContexts.under(root).withLimit(Duration.ofSeconds(10)).withPropagation(POLICY);
/// server.setHandler(new RequestContextHandler(contexts, new Handler.Abstract() {
///     @Override
///     public boolean handle(Request request, Response response, Callback callback) throws Exception {
///         String report = reports.make(Context.current()); // throws when the client leaves
///         Content.Sink.write(response, true, report, callback);
///         return true;
///     }
/// }));
/// ```
///
/// The context is [Context#current()] while the handlers run, and [#context(Request)] for what goes on after they returned: it ends when the answer is complete
/// and the handlers have returned, by whatever thread. What else ends it, and what is answered then, is in [RequestContexts]; failures are Jetty's matter as ever.
///
/// **The client leaves.** With HTTP/2: when it resets the stream or the connection ends. With HTTP/1.1, also over TLS: at once, since the connection
/// is read in the background, as Go does; a byte that comes, the beginning of a pipelined request, is handed back to the connection before
/// the answer is complete, and then nothing more is noticed but a write that fails, as in Go. A request that has a body, or
/// behind which another one waits already, is watched as on the JDK's server (on Linux, every 25 to 100 ms), since Jetty's buffer is in use.
///
/// **Timeouts of Jetty** that fail a request (the connection's idle timeout) end its context as a deadline does.
///
/// The background read uses what Jetty 12.1 exports and does not promise (`AbstractEndPoint.getFillInterest`, `Connection.UpgradeTo`); tested with 12.1.14.
///
/// No argument may be null.
public final class RequestContextHandler extends Handler.Wrapper {
    static final String ATTRIBUTE = "dev.millrace.http.request";

    private final RequestContexts contexts;

    /// Around a handler that is set later, [#setHandler].
    public RequestContextHandler(RequestContexts contexts) {
        this.contexts = Objects.requireNonNull(contexts, "contexts");
    }

    /// Around `handler`.
    public RequestContextHandler(RequestContexts contexts, Handler handler) {
        super(Objects.requireNonNull(handler, "handler"));
        this.contexts = Objects.requireNonNull(contexts, "contexts");
    }

    /// The context of `request`.
    ///
    /// @throws IllegalStateException when it did not pass through such a handler
    public static Context context(Request request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Life life) {
            return life.open().context();
        }
        throw new IllegalStateException(
                "request has no context: expected a RequestContextHandler around its handler, but found none");
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Handler next = getHandler();
        if (next == null || request.getAttribute(ATTRIBUTE) != null) { // twice around a request is once
            return next != null && next.handle(request, response, callback);
        }
        ConnectionMetaData connection = request.getConnectionMetaData();
        String method = request.getMethod();
        String path = Request.getContextPath(request);
        OpenRequest open = contexts.open(known(method) + " " + (path == null || path.isEmpty() ? "/" : path),
                method + " " + request.getHttpURI().getPath(),
                connection.getRemoteSocketAddress(),
                request.getHeaders()::getValuesList);
        boolean stream = connection.getHttpVersion().getVersion() > HttpVersion.HTTP_1_1.getVersion();
        var life = new Life(open, stream);
        request.setAttribute(ATTRIBUTE, life);
        request.addHttpStreamWrapper(life::wrap);
        request.addFailureListener(life::failed);
        Context ctx = open.context();
        try {
            ctx.check(); // a request that is over already is not begun
            if (!stream) {
                life.watch(request, FillWatch.of(request, open));
            }
            return ctx.call(() -> next.handle(request, response, new Callback.Nested(callback) {
                @Override
                public void failed(Throwable x) {
                    if (!life.answered(request, response, callback, x)) {
                        super.failed(x);
                    }
                }
            }));
        } catch (ContextException e) {
            if (life.answered(request, response, callback, e)) {
                return true;
            }
            throw e;
        } catch (Throwable t) {
            life.failedBy(t);
            throw t;
        }
    }

    /// A method is the client's word; a name of a context is not.
    private static String known(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT" -> method;
            default -> "?";
        };
    }
}
