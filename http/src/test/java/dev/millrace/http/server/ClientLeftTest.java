package dev.millrace.http.server;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.RawClient.Leaving;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ClientLeftTest {
    @ParameterizedTest
    @EnumSource
    void client_thatLeavesWhileTheHandlerComputes_endsTheContext(Leaving how) throws Exception {
        var begun = new CountDownLatch(1);
        var turns = new AtomicInteger();
        try (var site = new Site((ctx, _) -> {
            begun.countDown();
            while (!ctx.isDone()) { // computes, on a carrier
                turns.incrementAndGet();
            }
            ctx.check();
        })) {
            var client = site.client();
            var address = client.address();
            client.send(get("/report"));
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            client.leave(how);
            Served served = site.logged();
            assertEquals(499, served.status());
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
            var left = assertInstanceOf(ClientLeftException.class, served.cause());
            assertEquals(how == Leaving.RESET ? ClientLeftException.Seen.GONE : ClientLeftException.Seen.CLOSED,
                    left.seen());
            assertEquals(address, left.remote());
            String did = how == Leaving.RESET ? "reset" : "closed";
            assertEquals("client left: 127.0.0.1:" + address.getPort() + " " + did + " the connection",
                    left.getMessage());
            assertInstanceOf(CancelledException.class, served.failure());
            client.close();
        }
    }

    @Test
    void client_ofIpv6_isFoundInTheOtherTable() throws Exception {
        InetAddress six = InetAddress.ofLiteral("::1");
        Site opened;
        try {
            opened = new Site(six, c -> c, (ctx, _) -> ctx.sleep(Duration.ofMinutes(1)));
        } catch (IOException e) {
            Assumptions.abort("no IPv6 here: " + e);
            return;
        }
        try (Site site = opened) {
            var client = site.client();
            assertInstanceOf(Inet6Address.class, client.address().getAddress());
            client.send(get("/")).close();
            var left = assertInstanceOf(ClientLeftException.class, site.logged().cause());
            assertTrue(left.getMessage().startsWith("client left: [0:0:0:0:0:0:0:1]:"), left::getMessage);
        }
    }

    @Test
    void handler_thatIgnoresTheEnd_isLoggedAs499() throws Exception {
        try (var site = new Site((ctx, exchange) -> {
            ctx.awaitDone();
            Site.answer(exchange, "too late");
        })) {
            site.client().send(get("/")).close();
            Served served = site.logged();
            assertEquals(499, served.status());
            assertEquals(RequestEnd.CLIENT_LEFT, served.end());
        }
    }

    @Test
    void keepAlive_threeRequestsThatAreWatched_areAnswered() throws Exception {
        try (var site = new Site(ClientLeftTest::slowly); var client = site.client()) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("200 /" + i, client.send(get("/" + i)).receive());
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
        }
    }

    @Test
    void pipelined_twoRequestsInOneWrite_areAnswered() throws Exception {
        try (var site = new Site(ClientLeftTest::slowly); var client = site.client()) {
            client.send(get("/1") + get("/2"));
            assertEquals("200 /1", client.receive());
            assertEquals("200 /2", client.receive());
            assertEquals("200 /3", client.send(get("/3")).receive());
            for (int i = 1; i <= 3; i++) {
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
        }
    }

    /// As long as several looks at the table.
    private static void slowly(Context ctx, com.sun.net.httpserver.HttpExchange exchange) throws IOException {
        ctx.sleep(Duration.ofMillis(350));
        Site.answer(exchange, exchange.getRequestURI().getPath());
    }

    @Test
    void client_thatLeavesBetweenItsRequests_isNoNews() throws Exception {
        var released = new CountDownLatch(1);
        var after = new CompletableFuture<Boolean>();
        try (var site = new Site((ctx, exchange) -> {
            Site.answer(exchange, "whole");
            assertEquals(0, ClientWatch.SHARED.size()); // before the last bytes
            released.await();
            after.complete(ctx.awaitDone(Duration.ofMillis(300)));
        })) {
            var client = site.client();
            assertEquals("200 whole", client.send(get("/")).receive());
            client.close();
            released.countDown();
            assertFalse(after.get());
            assertEquals(RequestEnd.RETURNED, site.logged().end());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "chunked", "none", "head"})
    void watch_endsBeforeTheLastBytes(String kind) throws Exception {
        try (var site = new Site((_, exchange) -> {
            assertEquals(1, ClientWatch.SHARED.size());
            switch (kind) {
                case "fixed" -> {
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write('a');
                    assertEquals(1, ClientWatch.SHARED.size());
                    exchange.getResponseBody().write(new byte[] {'b'});
                }
                case "chunked" -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write("ab".getBytes());
                    assertEquals(1, ClientWatch.SHARED.size());
                    exchange.getResponseBody().close();
                }
                case "none" -> exchange.sendResponseHeaders(204, -1);
                default -> {
                    exchange.getResponseHeaders().set("Content-Length", "5");
                    exchange.sendResponseHeaders(200, -1);
                }
            }
            assertEquals(0, ClientWatch.SHARED.size());
            exchange.close();
        }); var client = site.client()) {
            client.send(kind.equals("head") ? "HEAD / HTTP/1.1\r\nHost: t\r\n\r\n" : get("/"));
            Served served = site.logged();
            assertNull(served.failure());
            assertEquals(RequestEnd.RETURNED, served.end());
        }
    }

    @Test
    void write_thatFails_endsTheContext() throws Exception {
        try (var site = new Site((ctx, exchange) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] much = new byte[1 << 16];
            while (!ctx.isDone()) {
                exchange.getResponseBody().write(much);
            }
            ctx.check();
        })) {
            var client = site.client();
            client.send(get("/")).socket.getInputStream().readNBytes(1000);
            client.reset();
            Served served = site.logged();
            assertEquals(RequestEnd.CLIENT_LEFT, served.end()); // by the write or by the table, who sees it first
            assertEquals(200, served.status()); // as in nginx: the answer had begun
        }
    }

    @Test
    void child_ofTheRequest_endsWithIt() throws Exception {
        var end = new CompletableFuture<ContextException>();
        try (var site = new Site((ctx, _) -> {
            try (var child = ctx.withName("query").withTimeout(Duration.ofMinutes(1))) {
                child.awaitDone();
                end.complete(child.err());
            }
        })) {
            site.client().send(get("/")).close();
            String message = end.get().getMessage();
            assertTrue(message.startsWith("context canceled: client left: 127.0.0.1:"), message);
            assertTrue(message.contains("cancelled \"GET /\""), message);
        }
    }
}
