package dev.millrace.http.server;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.LeaveFigures;
import dev.millrace.verify.TripFigures;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/// Prints how soon a request's context ends on the JDK's server, and what a context costs a request. The machine should be idle.
final class ServerFigures {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    private ServerFigures() {}

    public static void main(String[] args) throws Exception {
        LeaveFigures.print("JDK", "", times -> {
            var site = new Site(c -> c.withPropagation(POLICY), (ctx, exchange) -> {
                String path = exchange.getRequestURI().getPath();
                times.begin(path, ctx.remainingNanos());
                ctx.awaitDone();
                times.end(path);
                ctx.check();
            });
            return new LeaveFigures.Opened() {
                @Override
                public InetSocketAddress address() {
                    return site.server.getAddress();
                }

                @Override
                public void shutdown() {
                    site.root.cancel("stop");
                }

                @Override
                public void close() {
                    site.close();
                }
            };
        });
        System.out.println("| what a request pays, us | p50 of 20 rounds |");
        var plain = RequestContexts.under(Context.background().withCancel());
        cost("open, finish", plain, false, Map.of());
        cost("open, watch, finish", plain, true, Map.of());
        cost("the same with a deadline from its header", plain.withPropagation(POLICY), true,
                Map.of("grpc-timeout", List.of("300m")));
        System.out.println("| us | first | second | difference | within |");
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var root = Context.background().withCancel();
                var timer = new ScheduledThreadPoolExecutor(1)) {
            timer.setRemoveOnCancelPolicy(true);
            var contexts = RequestContexts.under(root).withPropagation(POLICY).withLog(_ -> {});
            server.setExecutor(threads);
            server.createContext("/plain", exchange -> Site.answer(exchange, "ok"));
            server.createContext("/hand", new HandlerByHand(timer, exchange -> Site.answer(exchange, "ok")));
            server.createContext("/under", contexts.handler((_, exchange) -> Site.answer(exchange, "ok")));
            server.start();
            TripFigures.print("JDK", server.getAddress(), "/plain", "/hand", "/under");
            server.stop(0);
        }
    }

    private static void cost(String what, RequestContexts contexts, boolean watch, Map<String, List<String>> headers) {
        var local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);
        double[] micros = new double[20];
        for (int round = -5; round < micros.length; round++) {
            int n = 100_000;
            long begun = System.nanoTime();
            for (int i = 0; i < n; i++) {
                var remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10_000 + i % 50_000);
                OpenRequest request = contexts.open("GET /", "GET /", remote, headers::get);
                if (watch) {
                    request.watch(local, remote, true);
                }
                request.finish(null);
            }
            if (round >= 0) {
                micros[round] = (System.nanoTime() - begun) / 1e3 / n;
            }
        }
        Arrays.sort(micros);
        System.out.printf("| %s | %.2f |%n", what, micros[10]);
    }
}
