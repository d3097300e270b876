package dev.millrace.http;

import static dev.millrace.http.ContextClientTest.BG;
import static dev.millrace.http.ContextClientTest.failing;
import static dev.millrace.http.ContextClientTest.thrown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.CancelledException;
import dev.millrace.context.DeadlineExceededException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 without TLS, against Jetty: calls share one connection, and a cancel ends its stream only.
class Http2Test {
    private record Held(Response response, CompletableFuture<Throwable> failed, Callback callback) {
        Throwable awaitGone() throws Exception {
            return failed.get(10, SECONDS);
        }
    }

    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final Server server = new Server();
    private final HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    private final ContextClient http = ContextClient.over(plain);
    private ServerConnector connector;

    @BeforeEach
    void open() throws Exception {
        var config = new HttpConfiguration();
        var h2 = new HTTP2CServerConnectionFactory(config);
        h2.setRateControlFactory(new org.eclipse.jetty.http2.RateControl.Factory() {}); // many resets are what is tested
        connector = new ServerConnector(server, new HttpConnectionFactory(config), h2);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                String path = request.getHttpURI().getPathQuery();
                if (path.startsWith("/silent") || path.startsWith("/stall")) {
                    var failed = new CompletableFuture<Throwable>();
                    request.addFailureListener(failed::complete);
                    if (path.startsWith("/stall")) {
                        response.write(false, ByteBuffer.wrap(new byte[] {'x'}), Callback.NOOP);
                    }
                    held.add(new Held(response, failed, callback));
                } else {
                    if (path.startsWith("/late")) {
                        LockSupport.parkNanos(1_000_000); // stands for work
                    }
                    response.write(true, ByteBuffer.wrap(path.getBytes(UTF_8)), callback);
                }
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void close() throws Exception {
        plain.shutdownNow();
        server.stop();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
    }

    private Held take() throws InterruptedException {
        Held h = held.poll(10, SECONDS);
        if (h == null) {
            throw new AssertionError("no request came");
        }
        return h;
    }

    @Test
    void cancel_resetsTheStreamAndLeavesTheConnection() throws Exception {
        try (var other = BG.withCancel()) {
            var answer = http.stream(other, uri("/stall?other"));
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            InputStream kept = answer.body();
            Held keptThere = take();
            var ctx = BG.withCancel();
            var call = failing(() -> http.get(ctx, uri("/silent")));
            var whole = failing(() -> http.get(ctx, uri("/stall")));
            Held a = take();
            Held b = take();
            InputStream body = http.stream(ctx, uri("/stall")).body();
            Held c = take();
            assertEquals('x', body.read());
            ctx.cancel("enough");
            thrown(CancelledException.class, call);
            thrown(CancelledException.class, whole);
            assertThrows(CancelledException.class, body::read);
            a.awaitGone();
            b.awaitGone();
            c.awaitGone();
            assertFalse(keptThere.failed.isDone());
            assertEquals("/ok", http.get(other, uri("/ok")).body());
            keptThere.response.write(true, ByteBuffer.wrap("y".getBytes(UTF_8)), keptThere.callback);
            assertEquals("xy", new String(kept.readAllBytes(), UTF_8));
            assertEquals(1, connector.getConnectedEndPoints().size());
        }
    }

    @Test
    void lines_comeAndTheirEndResetsTheStreamOnly() throws Exception {
        try (var ctx = BG.withCancel()) {
            assertEquals("/ok", http.lines(ctx, uri("/ok")).body().receive());
            var abandoned = http.lines(ctx, uri("/stall?abandoned")).body();
            Held a = take();
            a.response.write(false, ByteBuffer.wrap("y\n".getBytes(UTF_8)), Callback.NOOP);
            assertEquals("xy", abandoned.receive());
            var ended = http.lines(ctx, uri("/stall?ended")).body();
            Held b = take();
            abandoned.abandon("enough");
            a.awaitGone();
            ctx.cancel("enough");
            var e = assertThrows(ChanClosedException.class, ended::receive);
            assertEquals(CancelledException.class, e.getCause().getClass());
            b.awaitGone();
            assertEquals("/ok", http.get(BG, uri("/ok")).body());
            assertEquals(1, connector.getConnectedEndPoints().size());
        }
    }

    @Test
    void deadline_resetsTheStream() throws Exception {
        assertEquals("/ok", http.get(BG, uri("/ok")).body());
        try (var ctx = BG.withTimeout(Duration.ofMillis(100))) {
            assertThrows(DeadlineExceededException.class, () -> http.get(ctx, uri("/silent")));
            Held there = held.poll(); // null on a machine so slow that it was not sent
            if (there != null) {
                there.awaitGone();
            }
        }
    }

    @Test
    void cancels_thatRaceWithAnswers_hitNoOtherStream() throws Exception {
        int races = Integer.getInteger("http.races", 200);
        try (var other = BG.withCancel(); InputStream kept = http.stream(other, uri("/stall?other")).body()) {
            Held keptThere = take();
            long delay = 1_000_000;
            int cancelled = 0;
            for (int i = 0; i < races; i++) {
                String path = "/late?" + i;
                var ctx = BG.withCancel();
                long after = delay;
                var done = new CountDownLatch(1);
                Thread.ofVirtual().start(() -> {
                    LockSupport.parkNanos(after); // makes the two meet, orders nothing
                    ctx.cancel();
                    done.countDown();
                });
                try {
                    String got = i % 2 == 0 ? http.get(ctx, uri(path)).body()
                            : new String(http.stream(ctx, uri(path)).body().readAllBytes(), UTF_8);
                    assertEquals(path, got);
                    delay = Math.max(100_000, delay - delay / 20);
                } catch (CancelledException e) {
                    cancelled++;
                    delay += delay / 20;
                }
                assertEquals(path + "next", http.get(BG, uri(path + "next")).body());
                done.await();
            }
            assertTrue(cancelled > 0 && cancelled < races, "one side always won: " + cancelled);
            assertFalse(keptThere.failed.isDone());
            assertEquals(1, connector.getConnectedEndPoints().size());
        }
    }
}
