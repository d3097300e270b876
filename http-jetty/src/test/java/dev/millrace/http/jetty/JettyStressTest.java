package dev.millrace.http.jetty;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Go;
import dev.millrace.http.server.ClientLeftException;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import dev.millrace.verify.Holdings;
import dev.millrace.verify.RawClient.Leaving;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class JettyStressTest {
    @Test
    void handlers_thatReturnAsTheirClientLeaves_areEachLoggedOnce() throws Exception {
        int left = 0;
        int runs = 200;
        try (var site = new Site((ctx, _, response, callback) -> {
            ctx.awaitDone(Duration.ofNanos(ThreadLocalRandom.current().nextLong(0, 2_000_000)));
            return Site.answer(response, "ok", callback); // also when it has left
        })) {
            for (int i = 0; i < runs; i++) {
                var client = site.client();
                client.send(get("/"));
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(0, 2_000_000)); // to race
                client.leave(ThreadLocalRandom.current().nextBoolean() ? Leaving.CLOSE : Leaving.RESET);
                Served served = site.logged();
                boolean gone = served.end() == RequestEnd.CLIENT_LEFT;
                left += gone ? 1 : 0;
                assertTrue(gone || served.end() == RequestEnd.RETURNED, served::toString);
                assertEquals(gone, served.cause() instanceof ClientLeftException, served::toString);
            }
            assertNull(site.log.poll());
        }
        assertTrue(left > 0 && left < runs, left + " of " + runs + " were seen to leave");
    }

    /// Each answer is that to its request, whenever the next one comes: no byte is lost, none is given to another.
    @Test
    void pipelinedRequests_thatComeAtAnyMoment_areAnsweredInOrder() throws Exception {
        try (var site = new Site((ctx, request, response, callback) -> {
            ctx.awaitDone(Duration.ofNanos(ThreadLocalRandom.current().nextLong(0, 600_000)));
            return Site.answer(response, request.getMethod() + " " + request.getHttpURI().getPath(), callback);
        }); var client = site.client()) {
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        String text = get("/" + i);
                        int cut = ThreadLocalRandom.current().nextInt(text.length());
                        client.send(text.substring(0, cut));
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(0, 600_000));
                        client.send(text.substring(cut));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < 1000; i++) {
                assertEquals("200 GET /" + i, client.receive());
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
            sender.join();
        }
    }

    @Test
    void requests_aThousandOfEveryKind_leaveNothing() throws Exception {
        requests(30); // what is loaded and opened once
        var start = Holdings.now().counting("goroutines", Go::numGoroutine);
        requests(1000);
        start.awaitBack(Duration.ofSeconds(30)); // with Jetty's threads, which go with it
    }

    private static void requests(int count) throws Exception {
        try (var site = new Site((ctx, request, response, callback) -> {
            switch (request.getHttpURI().getPath()) {
                case "/wait" -> ctx.sleep(Duration.ofMinutes(1));
                case "/fail" -> throw new IllegalStateException("on purpose");
                default -> {}
            }
            return Site.answer(response, "ok", callback);
        })) {
            for (int i = 0; i < count; i++) {
                try (var client = site.client()) {
                    switch (i % 3) {
                        case 0 -> assertEquals("200 ok", client.send(get("/")).receive());
                        case 1 -> assertTrue(client.send(get("/fail")).receive().startsWith("500"));
                        default -> client.send(get("/wait")).leave(i % 2 == 0 ? Leaving.CLOSE : Leaving.RESET);
                    }
                }
                assertEquals(i % 3 == 2 ? RequestEnd.CLIENT_LEFT : RequestEnd.RETURNED, site.logged().end());
            }
        }
    }
}
