package dev.millrace.http.servlet;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.Served;
import dev.millrace.verify.RawClient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// Jetty's servlet container on this machine with one servlet at `/app/*`, the filter before it, and what was logged.
final class Site implements AutoCloseable {
    interface Body {
        void handle(Context ctx, HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    final CancellableContext root = Context.background().withName("server").withCancel();
    final BlockingQueue<Served> log = new LinkedBlockingQueue<>();
    final Server server = new Server();
    final ServerConnector connector;

    Site(Body body) throws Exception {
        this(c -> c, body);
    }

    Site(UnaryOperator<RequestContexts> with, Body body) throws Exception {
        var config = new HttpConfiguration();
        config.addCustomizer(new ForwardedRequestCustomizer());
        connector = new ServerConnector(server, new HttpConnectionFactory(config),
                new HTTP2CServerConnectionFactory(config));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setAcceptQueueSize(1024); // who finds it full tries again after a second
        server.addConnector(connector);
        var handler = new ServletContextHandler("/app");
        var filter = new FilterHolder(
                new RequestContextFilter(with.apply(RequestContexts.under(root).withLog(log::add))));
        filter.setAsyncSupported(true);
        handler.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
        var servlet = new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    body.handle(Context.current(), request, response);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        });
        servlet.setAsyncSupported(true);
        handler.addServlet(servlet, "/*");
        server.setHandler(handler);
        server.start();
    }

    RawClient client() throws Exception {
        return new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
    }

    Served logged() throws InterruptedException {
        Served served = log.poll(20, TimeUnit.SECONDS);
        if (served == null) {
            throw new AssertionError("no request ended within 20 s");
        }
        return served;
    }

    @Override
    public void close() throws Exception {
        root.cancel("test over");
        server.stop();
    }
}
