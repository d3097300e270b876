package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.Examined;
import dev.millrace.verify.Examined.Asked;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.RaceExams;
import dev.millrace.verify.WireExams;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;

/// The JDK's server sits the exams of all servers.
class ServerExamTest {
    private static final Propagation POLICY = Propagation.none()
            .withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED).withTrace().withBaggage("tenant");

    private static Examined.Opened open(Examined.Handler handler, Consumer<Examined.Logged> log) throws Exception {
        return open(log, (ctx, exchange) -> {
            String text = handler.handle(asked(exchange.getRequestURI().getRawPath(), ctx));
            if (text == null) {
                ctx.check();
            }
            Site.answer(exchange, text);
        });
    }

    private static Examined.Opened open(Consumer<Examined.Logged> log, RequestContexts.Handler handler)
            throws Exception {
        var site = new Site(c -> c.withPropagation(POLICY).withLimit(Duration.ofMinutes(1))
                .withLog(s -> log.accept(new Examined.Logged(s.request(), s.end().name(), s.toString()))), handler);
        return new Examined.Opened() {
            @Override
            public InetSocketAddress address() {
                return site.server.getAddress();
            }

            @Override
            public void close() {
                site.close();
            }
        };
    }

    private static Asked asked(String path, Context ctx) {
        return new Asked(path, nanos -> ctx.awaitDone(Duration.ofNanos(nanos)), () -> RequestEnd.of(ctx),
                ctx::remainingNanos, () -> {
                    String parent = ctx.value(Propagation.TRACEPARENT);
                    Map<String, String> members = ctx.value(Propagation.BAGGAGE);
                    return parent != null ? parent : members != null ? members.toString() : "-";
                });
    }

    @Test
    void deadlines_thatRaceWithTheAnswer_neverHitTheNextRequest() throws Exception {
        RaceExams.deadlines(ServerExamTest::open);
    }

    @Test
    void clients_thatLeaveAsTheyAreAnswered_neverHitTheNextRequest() throws Exception {
        RaceExams.leaving(ServerExamTest::open);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void clients_thatLeaveWhileTheyAreWatched_neverHitTheNextRequest() throws Exception {
        RaceExams.leavingWatched(ServerExamTest::open);
    }

    @Test
    void pipelinedRequests_oneEndedByItsDeadline_leaveTheOthersAlone() throws Exception {
        WireExams.pipelined(ServerExamTest::open);
    }

    @Test
    @Hazard({57, 58})
    void headers_thatAreHostile_areAnsweredAndTheNextRequestIsServed() throws Exception {
        WireExams.hostile(ServerExamTest::open);
    }

    /// The exams find a server whose ends come late, and hit whatever its port's connection is doing then.
    @Test
    void exams_ofAServerThatTakesAPortForARequest_areFailed() {
        assertHit(() -> RaceExams.deadlines(ServerExamTest::openMixedUp));
        assertHit(() -> WireExams.pipelined(ServerExamTest::openMixedUp));
        assertHit(() -> RaceExams.leaving(ServerExamTest::openMixedUp));
    }

    private static void assertHit(Executable exam) {
        var e = assertThrows(Throwable.class, exam);
        String all = e + ", " + e.getCause();
        assertTrue(all.contains("hit: null"), all);
    }

    private static Examined.Opened openMixedUp(Examined.Handler handler, Consumer<Examined.Logged> log)
            throws Exception {
        Map<Integer, CancellableContext> now = new ConcurrentHashMap<>();
        return open(log, (ctx, exchange) -> {
            String path = exchange.getRequestURI().getRawPath();
            int port = exchange.getRemoteAddress().getPort();
            var own = ctx.withCancel();
            now.put(port, own);
            String text = handler.handle(asked(path, own));
            ctx.check();
            if (!path.endsWith("/next")) {
                Go.go(ctx.detach(), c -> {
                    c.sleep(Duration.ofMillis(1));
                    now.get(port).cancel();
                });
            }
            Site.answer(exchange, text);
        });
    }
}
