package dev.millrace.http.server;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Go;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.Holdings;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.RawClient.Leaving;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ServerStressTest {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    @Test
    void requests_aThousandOfEveryKind_leaveNothing() throws Exception {
        requests(1); // what is loaded and opened once
        var start = Holdings.now().counting("goroutines", Go::numGoroutine);
        requests(10);
        start.awaitBack(Duration.ofSeconds(30)); // also the thread that watches, which goes when there is nobody any more
    }

    private static void requests(int rounds) throws Exception {
        try (var site = new Site(c -> c.withPropagation(POLICY), (ctx, exchange) -> {
            switch (exchange.getRequestURI().getPath()) {
                case "/wait" -> ctx.sleep(Duration.ofMinutes(1));
                case "/fail" -> throw new IllegalStateException("on purpose");
                default -> Site.answer(exchange, "ok");
            }
        })) {
            for (int round = 0; round < rounds; round++) {
                var clients = new RawClient[100];
                for (int i = 0; i < clients.length; i++) {
                    clients[i] = site.client();
                    clients[i].send(switch (i % 4) {
                        case 0 -> get("/");
                        case 1 -> get("/wait", "grpc-timeout: 20m");
                        case 2 -> get("/fail");
                        default -> get("/wait");
                    });
                }
                for (int i = 0; i < clients.length; i++) {
                    if (i % 4 == 3) {
                        clients[i].leave(i % 8 == 3 ? Leaving.CLOSE : Leaving.RESET);
                    } else {
                        assertEquals(i % 4 == 0 ? "200 ok" : i % 4 == 1 ? "504" : "500", clients[i].receive());
                        clients[i].close();
                    }
                }
                for (int i = 0; i < clients.length; i++) {
                    assertNotEquals(RequestEnd.SHUTDOWN, site.logged().end());
                }
            }
            assertEquals(0, ClientWatch.SHARED.size());
        }
    }

    @Test
    void handlers_thatReturnAsTheirClientLeaves_areEachLoggedOnce() throws Exception {
        int left = 0;
        int runs = 200;
        try (var site = new Site((ctx, exchange) -> {
            ctx.awaitDone(Duration.ofNanos(ThreadLocalRandom.current().nextLong(90_000_000, 140_000_000)));
            Site.answer(exchange, "ok"); // also when it has left
        })) {
            for (int from = 0; from < runs; from += 50) {
                for (int i = 0; i < 50; i++) {
                    var client = site.client();
                    client.send(get("/"));
                    Thread.ofVirtual().start(() -> {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(0, 140_000_000)); // to race
                        try {
                            client.leave(ThreadLocalRandom.current().nextBoolean() ? Leaving.CLOSE : Leaving.RESET);
                        } catch (java.io.IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                }
                for (int i = 0; i < 50; i++) {
                    Served served = site.logged();
                    boolean gone = served.end() == RequestEnd.CLIENT_LEFT;
                    left += gone ? 1 : 0;
                    assertTrue(gone || served.end() == RequestEnd.RETURNED, served::toString);
                    assertEquals(gone, served.cause() instanceof ClientLeftException, served::toString);
                    assertTrue(served.status() == 200 || (gone && served.status() == 499), served::toString);
                }
            }
            assertNull(site.log.poll());
            assertEquals(0, ClientWatch.SHARED.size());
        }
        assertTrue(left > 0 && left < runs, left + " of " + runs + " were seen to leave");
    }
}
