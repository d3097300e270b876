package dev.millrace.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One handler of the JDK's server, with contexts.
final class JdkHandler implements HttpHandler {
    private final RequestContexts contexts;
    private final RequestContexts.Handler handler;

    JdkHandler(RequestContexts contexts, RequestContexts.Handler handler) {
        this.contexts = contexts;
        this.handler = handler;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        OpenRequest request = contexts.open(
                known(method) + " " + exchange.getHttpContext().getPath(),
                method + " " + exchange.getRequestURI().getRawPath(),
                exchange.getRemoteAddress(),
                exchange.getRequestHeaders()::get);
        Context ctx = request.context();
        Throwable failure = null;
        try {
            ctx.check(); // a request that is over already is not begun
            request.watch(exchange.getLocalAddress(), exchange.getRemoteAddress(), true);
            HttpExchange watched = Watched.of(exchange, request);
            ctx.call(() -> {
                handler.handle(ctx, watched);
                return true;
            });
            RequestEnd end = RequestEnd.of(ctx);
            if (end != null) { // it has looked at the context, and gone
                answer(exchange, request, end.status());
            }
        } catch (ContextException e) {
            failure = e;
            int status = RequestEnd.statusOf(ctx, e);
            if (!answer(exchange, request, status) || status == 500) { // 500: somebody cancelled, and not the request
                throw e;
            }
        } catch (Throwable t) {
            failure = t;
            answer(exchange, request, RequestEnd.of(ctx) == RequestEnd.CLIENT_LEFT ? 499 : 500);
            throw JdkHandler.<IOException>asItCame(t);
        } finally {
            request.finish(failure);
        }
    }

    /// Gives the answer that the handler did not give. False when one has begun: it must not look whole, so the server has to close the connection,
    /// which it does when it sees an exception.
    private static boolean answer(HttpExchange exchange, OpenRequest request, int status) {
        request.unwatch();
        if (request.isAnswering()) {
            return false;
        }
        if (status != RequestEnd.CLIENT_LEFT.status()) {
            try {
                request.answering(status);
                if (status == 500) {
                    exchange.getResponseHeaders().set("Connection", "close"); // what the server does after a failure
                }
                exchange.sendResponseHeaders(status, -1);
            } catch (IOException e) {
                request.clientLeft(ClientLeftException.Seen.WRITE_FAILED, e);
            }
        }
        exchange.close();
        return true;
    }

    /// A method is the client's word; a name of a context is not.
    private static String known(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT" -> method;
            default -> "?";
        };
    }

    /// The server catches whatever a handler throws, checked or not.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // not so, on purpose
    private static <X extends Throwable> X asItCame(@Nullable Throwable t) throws X {
        throw (X) t;
    }
}
