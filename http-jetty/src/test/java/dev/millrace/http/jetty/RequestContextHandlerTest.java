package dev.millrace.http.jetty;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestContextHandlerTest {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    @Test
    void handler_thatAnswers_hadTheContext_whichEndsThen() throws Exception {
        var seen = new CompletableFuture<Context>();
        try (var site = new Site((ctx, request, response, callback) -> {
            assertEquals(ctx, RequestContextHandler.context(request));
            assertFalse(ctx.isDone());
            seen.complete(ctx);
            return Site.answer(response, "hello", callback);
        }); var client = site.client()) {
            assertEquals("200 hello", client.send(get("/a/b?c=d")).receive());
            Served served = site.logged();
            assertEquals("GET /a/b", served.request());
            assertEquals(200, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertEquals(client.address(), served.remote());
            assertEquals(RequestEnd.RETURNED, RequestEnd.of(seen.get()));
            assertEquals("GET /", seen.get().name());
        }
    }

    @Test
    void handler_thatAnswersLater_hasItsContextUntilThen() throws Exception {
        var returned = new CountDownLatch(1);
        var alive = new CompletableFuture<Boolean>();
        try (var site = new Site((_, request, response, callback) -> {
            Thread.ofVirtual().start(() -> {
                try {
                    returned.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                alive.complete(!RequestContextHandler.context(request).awaitDone(Duration.ofMillis(50)));
                Site.answer(response, "later", callback);
            });
            return true;
        }); var client = site.client()) {
            client.send(get("/"));
            returned.countDown();
            assertEquals("200 later", client.receive());
            assertTrue(alive.get());
            assertEquals(RequestEnd.RETURNED, site.logged().end());
        }
    }

    @Test
    void deadline_fromTheHeader_isAnsweredBy504_andTheConnectionGoesOn() throws Exception {
        try (var site = new Site(c -> c.withPropagation(POLICY), (ctx, _, response, callback) -> {
            if (ctx.deadline().isPresent()) {
                ctx.sleep(Duration.ofMinutes(1));
            }
            return Site.answer(response, "ok", callback);
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/", "grpc-timeout: 30m")).receive());
            Served served = site.logged();
            assertEquals(504, served.status());
            assertEquals(RequestEnd.DEADLINE, served.end());
            assertEquals("200 ok", client.send(get("/")).receive());
        }
    }

    @Test
    void failure_byTheCallback_isAnsweredInTheSameWay() throws Exception {
        try (var site = new Site(c -> c.withPropagation(POLICY), (ctx, request, _, callback) -> {
            ctx.awaitDone();
            callback.failed(request.getHttpURI().getPath().equals("/own") ? new IOException("mine")
                    : assertThrows(RuntimeException.class, ctx::check));
            return true;
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/", "grpc-timeout: 10m")).receive());
            assertEquals(504, site.logged().status());
            assertTrue(client.send(get("/own", "grpc-timeout: 10m")).receive().startsWith("500"));
            assertEquals("mine", site.logged().failure().getMessage());
        }
    }

    @Test
    void request_whoseTimeIsOver_isAnsweredWithoutItsHandler() throws Exception {
        var called = new AtomicInteger();
        try (var site = new Site(c -> c.withPropagation(POLICY), (_, _, response, callback) -> {
            called.incrementAndGet();
            return Site.answer(response, "ok", callback);
        }); var client = site.client()) {
            assertEquals("504", client.send(get("/", "grpc-timeout: 0m")).receive());
            assertEquals(0, called.get());
            assertEquals("200 ok", client.send(get("/")).receive());
        }
    }

    @Test
    void shutdown_isA503() throws Exception {
        var begun = new CountDownLatch(1);
        var cause = new IllegalStateException("server stops");
        try (var site = new Site((ctx, _, _, _) -> {
            begun.countDown();
            ctx.sleep(Duration.ofMinutes(1));
            return true;
        }); var client = site.client()) {
            client.send(get("/"));
            begun.await();
            site.root.cancel(cause);
            assertEquals("503", client.receive());
            assertSame(cause, site.logged().cause());
            assertEquals("503", client.send(get("/")).receive());
        }
    }

    @Test
    void failure_ofTheHandler_isJettys() throws Exception {
        try (var site = new Site((_, request, response, callback) -> {
            if (request.getHttpURI().getPath().equals("/ok")) {
                return Site.answer(response, "ok", callback);
            }
            throw new IOException("no disk");
        }); var client = site.client()) {
            assertTrue(client.send(get("/")).receive().startsWith("500"));
            Served served = site.logged();
            assertEquals(500, served.status());
            assertEquals("no disk", served.failure().getMessage());
            try (var again = site.client()) {
                assertEquals("200 ok", again.send(get("/ok")).receive());
            }
        }
    }

    @Test
    void request_thatNobodyHandles_isA404_andOver() throws Exception {
        try (var site = new Site((_, _, _, _) -> false); var client = site.client()) {
            assertTrue(client.send(get("/")).receive().startsWith("404"));
            Served served = site.logged();
            assertEquals(404, served.status());
            assertEquals(RequestEnd.RETURNED, served.end());
            assertTrue(client.send(get("/")).receive().startsWith("404"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handler_twiceAround_isOneContext(boolean withNext) throws Exception {
        try (var site = new Site((ctx, request, response, callback) -> {
            var inner = new RequestContextHandler(RequestContexts.under(Context.background()));
            if (!withNext) {
                assertFalse(inner.handle(request, response, callback));
                return Site.answer(response, "none", callback);
            }
            inner.setHandler(new Handler.Abstract() {
                @Override
                public boolean handle(Request r, Response s, Callback c) {
                    assertEquals(ctx, Context.current());
                    return Site.answer(s, "inner", c);
                }
            });
            return inner.handle(request, response, callback);
        }); var client = site.client()) {
            assertEquals(withNext ? "200 inner" : "200 none", client.send(get("/")).receive());
            site.logged();
            assertNull(site.log.poll());
        }
    }

    @Test
    void context_ofARequestThatHasNone_isRefused() throws Exception {
        var e = new CompletableFuture<IllegalStateException>();
        try (var site = new Site((_, request, response, callback) -> {
            request.clearAttributes();
            e.complete(assertThrows(IllegalStateException.class, () -> RequestContextHandler.context(request)));
            return Site.answer(response, "", callback);
        }); var client = site.client()) {
            client.send(get("/")).receive();
            assertEquals("request has no context: expected a RequestContextHandler around its handler, but found none",
                    e.get().getMessage());
        }
        assertThrows(NullPointerException.class, () -> new RequestContextHandler(null));
        assertInstanceOf(Handler.class, new RequestContextHandler(RequestContexts.under(Context.background())));
    }
}
