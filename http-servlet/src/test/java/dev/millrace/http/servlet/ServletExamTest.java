package dev.millrace.http.servlet;

import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.verify.Examined;
import dev.millrace.verify.Examined.Asked;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.RaceExams;
import dev.millrace.verify.WireExams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Jetty's servlet container sits the exams of all servers.
class ServletExamTest {
    private static final Propagation POLICY = Propagation.none()
            .withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED).withTrace().withBaggage("tenant");

    private static Examined.Opened open(Examined.Handler handler, Consumer<Examined.Logged> log) throws Exception {
        var site = new Site(c -> c.withPropagation(POLICY).withLimit(Duration.ofMinutes(1))
                .withLog(s -> log.accept(new Examined.Logged(s.request(), s.end().name(), s.toString()))),
                (ctx, request, response) -> {
                    String text = handler.handle(asked(request.getRequestURI().substring("/app".length()), ctx));
                    if (text == null) {
                        ctx.check();
                    }
                    response.getWriter().print(text);
                    response.flushBuffer();
                });
        return new Examined.Opened() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), site.connector.getLocalPort());
            }

            @Override
            public String prefix() {
                return "/app";
            }

            @Override
            public void close() throws IOException {
                try {
                    site.close();
                } catch (Exception e) {
                    throw new IOException(e);
                }
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
        RaceExams.deadlines(ServletExamTest::open);
    }

    @Test
    void clients_thatLeaveAsTheyAreAnswered_neverHitTheNextRequest() throws Exception {
        RaceExams.leaving(ServletExamTest::open);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void clients_thatLeaveWhileTheyAreWatched_neverHitTheNextRequest() throws Exception {
        RaceExams.leavingWatched(ServletExamTest::open);
    }

    @Test
    void pipelinedRequests_oneEndedByItsDeadline_leaveTheOthersAlone() throws Exception {
        WireExams.pipelined(ServletExamTest::open);
    }

    @Test
    @Hazard({57, 58})
    void headers_thatAreHostile_areAnsweredAndTheNextRequestIsServed() throws Exception {
        WireExams.hostile(ServletExamTest::open);
    }
}
