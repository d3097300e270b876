package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import com.sun.net.httpserver.HttpExchange;
import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.http.ContextClient;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.Served;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A reverse proxy: what it says and stops when the client leaves, when the time is over, and when the server behind it fails.
final class Proxy extends Example {
    Proxy() {
        super("proxy");
    }

    /// A server and what it logs.
    private record Site(LocalServer server, Chan<Served> log) implements AutoCloseable {
        static Site open(Context ctx, Duration limit, RequestContexts.Handler handler) throws IOException {
            var site = new Site(LocalServer.open(), Chan.unlimited());
            site.server.createContext("/",
                    RequestContexts.under(ctx).withLimit(limit).withLog(site.log::send).handler(handler));
            return site;
        }

        URI uri(String path) {
            return server.uri(path);
        }

        @Override
        public void close() {
            server.close();
        }
    }

    // region forward
    /// Hands a request on. That the client has left, or the time is over, leaves this as the context's exception: there is nothing to do about it here.
    private static void forward(Context ctx, HttpExchange exchange, ContextClient client, URI upstream)
            throws IOException {
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(ctx, HttpRequest.newBuilder(upstream).build(), BodyHandlers.ofByteArray());
        } catch (IOException e) { // no end of ctx: it is the server behind this one that fails
            exchange.sendResponseHeaders(502, -1);
            return;
        }
        reply(exchange, answer.statusCode(), answer.body());
    }
    // endregion

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void upstream(Context ctx, HttpExchange exchange, Duration takes) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/broken")) {
            exchange.sendResponseHeaders(200, 0);
            throw new IOException("no disk"); // the answer has begun, so it ends with its connection
        }
        if (path.equals("/slow")) {
            ctx.sleep(takes); // a query, say
        }
        reply(exchange, 200, "hello".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var limit = options.duration("--limit", ofMillis(800));
        var patience = options.duration("--patience", ofMillis(200));
        var takes = options.duration("--takes", ofSeconds(3));
        options.end();
        try (var http = HttpClient.newHttpClient();
                var upstream = Site.open(ctx, ofSeconds(60), (c, exchange) -> upstream(c, exchange, takes));
                var proxy = Site.open(ctx, limit, (c, exchange) -> forward(c, exchange, ContextClient.over(http),
                        upstream.uri(exchange.getRequestURI().getRawPath())))) {
            var client = ContextClient.over(http);
            ask(ctx, client, proxy, "/fast", out);
            log(ctx, upstream, proxy, out);
            try (var impatient = ctx.withTimeout(patience)) {
                ask(impatient, client, proxy, "/slow", out);
            }
            log(ctx, upstream, proxy, out);
            ask(ctx, client, proxy, "/slow", out);
            log(ctx, upstream, proxy, out);
            ask(ctx, client, proxy, "/broken", out);
            log(ctx, upstream, proxy, out);
        }
        return 0;
    }

    private static void ask(Context ctx, ContextClient client, Site proxy, String path, PrintStream out)
            throws IOException {
        out.print("client: GET " + path + ": ");
        try {
            var answer = client.get(ctx, proxy.uri(path));
            out.println((answer.statusCode() + " " + answer.body()).strip());
        } catch (ContextException e) {
            out.println("gives up: " + words(e));
        }
    }

    private static void log(Context ctx, Site upstream, Site proxy, PrintStream out) {
        out.println("  proxy:    " + proxy.log.receive(ctx));
        out.println("  upstream: " + upstream.log.receive(ctx));
    }
}
