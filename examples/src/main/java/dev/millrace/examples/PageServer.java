package dev.millrace.examples;

import com.sun.net.httpserver.HttpExchange;
import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import dev.millrace.http.ContextClient;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.HeaderCodec;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.jdbc.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;

/// The server of the program `request`: a page is made of a database's answer and another server's, both under the request's context.
final class PageServer implements AutoCloseable {
    // region values
    /// Who asks. It may be seen in logs.
    static final Context.Key<String> USER = Context.Key.<String>named("user").shown();
    /// What proves it; no text ever shows it.
    static final Context.Key<String> TOKEN = Context.Key.named("token");

    /// What goes from program to program, and nothing else: the time that is left, and both values.
    static final Propagation POLICY = Propagation.none()
            .withDeadline(DeadlineHeader.GRPC_TIMEOUT)
            .withValue(USER, "x-user")
            .withValue(TOKEN, "authorization", new HeaderCodec<>(
                    token -> "Bearer " + token,
                    header -> header.replaceFirst("^Bearer ", "")));
    // endregion

    private final ContextClient http = ContextClient.over(HttpClient.newHttpClient()).withPropagation(POLICY);
    private final LocalServer server = LocalServer.open();
    private final Database database;
    private final URI rates;
    private final Chan<String> log;

    PageServer(Context life, Database database, URI rates, Chan<String> log) throws IOException {
        this.database = database;
        this.rates = rates;
        this.log = log;
        // region server
        RequestContexts contexts = RequestContexts.under(life) // its end is the end of all requests
                .withLimit(Duration.ofSeconds(5)) // no request has more time
                .withPropagation(POLICY) // it may have less
                .withLog(served -> log.trySend("page: " + served));
        server.createContext("/page", contexts.handler(this::page));
        // endregion
    }

    // region page
    private void page(Context request, HttpExchange exchange) throws Exception {
        try (var ctx = request.withName("page of " + request.value(USER)).withCancel();
                var group = TaskGroup.open(ctx)) {
            var orders = group.fork("orders", this::orders);
            var rate = group.fork("rate", this::rate);
            try {
                group.join();
            } catch (Refused _) {
                answer(exchange, 403, "");
                return;
            } catch (ContextException e) {
                // For who wants to know. There is nothing to be stopped here: it has stopped.
                log.trySend(request.value(USER) + ": " + e.getMessage() + "\n" + ctx.dump());
                throw e; // the server knows the status
            }
            answer(exchange, 200, orders.get() + " orders, 1 EUR is " + rate.get() + " USD");
        }
    }

    private long orders(Context ctx) throws SQLException {
        try (var connection = database.with(ctx).getConnection();
                var statement = connection.prepareStatement("select count(*) from orders where customer = ?")) {
            statement.setString(1, ctx.value(USER));
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private String rate(Context ctx) throws IOException {
        var response = http.send(ctx, HttpRequest.newBuilder(rates).build(), BodyHandlers.ofString());
        return switch (response.statusCode()) {
            case 200 -> response.body();
            case 401 -> throw new Refused();
            default -> throw new IOException("rates answered " + response.statusCode());
        };
    }
    // endregion

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused() {
            super("the rates' server does not believe who asks");
        }
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    URI uri() {
        return server.uri("/page");
    }

    @Override
    public void close() {
        server.close();
        http.client().close();
    }
}
