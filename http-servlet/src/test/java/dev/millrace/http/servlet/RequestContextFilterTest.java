package dev.millrace.http.servlet;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.ClientLeftException;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import dev.millrace.verify.RawClient.Leaving;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestContextFilterTest {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    @Test
    void servlet_thatAnswers_hadTheContext_whichEndsThen() throws Exception {
        var seen = new CompletableFuture<Context>();
        try (var site = new Site((ctx, request, response) -> {
            assertEquals(ctx, RequestContextFilter.context(request));
            assertFalse(ctx.isDone());
            seen.complete(ctx);
            response.getWriter().print("hello");
        }); var client = site.client()) {
            assertEquals("200 hello", client.send(get("/app/a?b=c")).receive());
            Served served = site.logged();
            assertEquals("GET /app/a", served.request());
            assertEquals(200, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertEquals(client.address(), served.remote());
            assertEquals("GET /app/*", seen.get().name());
            assertEquals(RequestEnd.RETURNED, RequestEnd.of(seen.get()));
        }
    }

    @ParameterizedTest
    @EnumSource
    @EnabledOnOs(OS.LINUX)
    void client_thatLeavesWhileTheServletComputes_endsTheContext(Leaving how) throws Exception {
        var begun = new CountDownLatch(1);
        var turns = new AtomicInteger();
        var witness = new CountDownLatch(1);
        try (var site = new Site((ctx, request, _) -> {
            if (request.getPathInfo().equals("/witness")) {
                witness.countDown();
                ctx.awaitDone();
            } else {
                begun.countDown();
                while (!ctx.isDone()) {
                    turns.incrementAndGet();
                }
            }
            ctx.check();
        })) {
            var client = site.client();
            var address = client.address();
            client.send(get("/app/"));
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            // A reset is noticed once the connection was seen. A look that has seen another one leave, which came later, has seen this one too.
            try (var other = site.client().send(get("/app/witness"))) {
                assertTrue(witness.await(20, TimeUnit.SECONDS));
                other.closeOutput();
                assertEquals("GET /app/witness", site.logged().request());
            }
            client.leave(how);
            Served served = site.logged();
            assertEquals(499, served.status());
            var left = assertInstanceOf(ClientLeftException.class, served.cause());
            assertEquals(how == Leaving.RESET ? ClientLeftException.Seen.GONE : ClientLeftException.Seen.CLOSED,
                    left.seen());
            assertEquals(address, left.remote());
            client.close();
        }
    }

    @Test
    void addresses_thatAProxyNamed_areNotTakenForAClientThatLeft() throws Exception {
        try (var site = new Site((ctx, _, response) -> {
            ctx.sleep(Duration.ofMillis(500)); // several looks at the table, which must not find it gone: orders nothing
            response.getWriter().print("ok");
        }); var client = site.client()) {
            assertEquals("200 ok",
                    client.send(get("/app/", "Forwarded: for=\"203.0.113.7:4711\"")).receive());
            Served served = site.logged();
            assertEquals(RequestEnd.RETURNED, served.end());
            assertTrue(served.toString().startsWith("200 GET /app/, 203.0.113.7:4711, "), served::toString);
        }
    }

    @Test
    void keepAliveAndPipelined_areAnswered() throws Exception {
        try (var site = new Site((ctx, request, response) -> {
            ctx.sleep(Duration.ofMillis(250)); // several looks at the table, which must not disturb: orders nothing
            response.getWriter().print(request.getPathInfo());
        }); var client = site.client()) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("200 /" + i, client.send(get("/app/" + i)).receive());
            }
            client.send(get("/app/4") + get("/app/5"));
            assertEquals("200 /4", client.receive());
            assertEquals("200 /5", client.receive());
            for (int i = 1; i <= 5; i++) {
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30})
    void deadline_fromTheHeader_isA504(int millis) throws Exception {
        try (var site = new Site(c -> c.withPropagation(POLICY), (ctx, _, response) -> {
            response.getWriter().print("thrown away");
            ctx.sleep(Duration.ofMinutes(1));
        }); var client = site.client()) {
            for (int i = 0; i < 2; i++) {
                assertEquals("504", client.send(get("/app/", "grpc-timeout: " + millis + "m")).receive());
                Served served = site.logged();
                assertEquals(504, served.status());
                assertEquals(RequestEnd.DEADLINE, served.end());
            }
        }
    }

    @Test
    void shutdown_isA503() throws Exception {
        var cause = new IllegalStateException("server stops");
        var begun = new CountDownLatch(1);
        try (var site = new Site((ctx, _, _) -> {
            begun.countDown();
            ctx.sleep(Duration.ofMinutes(1));
        }); var client = site.client()) {
            client.send(get("/app/"));
            begun.await();
            site.root.cancel(cause);
            assertEquals("503", client.receive());
            assertSame(cause, site.logged().cause());
        }
    }

    @Test
    void failure_ofTheServlet_isTheContainers() throws Exception {
        try (var site = new Site((_, _, _) -> {
            throw new IOException("no disk");
        }); var client = site.client()) {
            assertTrue(client.send(get("/app/")).receive().startsWith("500"));
            Served served = site.logged();
            assertEquals(500, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertNotNull(served.failure());
        }
    }

    private static void later(HttpServletRequest request, AsyncContext async) {
        Thread.ofVirtual().start(() -> {
            try {
                RequestContextFilter.context(request).sleep(Duration.ofMillis(50));
                async.getResponse().getWriter().print("later");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            async.complete();
        });
    }

    @Test
    void async_hasItsContextUntilItIsComplete() throws Exception {
        try (var site = new Site((_, request, _) -> later(request, request.startAsync())); var client = site.client()) {
            assertEquals("200 later", client.send(get("/app/")).receive());
            Served served = site.logged();
            assertEquals(RequestEnd.RETURNED, served.end());
            assertEquals(200, served.status());
            assertTrue(served.took().toMillis() >= 50, served::toString);
        }
    }

    @Test
    void async_thatIsDispatched_andBeginsAgain_isOneRequest() throws Exception {
        var names = new CompletableFuture<Context>();
        try (var site = new Site((ctx, request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                names.complete(ctx);
                request.startAsync().dispatch();
            } else if (request.getAttribute("second") == null) {
                request.setAttribute("second", true);
                assertEquals(names.join(), ctx);
                later(request, request.startAsync(request, response));
            }
        }); var client = site.client()) {
            assertEquals("200 later", client.send(get("/app/")).receive());
            assertEquals(RequestEnd.RETURNED, site.logged().end());
            assertNull(site.log.poll());
            assertTrue(names.join().isDone());
        }
    }

    @Test
    void async_thatFailsInADispatch_isNoLeaving() throws Exception {
        try (var site = new Site((_, request, _) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
            } else if (request.getDispatcherType() == DispatcherType.ASYNC) {
                throw new IOException("no disk");
            }
        }); var client = site.client()) {
            assertTrue(client.send(get("/app/")).receive().startsWith("500"));
            Served served = site.logged();
            assertEquals(RequestEnd.RETURNED, served.end());
            assertNotNull(served.failure());
        }
    }

    /// The container tells the listeners of the cycle that had begun, as it does when the client is gone.
    @Test
    void async_thatFailsInADispatchThatHasBegunAgain_isNoLeaving() throws Exception {
        var failure = new IOException("no disk");
        try (var site = new Site((_, request, _) -> {
            request.startAsync();
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getAsyncContext().dispatch();
            } else {
                throw failure;
            }
        }); var client = site.client()) {
            assertTrue(client.send(get("/app/")).receive().startsWith("500"));
            Served served = site.logged();
            assertEquals(RequestEnd.RETURNED, served.end());
            assertSame(failure, served.failure());
            assertEquals(500, served.status());
        }
    }

    @Test
    void async_thatTheContainerTimesOut_isADeadline() throws Exception {
        try (var site = new Site((_, request, _) -> request.startAsync().setTimeout(50)); var client = site.client()) {
            assertTrue(client.send(get("/app/")).receive().startsWith("500"));
            Served served = site.logged();
            assertEquals(RequestEnd.DEADLINE, served.end());
            assertEquals("the container's timeout of an asynchronous request", served.cause().getMessage());
        }
    }

    /// The container may have completed it itself, after an error.
    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // so it has
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void async_whoseClientLeaves_ends() throws Exception {
        try (var site = new Site((ctx, request, _) -> {
            AsyncContext async = request.startAsync();
            ctx.afterFunc(() -> complete(async));
        })) {
            var client = site.client();
            client.send(get("/app/")).closeOutput();
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            assertEquals(499, served.status());
            client.close();
        }
    }

    @Test
    void http2_streamOfAnAsyncRequestThatIsReset_ends() throws Exception {
        var begun = new CountDownLatch(1);
        try (var site = new Site((ctx, request, response) -> {
            if (request.getPathInfo().equals("/slow")) {
                AsyncContext async = request.startAsync();
                ctx.afterFunc(() -> complete(async));
                begun.countDown();
            } else {
                response.getWriter().print(request.getProtocol());
            }
        }); var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            String base = "http://127.0.0.1:" + site.connector.getLocalPort() + "/app";
            assertEquals("HTTP/2.0", client
                    .send(HttpRequest.newBuilder(URI.create(base + "/")).build(), BodyHandlers.ofString()).body());
            site.logged();
            var slow = client.sendAsync(HttpRequest.newBuilder(URI.create(base + "/slow")).build(),
                    BodyHandlers.ofString());
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            slow.cancel(true);
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "writer"})
    void write_thatFails_endsTheContext(String how) throws Exception {
        try (var site = new Site((ctx, _, response) -> {
            byte[] much = new byte[1 << 16];
            String text = "x".repeat(1 << 16);
            while (!ctx.isDone()) {
                if (how.equals("stream")) {
                    response.getOutputStream().write(much);
                } else {
                    response.getWriter().print(text);
                    response.getWriter().flush();
                }
            }
            ctx.check();
        })) {
            var client = site.client();
            // As behind a proxy, so that only the write can tell.
            client.send(get("/app/", "Forwarded: for=\"203.0.113.7:4711\"")).socket.getInputStream().readNBytes(1000);
            client.reset();
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            assertEquals(ClientLeftException.Seen.WRITE_FAILED,
                    assertInstanceOf(ClientLeftException.class, served.cause()).seen());
            assertEquals(200, served.status());
        }
    }

    @Test
    void request_thatIsNotHttp_passes() throws Exception {
        var passed = new CompletableFuture<Boolean>();
        new RequestContextFilter(RequestContexts.under(Context.background()))
                .doFilter(null, null, (_, _) -> passed.complete(true));
        assertTrue(passed.join());
        assertThrows(NullPointerException.class, () -> new RequestContextFilter(null));
    }

    @Test
    void address_thatIsNone_isNull() {
        assertNull(RequestContextFilter.address("/run/app.sock", 80));
        assertNull(RequestContextFilter.address("localhost", 80));
        assertNull(RequestContextFilter.address(null, 80));
        assertNull(RequestContextFilter.address("127.0.0.1", -1));
        assertNull(RequestContextFilter.address("127.0.0.1", 70000));
        assertEquals("/127.0.0.1:80", RequestContextFilter.address("127.0.0.1", 80).toString());
        assertEquals("/[0:0:0:0:0:0:0:1]:80", RequestContextFilter.address("::1", 80).toString());
    }

    private static HttpServletRequest at(String host, int port) {
        return (HttpServletRequest) Proxy.newProxyInstance(RequestContextFilterTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class}, (_, method, _) -> switch (method.getName()) {
                    case "getLocalAddr" -> host;
                    case "getLocalPort" -> port;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    /// The last one is kept; a server with several addresses and ports gets each as it is.
    @Test
    void localAddress_ofSeveral_isTheRequestsOwn() {
        var filter = new RequestContextFilter(RequestContexts.under(Context.background()));
        InetSocketAddress first = filter.local(at("127.0.0.1", 80));
        assertEquals("/127.0.0.1:80", String.valueOf(first));
        assertSame(first, filter.local(at("127.0.0.1", 80)));
        assertEquals("/127.0.0.1:81", String.valueOf(filter.local(at("127.0.0.1", 81))));
        assertEquals("/127.0.0.2:81", String.valueOf(filter.local(at("127.0.0.2", 81))));
        assertNull(filter.local(at("/run/app.sock", 81)));
        assertNull(filter.local(at(null, 81)));
        assertEquals("/127.0.0.2:81", String.valueOf(filter.local(at("127.0.0.2", 81))));
    }
}
