package dev.millrace.http.servlet;

import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.LeaveFigures;
import dev.millrace.verify.TripFigures;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
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
        System.out.println("| us | plain | Millrace | difference | within |");
        var plain = new Server();
        var config = new HttpConfiguration();
        config.addCustomizer(new ForwardedRequestCustomizer()); // as the other has
        var connector = new ServerConnector(plain, new HttpConnectionFactory(config),
                new HTTP2CServerConnectionFactory(config));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        plain.addConnector(connector);
        var handler = new ServletContextHandler("/app");
        handler.addServlet(new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                answer(response);
            }
        }), "/*");
        plain.setHandler(handler);
        plain.start();
        try (var site = new Site(c -> c.withPropagation(POLICY), (_, _, response) -> answer(response))) {
            TripFigures.print("servlet", new InetSocketAddress(connector.getHost(), connector.getLocalPort()),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), site.connector.getLocalPort()), "/app");
        }
        plain.stop();
    }

    private static void answer(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("ok");
    }
}
