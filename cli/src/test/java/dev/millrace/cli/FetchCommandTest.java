package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchCommandTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private String base;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stopServer() {
        release.countDown();
        server.stop(0);
        threads.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        switch (exchange.getRequestURI().getPath()) {
            case "/ok" -> answer(exchange, 200, 12_345);
            case "/small" -> answer(exchange, 200, 7);
            case "/missing" -> answer(exchange, 404, 3);
            case "/moved" -> {
                exchange.getResponseHeaders().add("Location", "/ok");
                answer(exchange, 302, 0);
            }
            case "/stall" -> {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                stalled.countDown();
                awaitQuietly(release);
                exchange.close();
            }
            case "/missing-when-stalled" -> {
                awaitQuietly(stalled);
                answer(exchange, 404, 3);
            }
            case "/cut" -> {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                exchange.close();
            }
            default -> answer(exchange, 500, 0);
        }
    }

    private static void answer(HttpExchange exchange, int status, int length) throws IOException {
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        if (length > 0) {
            exchange.getResponseBody().write(new byte[length]);
        }
        exchange.close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void answers_are_printed_in_the_order_given() {
        Ran ran = Ran.here("fetch", base + "/ok", base + "/small", base + "/moved");
        assertEquals(0, ran.code(), ran.out());
        assertEquals("", ran.err());
        assertEquals(
                """
                200    12345 B  N ms  BASE/ok
                200        7 B  N ms  BASE/small
                302        0 B  N ms  BASE/moved
                """,
                plain(ran.out()));
    }

    @Test
    void bad_host_hides_no_other() {
        Ran ran = Ran.here("fetch", "http://nowhere.invalid/x", base + "/small");
        assertEquals(1, ran.code());
        assertEquals(
                """
                error    -  N ms  http://nowhere.invalid/x: no such host: nowhere.invalid
                200    7 B  N ms  BASE/small
                """,
                plain(ran.out()));
    }

    @Test
    void refused_connection_names_host_and_port() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Ran ran = Ran.here("fetch", "http://127.0.0.1:" + port + "/");
        assertEquals(1, ran.code());
        assertTrue(ran.out().endsWith(": cannot connect to 127.0.0.1:" + port + "\n"), ran.out());
    }

    @Test
    void status_of_400_or_more_fails() {
        Ran ran = Ran.here("fetch", base + "/missing");
        assertEquals(1, ran.code());
        assertEquals("404    3 B  N ms  BASE/missing\n", plain(ran.out()));
    }

    @Test
    void body_that_is_cut_off_is_a_failure() {
        Ran ran = Ran.here("fetch", base + "/cut");
        assertEquals(1, ran.code());
        assertTrue(plain(ran.out()).startsWith("error  -  N ms  BASE/cut: "), ran.out());
    }

    @Test
    void wrong_url_is_refused_before_anything_is_fetched() {
        assertEquals(2, Ran.here("fetch", base + "/ok", "http://a b/").code());
        assertEquals(0, requests.get());
    }

    @Test
    void timeout_covers_a_body_that_stalls() {
        Ran ran = Ran.here("fetch", "--timeout", "700ms", base + "/small", base + "/stall");
        assertEquals(124, ran.code());
        assertEquals(
                """
                200    7 B  N ms  BASE/small
                error    -  N ms  BASE/stall: context deadline exceeded
                """,
                plain(ran.out()));
        assertTrue(ran.err().startsWith("millrace: context deadline exceeded: \"fetch\" had 700 ms"), ran.err());
    }

    @Test
    void cancel_from_outside_ends_the_fetch() throws InterruptedException {
        try (var root = Context.background().withCancel()) {
            var canceller = Thread.ofVirtual().start(() -> {
                awaitQuietly(stalled);
                root.cancel("enough");
            });
            Ran ran = Ran.under(root, "fetch", base + "/stall");
            canceller.join();
            assertEquals(1, ran.code());
            assertEquals("error  -  N ms  BASE/stall: context canceled: enough\n", plain(ran.out()));
            assertTrue(ran.err().startsWith("millrace: context canceled: enough"), ran.err());
        }
    }

    @Test
    void first_failure_with_fail_fast_cancels_the_others() {
        Ran ran = Ran.here("fetch", "--fail-fast", base + "/stall", base + "/missing-when-stalled");
        assertEquals(1, ran.code());
        assertEquals("", ran.err());
        assertEquals(
                """
                error    -  N ms  BASE/stall: context canceled: BASE/missing-when-stalled failed
                404    3 B  N ms  BASE/missing-when-stalled
                """,
                plain(ran.out()));
    }

    @Test
    void limit_of_one_fetches_one_after_the_other() {
        Ran ran = Ran.here("fetch", "--limit", "1", base + "/ok", base + "/ok", base + "/ok");
        assertEquals(0, ran.code());
        assertEquals(3, ran.outLines().size());
        assertEquals(3, requests.get());
    }

    /// Without what differs from run to run.
    private String plain(String out) {
        return out.replace(base, "BASE").replaceAll(" +\\d+ ms", "  N ms");
    }
}
