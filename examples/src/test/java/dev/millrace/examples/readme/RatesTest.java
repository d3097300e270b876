package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RatesTest {
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                switch (exchange.getRequestURI().getPath()) {
                    case "/slow" -> over.await();
                    case "/events" -> {
                        exchange.sendResponseHeaders(200, 0);
                        for (int i = 0; over.getCount() > 0; i++) { // until the client leaves
                            exchange.getResponseBody().write(("event " + i + "\n").getBytes());
                            exchange.getResponseBody().flush();
                        }
                    }
                    default -> {
                        byte[] body = (exchange.getRequestHeaders().getFirst("x-tenant") + " "
                                + exchange.getRequestHeaders().containsKey("grpc-timeout")).getBytes();
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void close() {
        over.countDown();
        server.stop(0);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Test
    @Timeout(30)
    void rate_thatDoesNotCome_isGivenUp() {
        var e = assertThrows(DeadlineExceededException.class, () -> Rates.rate(Context.background(), uri("/slow")));
        assertTrue(e.getMessage().contains("300 ms"), e.getMessage());
    }

    @Test
    @Timeout(30)
    void events_areLeftAfterFive() throws IOException {
        assertEquals(List.of("event 0", "event 1", "event 2", "event 3", "event 4"),
                Rates.firstFive(Context.background(), uri("/events")));
    }

    @Test
    @Timeout(30)
    void policy_sendsWhatItSays() throws IOException {
        try (var ctx = Context.background().withTimeout(Duration.ofSeconds(20))) {
            assertEquals("acme true", Rates.rateFor(ctx, "acme", uri("/rate")));
        }
    }
}
