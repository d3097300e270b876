package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.http.ContextClient;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What of a context goes from a client to a server, over a connection.
class CarriedTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final Context.Key<String> USER = Context.Key.named("user");
    private static final DeadlineHeader BUDGET = DeadlineHeader.of("x-budget-s", ChronoUnit.SECONDS);
    private static final Duration TIME = Duration.ofSeconds(30);

    private final HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        plain.shutdownNow();
    }

    private static CancellableContext full() {
        return Context.background().withValue(Propagation.TRACEPARENT, PARENT)
                .withValue(Propagation.TRACESTATE, "rojo=00f067aa0ba902b7")
                .withValue(Propagation.BAGGAGE,
                        Map.of("tenant", "Zoë, ltd;", "secret", "s3cret", "evil", "a\r\nX-Evil: 1"))
                .withValue(USER, "me").withTimeout(TIME);
    }

    /// What the handler found: the request's headers as they came, and its context.
    private record Found(Map<String, String> headers, Context ctx, long left) {}

    private Found send(Propagation client, Propagation server, String... headers) throws Exception {
        var found = new CompletableFuture<Found>();
        try (var site = new Site(c -> c.withPropagation(server).withLimit(Duration.ofHours(1)), (ctx, exchange) -> {
            var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> all.put(name, String.join("|", values)));
            found.complete(new Found(all, ctx, ctx.remainingNanos()));
            Site.answer(exchange, "ok");
        }); CancellableContext ctx = full()) {
            URI uri = URI.create("http://127.0.0.1:" + site.server.getAddress().getPort() + "/");
            var request = HttpRequest.newBuilder(uri);
            if (headers.length > 0) {
                request.headers(headers);
            }
            ContextClient http = ContextClient.over(plain);
            assertEquals("ok", (client == Propagation.none() ? http : http.withPropagation(client))
                    .send(ctx, request.build(), BodyHandlers.ofString()).body());
        }
        return found.join();
    }

    private static Propagation all() {
        return Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED,
                DeadlineHeader.ENVOY_GRANTED, BUDGET).withTrace().withBaggage("tenant", "evil")
                .withValue(USER, "x-user");
    }

    @Test
    void client_withoutAPolicy_sendsNothingOfItsContext() throws Exception {
        Found found = send(Propagation.none(), all());
        var plainly = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // what the JDK's client sends by itself
        plainly.addAll(java.util.List.of("connection", "content-length", "host", "http2-settings", "upgrade",
                "user-agent"));
        found.headers.keySet().removeAll(plainly);
        assertEquals(Map.of(), found.headers);
        assertEquals(null, found.ctx.value(Propagation.TRACEPARENT));
        assertEquals(null, found.ctx.value(Propagation.BAGGAGE));
        assertTrue(found.left > TIME.toNanos());
    }

    @Test
    void client_withAPolicy_sendsWhatThatNames_andTheServerHasIt() throws Exception {
        Found found = send(all(), all());
        assertEquals(PARENT, found.headers.get("traceparent"));
        assertEquals("rojo=00f067aa0ba902b7", found.headers.get("tracestate"));
        assertEquals("tenant=Zo%C3%AB%2C%20ltd%3B", found.headers.get("baggage"));
        assertEquals("me", found.headers.get("x-user"));
        assertFalse(found.headers.toString().contains("s3cret"), "a member that is not in the list");
        assertTime("grpc-timeout", found.headers.get("grpc-timeout").replaceFirst("u$", ""), 1_000);
        assertTime("asked", found.headers.get("x-envoy-upstream-rq-timeout-ms"), 1_000_000);
        assertTime("granted", found.headers.get("x-envoy-expected-rq-timeout-ms"), 1_000_000);
        assertTime("own", found.headers.get("x-budget-s"), 1_000_000_000);
        assertEquals(PARENT, found.ctx.value(Propagation.TRACEPARENT));
        assertEquals("rojo=00f067aa0ba902b7", found.ctx.value(Propagation.TRACESTATE));
        assertEquals("me", found.ctx.value(USER));
        assertEquals(Map.of("tenant", "Zoë, ltd;"), found.ctx.value(Propagation.BAGGAGE));
        assertFalse(found.headers.containsKey("x-evil"));
        assertTrue(found.left <= TIME.toNanos() && found.left > 0, () -> "left " + found.left);
    }

    private static void assertTime(String what, String number, long unit) {
        long nanos = Long.parseLong(number) * unit;
        assertTrue(nanos <= TIME.toNanos() && nanos > TIME.toNanos() / 2, what + " " + number);
    }

    /// Each by itself is read from what the client wrote.
    @ParameterizedTest
    @ValueSource(strings = {"grpc-timeout", "x-envoy-upstream-rq-timeout-ms", "x-envoy-expected-rq-timeout-ms",
        "x-budget-s"})
    void deadline_ofOneHeader_limitsTheRequest(String name) throws Exception {
        Propagation one = Propagation.none().withDeadline(switch (name) {
            case "grpc-timeout" -> DeadlineHeader.GRPC_TIMEOUT;
            case "x-envoy-upstream-rq-timeout-ms" -> DeadlineHeader.ENVOY_ASKED;
            case "x-envoy-expected-rq-timeout-ms" -> DeadlineHeader.ENVOY_GRANTED;
            default -> BUDGET;
        });
        Found found = send(one, one);
        assertTrue(found.headers.containsKey(name));
        assertTrue(found.left <= TIME.toNanos() && found.left > 0, () -> "left " + found.left);
    }

    @Test
    void server_withoutAPolicy_readsNothing() throws Exception {
        Found found = send(all(), Propagation.none());
        assertEquals(PARENT, found.headers.get("traceparent"));
        assertEquals(null, found.ctx.value(Propagation.TRACEPARENT));
        assertEquals(null, found.ctx.value(Propagation.BAGGAGE));
        assertTrue(found.left > TIME.toNanos());
    }

    @Test
    void baggage_ofAKeyThatTheServerDoesNotName_isNotRead() throws Exception {
        Propagation other = Propagation.none().withBaggage("region");
        assertEquals(null, send(all(), other).ctx.value(Propagation.BAGGAGE));
        var harmless = Propagation.none().withBaggage("tenant");
        assertEquals(Map.of("tenant", "a b"),
                send(Propagation.none(), harmless, "baggage", "region=x, tenant=a%20b").ctx
                        .value(Propagation.BAGGAGE));
    }

    @Test
    void headers_ofTheRequestItself_stayAsTheyAre() throws Exception {
        Found found = send(all(), all(), "baggage", "tenant=own", "TraceParent", "own", "grpc-timeout", "10S");
        assertEquals("tenant=own", found.headers.get("baggage"));
        assertEquals("own", found.headers.get("traceparent"));
        assertEquals("10S", found.headers.get("grpc-timeout"));
        assertEquals(Map.of("tenant", "own"), found.ctx.value(Propagation.BAGGAGE));
        assertTrue(found.left <= Duration.ofSeconds(10).toNanos());
    }
}
