package dev.millrace.http.servlet;

import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.verify.LeaveFigures;
import dev.millrace.verify.TripFigures;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// Prints how soon a request's context ends in a servlet container. The machine should be idle.
final class ServletFigures {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    private ServletFigures() {}

    public static void main(String[] args) throws Exception {
        LeaveFigures.print("servlet", "/app", times -> {
            var site = new Site(c -> c.withPropagation(POLICY), (ctx, request, _) -> {
                String path = request.getRequestURI();
                times.begin(path, ctx.remainingNanos());
                ctx.awaitDone();
                times.end(path);
                ctx.check();
            });
            return new LeaveFigures.Opened() {
                @Override
                public InetSocketAddress address() {
                    return new InetSocketAddress(InetAddress.getLoopbackAddress(), site.connector.getLocalPort());
                }

                @Override
                public void shutdown() {
                    site.root.cancel("stop");
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
        });
        System.out.println("| us | first | second | difference | within |");
        var server = new Server();
        var connector = new ServerConnector(server, new HttpConnectionFactory(new HttpConfiguration()));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        var handler = new ServletContextHandler("/app");
        handler.addServlet(new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                answer(response);
            }
        }), "/*");
        try (var root = Context.background().withCancel(); var timer = new ScheduledThreadPoolExecutor(1)) {
            timer.setRemoveOnCancelPolicy(true);
            var contexts = RequestContexts.under(root).withPropagation(POLICY).withLog(_ -> {});
            handler.addFilter(new FilterHolder(new RequestContextFilter(contexts)), "/under",
                    EnumSet.of(DispatcherType.REQUEST));
            handler.addFilter(new FilterHolder(new FilterByHand(timer)), "/hand", EnumSet.of(DispatcherType.REQUEST));
            server.setHandler(handler);
            server.start();
            TripFigures.print("servlet", new InetSocketAddress(connector.getHost(), connector.getLocalPort()),
                    "/app/plain", "/app/hand", "/app/under");
        }
        server.stop();
    }

    private static void answer(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("ok");
    }
}
