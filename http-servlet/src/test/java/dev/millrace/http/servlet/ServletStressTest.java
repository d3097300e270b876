package dev.millrace.http.servlet;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.ClientLeftException;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import dev.millrace.verify.Holdings;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.RawClient.Leaving;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ServletStressTest {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);
    private static final byte[] MUCH = new byte[1 << 16];

    /// The container may have completed it itself.
    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // so it has
        }
    }

    private static void handle(Context ctx, HttpServletRequest request, HttpServletResponse response, Semaphore begun)
            throws IOException {
        switch (request.getPathInfo()) {
            case "/wait" -> {
                begun.release();
                ctx.sleep(Duration.ofMinutes(1));
            }
            case "/short" -> ctx.sleep(Duration.ofMinutes(1));
            case "/hold" -> {
                AsyncContext async = request.startAsync();
                async.setTimeout(0);
                ctx.afterFunc(() -> complete(async));
                begun.release();
            }
            case "/later" -> {
                AsyncContext async = request.startAsync();
                Thread.ofVirtual().start(async::complete);
            }
            case "/write" -> {
                begun.release();
                while (!ctx.isDone()) {
                    response.getOutputStream().write(MUCH);
                }
                ctx.check();
            }
            case "/fail" -> throw new IllegalStateException("on purpose");
            default -> response.getWriter().print("ok");
        }
    }

    /// A hundred requests, ten of each kind.
    private static void round() throws Exception {
        var begun = new Semaphore(0);
        try (var site = new Site(c -> c.withPropagation(POLICY),
                (ctx, request, response) -> handle(ctx, request, response, begun))) {
            var clients = new RawClient[100];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = site.client().send(switch (i % 10) {
                    case 0, 1 -> get("/app/");
                    case 2 -> get("/app/later");
                    case 3 -> get("/app/fail");
                    case 4 -> get("/app/short", "grpc-timeout: 50m");
                    case 5 -> get("/app/write");
                    case 6, 8 -> get("/app/wait");
                    default -> get("/app/hold");
                });
            }
            // Who resets before its request was read sends none.
            assertTrue(begun.tryAcquire(50, 30, TimeUnit.SECONDS), "not all have begun");
            for (int i = 0; i < clients.length; i++) {
                switch (i % 10) {
                    case 0, 1 -> assertEquals("200 ok", clients[i].receive());
                    case 2 -> assertEquals("200", clients[i].receive());
                    case 3 -> assertTrue(clients[i].receive().startsWith("500"));
                    case 4 -> assertEquals("504", clients[i].receive());
                    case 5 -> clients[i].leave(Leaving.RESET);
                    case 6 -> clients[i].leave(Leaving.CLOSE);
                    case 7 -> clients[i].leave(Leaving.HALF_CLOSE);
                    default -> {}
                }
            }
            var ends = new EnumMap<RequestEnd, Integer>(RequestEnd.class);
            for (int i = 0; i < 80; i++) {
                ends.merge(site.logged().end(), 1, Integer::sum);
            }
            assertEquals(Map.of(RequestEnd.RETURNED, 40, RequestEnd.DEADLINE, 10, RequestEnd.CLIENT_LEFT, 30), ends);
            site.root.cancel("server stops");
            for (int i = 0; i < 20; i++) {
                assertEquals(RequestEnd.SHUTDOWN, site.logged().end());
            }
            for (RawClient client : clients) {
                client.close();
            }
            assertNull(site.log.poll());
        }
    }

    @Test
    void requests_aThousandThatEndInAllWays_leaveNothing() throws Exception {
        round(); // what is loaded and opened once
        var start = Holdings.now().counting("goroutines", Go::numGoroutine);
        for (int i = 0; i < 10; i++) {
            round();
        }
        start.awaitBack(Duration.ofSeconds(30)); // with the container's threads, which go with it
    }

    @Test
    void servlets_thatReturnAsTheirClientLeaves_areEachLoggedOnce() throws Exception {
        int batch = 50;
        int left = 0;
        int runs = 0;
        var begun = new Semaphore(0);
        long giveUp = System.nanoTime() + Duration.ofSeconds(50).toNanos();
        try (var site = new Site((ctx, _, response) -> {
            begun.release();
            ctx.awaitDone(Duration.ofNanos(ThreadLocalRandom.current().nextLong(90_000_000, 240_000_000)));
            response.getWriter().print("ok"); // also when it has left
            response.flushBuffer();
        })) {
            while (runs < 4 * batch || left == 0 || left == runs) {
                assertTrue(System.nanoTime() < giveUp, left + " of " + runs + " were seen to leave");
                var clients = new RawClient[batch];
                for (int i = 0; i < batch; i++) {
                    clients[i] = site.client().send(get("/app/"));
                }
                assertTrue(begun.tryAcquire(batch, 30, TimeUnit.SECONDS));
                for (RawClient client : clients) {
                    Thread.ofVirtual().start(() -> {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(0, 240_000_000)); // to race
                        try {
                            client.leave(ThreadLocalRandom.current().nextBoolean() ? Leaving.CLOSE : Leaving.RESET);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                }
                for (int i = 0; i < batch; i++) {
                    Served served = site.logged();
                    boolean gone = served.end() == RequestEnd.CLIENT_LEFT;
                    left += gone ? 1 : 0;
                    assertTrue(gone || served.end() == RequestEnd.RETURNED, served::toString);
                    assertEquals(gone, served.cause() instanceof ClientLeftException, served::toString);
                    assertTrue(served.status() == 200 || (gone && served.status() == 499), served::toString);
                }
                runs += batch;
            }
            assertNull(site.log.poll());
        }
    }
}
