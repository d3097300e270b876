package dev.millrace.http.server;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestContextsTest {
    private static final Context.Key<String> TENANT = Context.Key.named("tenant");
    private static final Propagation POLICY =
            Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT).withValue(TENANT, "x-tenant");

    @Test
    void handler_thatReturns_hadTheContextAsTheCurrentOne_whichEndsThen() throws Exception {
        var seen = new CompletableFuture<Context>();
        try (var site = new Site((ctx, exchange) -> {
            assertEquals(ctx, Context.current());
            assertNull(RequestEnd.of(ctx));
            assertFalse(ctx.isDone());
            seen.complete(ctx.withName("child").withCancel());
            Site.answer(exchange, "hello");
        }); var client = site.client()) {
            assertEquals("200 hello", client.send(get("/a/b?secret=1")).receive());
            Context child = seen.get();
            assertTrue(child.awaitDone(Duration.ofSeconds(20)));
            assertEquals(RequestEnd.RETURNED, RequestEnd.of(child));
            assertEquals("the request's handler has returned", child.cause().getMessage());
            assertEquals("GET /", child.cancelRecord().origin());
            Served served = site.logged();
            assertEquals("GET /a/b", served.request());
            assertEquals(200, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertNull(served.cause());
            assertEquals(client.address(), served.remote());
            assertTrue(served.toString().matches("200 GET /a/b, 127.0.0.1:\\d+, \\d+ ms"), served::toString);
        }
    }

    @Test
    void wrap_aHandlerOfTheJdk_givesItTheCurrentContext() throws Exception {
        var root = Context.background().withCancel();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", RequestContexts.under(root).wrap(
                exchange -> Site.answer(exchange, Context.current().name())));
        server.start();
        try (var client = new RawClient(server.getAddress())) {
            assertEquals("200 GET /", client.send(get("/x")).receive());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void deadline_fromTheHeader_isAnsweredBy504() throws Exception {
        try (var site = new Site(c -> c.withPropagation(POLICY).withLimit(Duration.ofHours(1)), (ctx, _) -> {
            assertEquals("acme", ctx.value(TENANT));
            ctx.sleep(Duration.ofMinutes(1));
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/", "grpc-timeout: 30m", "x-tenant: acme")).receive());
            Served served = site.logged();
            assertEquals(504, served.status());
            assertEquals(RequestEnd.DEADLINE, served.end());
            assertInstanceOf(DeadlineExceededException.class, served.failure());
            assertTrue(served.failure().getMessage().startsWith(
                    "context deadline exceeded: \"GET /\" had 30 ms, passed "), served.failure()::getMessage);
            // The connection is as good as before.
            assertEquals("504", client.send(get("/", "grpc-timeout: 1m", "x-tenant: acme")).receive());
        }
    }

    @ParameterizedTest
    @CsvSource({"3600S, 60", "30S, 30", "nonsense, 60", "-5S, 60", "99999999H, 60"})
    void deadline_ofTheHeader_shortensAndNeverLengthens(String header, int seconds) throws Exception {
        var left = new CompletableFuture<Duration>();
        try (var site = new Site(c -> c.withLimit(Duration.ofSeconds(60)).withPropagation(POLICY), (ctx, exchange) -> {
            left.complete(ctx.remaining().orElseThrow());
            Site.answer(exchange, "");
        }); var client = site.client()) {
            client.send(get("/", "grpc-timeout: " + header)).receive();
            long millis = left.get().toMillis();
            assertTrue(millis <= seconds * 1000L && millis > seconds * 1000L - 20_000, () -> millis + " ms");
        }
    }

    @Test
    void deadline_ofARootThatIsEarlier_holds() throws Exception {
        var left = new CompletableFuture<Duration>();
        try (var site = new Site(_ -> RequestContexts.under(Context.background().withTimeout(Duration.ofSeconds(10)))
                .withLimit(Duration.ofHours(1)).withPropagation(POLICY), (ctx, exchange) -> {
                    left.complete(ctx.remaining().orElseThrow());
                    Site.answer(exchange, "");
                });
                var client = site.client()) {
            client.send(get("/", "grpc-timeout: 3600S")).receive();
            assertTrue(left.get().compareTo(Duration.ofSeconds(10)) <= 0, left.get()::toString);
        }
    }

    @Test
    void headers_withoutAPolicy_areNotLookedAt() throws Exception {
        try (var site = new Site((ctx, exchange) -> Site.answer(exchange, ctx.deadline() + " " + ctx.value(TENANT)));
                var client = site.client()) {
            assertEquals("200 Optional.empty null",
                    client.send(get("/", "grpc-timeout: 0m", "x-tenant: acme")).receive());
        }
    }

    @Test
    void request_whoseTimeIsOver_isAnsweredWithoutItsHandler() throws Exception {
        var called = new AtomicInteger();
        try (var site = new Site(c -> c.withPropagation(POLICY), (_, exchange) -> {
            called.incrementAndGet();
            Site.answer(exchange, "");
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/", "grpc-timeout: 0m")).receive());
            assertEquals(504, site.logged().status());
            assertEquals(0, called.get());
        }
    }

    @Test
    void shutdown_endsEveryRequestWithItsCause_andLaterOnesAreNotBegun() throws Exception {
        var begun = new CountDownLatch(2);
        var called = new AtomicInteger();
        var cause = new IllegalStateException("server stops");
        try (var site = new Site((ctx, _) -> {
            called.incrementAndGet();
            begun.countDown();
            ctx.awaitDone();
            assertSame(cause, ctx.cause());
            ctx.check();
        }); var one = site.client(); var two = site.client(); var late = site.client()) {
            one.send(get("/"));
            two.send(get("/"));
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            site.root.cancel(cause);
            assertEquals("503", one.receive());
            assertEquals("503", two.receive());
            assertEquals("503", late.send(get("/")).receive());
            assertEquals(2, called.get());
            for (int i = 0; i < 3; i++) {
                Served served = site.logged();
                assertEquals(RequestEnd.SHUTDOWN, served.end());
                assertSame(cause, served.cause());
                assertEquals(503, served.status());
            }
        }
    }

    @Test
    void failure_beforeTheAnswer_isA500AndTheEndOfTheConnection() throws Exception {
        var failure = new Exception("no disk");
        try (var site = new Site((_, _) -> {
            throw failure;
        }); var client = site.client()) {
            assertEquals("500", client.send(get("/")).receive());
            assertTrue(client.isEnded());
            Served served = site.logged();
            assertSame(failure, served.failure());
            assertEquals(500, served.status());
            assertTrue(served.toString().endsWith(" ms: no disk"), served::toString);
        }
    }

    @Test
    void failure_withinAnAnswer_leavesItVisiblyIncomplete() throws Exception {
        for (Exception failure : new Exception[] {new IOException("no disk"), new DeadlineExceededException("mine")}) {
            try (var site = new Site((_, exchange) -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("half".getBytes());
                exchange.getResponseBody().flush();
                throw failure;
            }); var client = site.client()) {
                assertThrows(IOException.class, client.send(get("/"))::receive);
                assertEquals(200, site.logged().status());
            }
        }
    }

    @Test
    void deadline_ofTheHandlersOwn_isA504_andItsOwnCancelA500() throws Exception {
        try (var site = new Site((ctx, exchange) -> {
            boolean timeout = exchange.getRequestURI().getPath().equals("/timeout");
            try (var own = timeout ? ctx.withTimeout(Duration.ofMillis(1)) : ctx.withCancel()) {
                if (!timeout) {
                    own.cancel("on purpose");
                }
                own.awaitDone();
                own.check();
            }
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/timeout")).receive());
            Served served = site.logged();
            assertEquals(504, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertEquals("500", client.send(get("/cancel")).receive());
            assertInstanceOf(CancelledException.class, site.logged().failure());
        }
    }

    @Test
    void handler_thatReturnsWithoutAnswerAfterTheEnd_isAnsweredForIt() throws Exception {
        try (var site = new Site(c -> c.withLimit(Duration.ofMillis(20)), (ctx, _) -> ctx.awaitDone());
                var client = site.client()) {
            assertEquals("504", client.send(get("/")).receive());
            assertEquals(504, site.logged().status());
            assertEquals("504", client.send(get("/")).receive());
        }
    }

    @Test
    void log_thatFails_changesNothing() throws Exception {
        try (var site = new Site(c -> c.withLog(_ -> {
            throw new IllegalStateException("disk full");
        }), (_, exchange) -> Site.answer(exchange, "ok")); var client = site.client()) {
            assertEquals("200 ok", client.send(get("/")).receive());
            assertEquals("200 ok", client.send(get("/")).receive());
        }
    }

    @Test
    void name_ofAMethodThatNobodyKnows_isNotTheClients() throws Exception {
        try (var site = new Site((ctx, exchange) -> Site.answer(exchange, ctx.name())); var client = site.client()) {
            assertEquals("200 ? /", client.send("EVIL /x HTTP/1.1\r\nHost: t\r\n\r\n").receive());
            assertEquals("EVIL /x", site.logged().request());
        }
    }

    @Test
    void open_textFromOutside_isCutAndHasNoBreaks() {
        var log = new CompletableFuture<Served>();
        var request = RequestContexts.under(Context.background()).withLog(log::complete)
                .open("name", "GET /a\r\nx" + "y".repeat(5000), null, _ -> null);
        request.finish(null);
        request.finish(new Error("second"));
        Served served = log.join();
        assertTrue(served.request().startsWith("GET /a..xyyy"), served::request);
        assertEquals(1000, served.request().length());
        assertNull(served.failure());
        assertEquals(0, served.status());
    }

    /// A handler's failure may quote what the client sent.
    @Test
    @Hazard(57)
    void line_ofAFailureThatQuotesTheClient_isNotSplit() {
        var failure = new IllegalArgumentException("no such report: \r\n200 GET /fake\u0085\u2028");
        var served = new Served("GET /", null, 500, RequestEnd.RETURNED, null, failure, Duration.ofMillis(3));
        assertEquals("500 GET /, 3 ms: no such report: ..200 GET /fake..", served.toString());
        var left = new ClientLeftException(null, ClientLeftException.Seen.WRITE_FAILED, failure);
        served = new Served("GET /\n", null, 499, RequestEnd.CLIENT_LEFT, left, null, Duration.ofMillis(3));
        assertEquals("499 GET /., 3 ms: client left: could not be written to: no such report: ..200 GET /fake..",
                served.toString());
        failure = new IllegalArgumentException("x".repeat(5_000));
        served = new Served("GET /", null, 500, RequestEnd.RETURNED, null, failure, Duration.ofMillis(3));
        assertEquals("500 GET /, 3 ms: " + "x".repeat(1_000), served.toString());
    }

    @Test
    void arguments_thatAreWrong_areRefusedWithWhatWasExpected() {
        var contexts = RequestContexts.under(Context.background());
        assertThrows(NullPointerException.class, () -> RequestContexts.under(null));
        assertThrows(NullPointerException.class, () -> contexts.handler(null));
        assertThrows(NullPointerException.class, () -> contexts.wrap(null));
        assertThrows(NullPointerException.class, () -> contexts.withLog(null));
        assertThrows(NullPointerException.class, () -> contexts.withPropagation(null));
        var e = assertThrows(IllegalArgumentException.class, () -> contexts.withLimit(Duration.ZERO));
        assertEquals("limit must be > 0, was PT0S", e.getMessage());
    }

    @Test
    void requestEnd_ofAContextWithoutRequest_isNone() {
        assertNull(RequestEnd.of(Context.background()));
        assertEquals(504, RequestEnd.statusOf(Context.background(), new DeadlineExceededException("x")));
        assertEquals(500, RequestEnd.statusOf(Context.background(), new CancelledException("x")));
        assertEquals(500, RequestEnd.statusOf(Context.background(), new IOException("x")));
    }

    @Test
    void requestEnd_ofADetachedContext_isThatOfItsRequest() {
        var request = RequestContexts.under(Context.background()).open("n", "r", null, _ -> null);
        Context detached = request.context().detach();
        assertNull(RequestEnd.of(detached));
        request.clientLeft(ClientLeftException.Seen.STREAM_RESET, new IOException("cancel_stream_error"));
        assertEquals(RequestEnd.CLIENT_LEFT, RequestEnd.of(detached));
        assertEquals("client left: reset the stream: cancel_stream_error", request.context().cause().getMessage());
        request.aborted(new IllegalStateException("late"));
        request.finish(null);
        assertEquals(RequestEnd.CLIENT_LEFT, request.end());
        assertEquals(499, RequestEnd.statusOf(detached, new IOException()));
        assertFalse(detached.isDone());
        assertNotNull(request.toString());
    }
}
