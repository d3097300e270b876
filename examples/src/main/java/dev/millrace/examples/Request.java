package dev.millrace.examples;

import static dev.millrace.examples.PageServer.POLICY;
import static dev.millrace.examples.PageServer.TOKEN;
import static dev.millrace.examples.PageServer.USER;
import static java.time.Duration.ofMillis;

import com.sun.net.httpserver.HttpExchange;
import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.http.ContextClient;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.jdbc.Database;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;

/// What the context of Go was made for: a server's request, with who asks and how long it may take, and what is done for it elsewhere.
final class Request extends Example {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Map<String, String> TOKENS =
            Map.of("alice", "s3cret-a", "bob", "s3cret-b", "carol", "s3cret-c");

    Request() {
        super("request");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var leave = options.interval("--leave", ofMillis(300));
        var deadline = options.interval("--deadline", ofMillis(300));
        options.end();
        var log = Chan.<String>buffered(16);
        try (var memory = new MemoryDatabase();
                var rates = LocalServer.open();
                var life = ctx.withName("server").withCancel();
                var client = HttpClient.newHttpClient()) {
            fill(memory.pool);
            rates.createContext("/rate", RequestContexts.under(life).withPropagation(POLICY)
                    .withLog(served -> log.trySend("rates: " + served)).handler(Request::rate));
            try (var server = new PageServer(life, Database.of(memory.pool), rates.uri("/rate"), log)) {
                var page = ContextClient.over(client);
                alice(ctx, page.withPropagation(POLICY), server, out);
                print(log, 2, out);
                bob(ctx, page, server, leave, out);
                print(log, 3, out);
                out.println("   the database counts: " + memory.runs("select count(*) from orders"));
                carol(ctx, page, server, deadline, out);
                print(log, 3, out);
                out.println("   the database counts: " + memory.runs("select count(*) from orders"));
                mallory(ctx, page.withPropagation(POLICY), server, out);
                print(log, 2, out);
            }
            out.println("connections in use: " + memory.pool.getActiveConnections());
        }
        return 0;
    }

    // region rate
    private static void rate(Context request, HttpExchange exchange) throws IOException {
        String user = request.value(USER);
        if (user == null || !TOKENS.getOrDefault(user, "").equals(request.value(TOKEN))) {
            PageServer.answer(exchange, 401, ""); // whoever it is, nothing proves it
            return;
        }
        if (!user.equals("alice")) {
            request.sleep(HOUR); // it is slow for everybody else
        }
        PageServer.answer(exchange, 200, "1.09");
    }
    // endregion

    /// Who is known and has time.
    private static void alice(Context ctx, ContextClient http, PageServer server, PrintStream out) throws IOException {
        Context identified = ctx.withValue(USER, "alice").withValue(TOKEN, TOKENS.get("alice"));
        try (var call = identified.withTimeout(Duration.ofSeconds(4))) {
            out.println("alice is told: " + http.get(call, server.uri()).body());
        }
    }

    /// Has less patience than the server.
    private static void bob(Context ctx, ContextClient http, PageServer server, Duration patience, PrintStream out)
            throws IOException {
        try (var call = ctx.withName("bob's patience").withTimeout(patience)) {
            ask(call, http, request(server, "bob").build());
        } catch (ContextException e) {
            out.println("bob leaves: " + e.getMessage());
        }
    }

    /// Says how much time there is.
    private static void carol(Context ctx, ContextClient http, PageServer server, Duration time, PrintStream out)
            throws IOException {
        var request = request(server, "carol").header("grpc-timeout", time.toMillis() + "m").build();
        out.println("carol is told: " + ask(ctx, http, request).statusCode());
    }

    /// Says that she is alice, and cannot prove it.
    private static void mallory(Context ctx, ContextClient http, PageServer server, PrintStream out)
            throws IOException {
        Context pretended = ctx.withValue(USER, "alice").withValue(TOKEN, TOKENS.get("bob"));
        out.println("mallory is told: "
                + ask(pretended, http, HttpRequest.newBuilder(server.uri()).build()).statusCode());
    }

    private static HttpRequest.Builder request(PageServer server, String user) {
        return HttpRequest.newBuilder(server.uri()).header("x-user", user)
                .header("authorization", "Bearer " + TOKENS.get(user));
    }

    private static HttpResponse<String> ask(Context ctx, ContextClient http, HttpRequest request) throws IOException {
        return http.send(ctx, request, BodyHandlers.ofString());
    }

    private static void print(Chan<String> log, int entries, PrintStream out) {
        try (var patience = Context.background().withTimeout(Duration.ofSeconds(20))) {
            for (int i = 0; i < entries; i++) {
                log.receive(patience).lines().forEach(line -> out.println("   " + line));
            }
        }
    }

    private static void fill(DataSource pool) throws SQLException {
        try (var connection = pool.getConnection(); var statement = connection.createStatement()) {
            statement.execute("create table few (customer varchar(20))");
            statement.execute("insert into few values ('alice'), ('alice')");
            statement.execute("create table many (customer varchar(20) primary key)");
            statement.execute("insert into many values ('bob'), ('carol')"); // they have ordered for hours
            statement.execute("create view orders as select customer from few union all"
                    + " select customer from many, system_range(1, 1000000), system_range(1, 1000000)");
        }
    }
}
