package dev.millrace.examples;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// What the two fetching programs fetch, and how.
final class Fetch implements AutoCloseable {
    private final HttpServer site;
    private final HttpClient client;

    private Fetch(HttpServer site) {
        this.site = site;
        this.client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    }

    /// A client, and a throw-away site on this machine.
    static Fetch open() throws IOException {
        var site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = "hello\n".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        site.start();
        return new Fetch(site);
    }

    /// The URLs given; without any, two that work and one whose host exists nowhere.
    List<String> urls(List<String> given) {
        String here = "http://" + site.getAddress().getAddress().getHostAddress() + ":" + site.getAddress().getPort();
        return given.isEmpty() ? List.of(here + "/one", "http://no-such-host.invalid", here + "/two") : given;
    }

    /// Gets `url` and throws the body away; the end of `ctx` ends it.
    ///
    /// @throws IOException when no answer comes; its message names the URL, as Go's does
    void get(Context ctx, String url) throws Exception {
        try {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
            Interruptible.call(ctx, () -> client.send(request, HttpResponse.BodyHandlers.discarding()));
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("Get \"" + url + "\": " + why(e, url), e);
        }
    }

    /// The JDK's client has no message for an unknown host, nor for a refused connection.
    private static String why(Exception e, String url) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UnresolvedAddressException) {
                return "dial tcp: lookup " + URI.create(url).getHost() + ": no such host";
            }
            if (t.getMessage() != null) {
                return t.getMessage();
            }
        }
        return e.getClass().getSimpleName();
    }

    @Override
    public void close() {
        client.close();
        site.stop(0);
    }
}
