package dev.millrace.http.jetty;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.http.server.ClientLeftException;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.RawClient.Leaving;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientLeftTest {
    @ParameterizedTest
    @EnumSource
    void client_thatLeavesWhileTheHandlerComputes_endsTheContext(Leaving how) throws Exception {
        var begun = new CountDownLatch(1);
        var turns = new AtomicInteger();
        try (var site = new Site((ctx, _, _, _) -> {
            begun.countDown();
            while (!ctx.isDone()) {
                turns.incrementAndGet();
            }
            ctx.check();
            return true;
        })) {
            var client = site.client();
            var address = client.address();
            client.send(get("/report"));
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            client.leave(how);
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            assertEquals(499, served.status());
            var left = assertInstanceOf(ClientLeftException.class, served.cause());
            assertEquals(ClientLeftException.Seen.CLOSED, left.seen());
            assertEquals(address, left.remote());
            client.close();
        }
    }

    /// Watched by the table of connections: Jetty's buffer may be in use.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @EnabledOnOs(OS.LINUX)
    void client_ofARequestWithABody_isSeenToo(boolean read) throws Exception {
        try (var site = new Site((ctx, request, _, _) -> {
            if (read) {
                assertEquals("hello", Content.Source.asString(request));
            }
            ctx.sleep(Duration.ofMinutes(1));
            return true;
        })) {
            var client = site.client();
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello").close();
            assertEquals(RequestEnd.CLIENT_LEFT, site.logged().end());
        }
    }

    @Test
    void keepAlive_manyRequestsThatAreWatched_areAnswered() throws Exception {
        try (var site = new Site(ClientLeftTest::slowly); var client = site.client()) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("200 /" + i, client.send(get("/" + i)).receive());
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
        }
    }

    @Test
    void keepAlive_bodiesBetween_areAnswered() throws Exception {
        try (var site = new Site((ctx, request, response, callback) -> {
            String body = Content.Source.asString(request);
            ctx.sleep(Duration.ofMillis(5));
            return Site.answer(response, request.getMethod() + body, callback);
        }); var client = site.client()) {
            for (int i = 0; i < 5; i++) {
                assertEquals("200 GET", client.send(get("/")).receive());
                assertEquals("200 POSThello", client.send(
                        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello").receive());
            }
        }
    }

    @Test
    void pipelined_inOneWrite_areAnswered() throws Exception {
        try (var site = new Site(ClientLeftTest::slowly); var client = site.client()) {
            client.send(get("/1") + get("/2"));
            assertEquals("200 /1", client.receive());
            assertEquals("200 /2", client.receive());
            assertEquals("200 /3", client.send(get("/3")).receive());
        }
    }

    /// A byte of the second request is read while the first is being handled, and given back.
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void pipelined_whileTheFirstIsHandled_areAnswered(int bytes) throws Exception {
        var begun = new CountDownLatch(1);
        var sent = new CountDownLatch(1);
        try (var site = new Site((ctx, request, response, callback) -> {
            begun.countDown();
            sent.await();
            var life = (Life) request.getAttribute(RequestContextHandler.ATTRIBUTE);
            while (request.getHttpURI().getPath().equals("/1") && !life.holdsAByte()) {
                ctx.sleep(Duration.ofMillis(1)); // a test that hangs is the watchdog's
            }
            return Site.answer(response, request.getMethod() + " " + request.getHttpURI().getPath(), callback);
        }); var client = site.client()) {
            client.send(get("/1"));
            begun.await();
            String second = get("/2") + get("/3");
            int first = Math.min(bytes, second.length());
            client.send(second.substring(0, first));
            sent.countDown();
            assertEquals("200 GET /1", client.receive());
            client.send(second.substring(first));
            assertEquals("200 GET /2", client.receive());
            assertEquals("200 GET /3", client.receive());
            for (int i = 0; i < 3; i++) {
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
        }
    }

    /// Jetty's buffer is full of them, so a byte that is read besides could not be given back.
    @Test
    void pipelined_moreThanTheBufferHolds_areAnswered() throws Exception {
        try (var site = new Site((ctx, request, response, callback) -> {
            String path = request.getHttpURI().getPath();
            ctx.awaitDone(Duration.ofMillis(path.equals("/0") ? 200 : 1));
            return Site.answer(response, request.getMethod() + " " + path, callback);
        }); var client = site.client()) {
            var all = new StringBuilder();
            for (int i = 0; i < 600; i++) {
                all.append(get("/" + i));
            }
            client.send(all.toString());
            for (int i = 0; i < 600; i++) {
                assertEquals("200 GET /" + i, client.receive());
            }
        }
    }

    @Test
    void body_thatComesLater_isTheHandlersAlone() throws Exception {
        var begun = new CountDownLatch(1);
        var sent = new CountDownLatch(1);
        try (var site = new Site((ctx, request, response, callback) -> {
            begun.countDown();
            sent.await();
            ctx.sleep(Duration.ofMillis(100)); // orders nothing: so long a background read has the chance to take it
            return Site.answer(response, Content.Source.asString(request), callback);
        }); var client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");
            begun.await();
            client.send("hello");
            sent.countDown();
            assertEquals("200 hello", client.receive());
        }
    }

    /// As long as several looks at the table: what they must not disturb. Orders nothing.
    private static boolean slowly(Context ctx, Request request, Response response, Callback callback) {
        ctx.sleep(Duration.ofMillis(250));
        return Site.answer(response, request.getHttpURI().getPath(), callback);
    }

    @Test
    void client_thatLeavesWhenItHasTheAnswer_isNoNews() throws Exception {
        var gone = new CountDownLatch(1);
        var done = new CompletableFuture<Boolean>();
        try (var site = new Site((ctx, _, response, callback) -> {
            try (var blocker = Blocker.callback()) {
                response.write(true, StandardCharsets.UTF_8.encode("whole"), blocker);
                blocker.block();
            }
            gone.await();
            done.complete(ctx.awaitDone(Duration.ofMillis(250)));
            callback.succeeded();
            return true;
        })) {
            var client = site.client();
            assertEquals("200 whole", client.send(get("/")).receive());
            client.close();
            gone.countDown();
            assertFalse(done.get());
            assertEquals(RequestEnd.RETURNED, site.logged().end());
        }
    }

    @Test
    void write_thatFails_endsTheContext() throws Exception {
        try (var site = new Site((ctx, request, response, _) -> {
            Content.Source.asString(request);
            while (!ctx.isDone()) {
                try (var blocker = Blocker.callback()) {
                    response.write(false, ByteBuffer.allocate(1 << 16), blocker);
                    blocker.block();
                }
            }
            ctx.check();
            return true;
        })) {
            var client = site.client();
            client.send(get("/")).socket.getInputStream().readNBytes(1000);
            client.reset();
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            assertEquals(200, served.status());
        }
    }

    private static HttpClient http2() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    }

    private static HttpRequest to(Site site, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.connector.getLocalPort() + path)).build();
    }

    @Test
    void http2_streamThatIsReset_endsTheContext_andTheConnectionGoesOn() throws Exception {
        var begun = new CountDownLatch(1);
        try (var site = new Site((ctx, request, response, callback) -> {
            if (request.getHttpURI().getPath().equals("/slow")) {
                begun.countDown();
                ctx.sleep(Duration.ofMinutes(1));
            }
            return Site.answer(response, request.getConnectionMetaData().getHttpVersion().toString(), callback);
        }); var client = http2()) {
            assertEquals("HTTP/2.0", client.send(to(site, "/"), BodyHandlers.ofString()).body());
            int port = ((java.net.InetSocketAddress) site.logged().remote()).getPort();
            var slow = client.sendAsync(to(site, "/slow"), BodyHandlers.ofString());
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            slow.cancel(true);
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            var left = assertInstanceOf(ClientLeftException.class, served.cause());
            assertEquals(ClientLeftException.Seen.STREAM_RESET, left.seen());
            assertEquals("HTTP/2.0", client.send(to(site, "/"), BodyHandlers.ofString()).body());
            assertEquals(port, ((java.net.InetSocketAddress) site.logged().remote()).getPort());
        }
    }

    @Test
    void http2_connectionThatEnds_endsTheContext() throws Exception {
        var begun = new CountDownLatch(1);
        try (var site = new Site((ctx, request, response, callback) -> {
            if (request.getHttpURI().getPath().equals("/slow")) {
                begun.countDown();
                ctx.sleep(Duration.ofMinutes(1));
            }
            return Site.answer(response, "", callback);
        })) {
            var client = http2();
            client.send(to(site, "/"), BodyHandlers.ofString());
            site.logged();
            client.sendAsync(to(site, "/slow"), BodyHandlers.ofString());
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            client.shutdownNow();
            assertEquals(RequestEnd.CLIENT_LEFT, site.logged().end());
            client.close();
        }
    }

    @Test
    void idleTimeout_thatFailsTheRequest_isADeadline() throws Exception {
        try (var site = new Site((ctx, _, _, _) -> {
            ctx.awaitDone(Duration.ofSeconds(20));
            ctx.check();
            return true;
        })) {
            site.connector.setIdleTimeout(200);
            try (RawClient client = site.client()) {
                String answer = client.send(get("/")).receive();
                Served served = site.logged();
                assertEquals(RequestEnd.DEADLINE, served.end(), served::toString);
                assertTrue(answer.startsWith("50"), answer);
            }
        }
    }
}
