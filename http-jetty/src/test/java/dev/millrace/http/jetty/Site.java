package dev.millrace.http.jetty;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.Served;
import dev.millrace.verify.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// Jetty on this machine with HTTP/1.1 and h2c, one handler, and what was logged.
final class Site implements AutoCloseable {
    interface Body {
        boolean handle(Context ctx, Request request, Response response, Callback callback) throws Exception;
    }

    final CancellableContext root = Context.background().withName("server").withCancel();
    final BlockingQueue<Served> log = new LinkedBlockingQueue<>();
    final Server server = new Server();
    final ServerConnector connector;

    Site(Body body) throws Exception {
        this(c -> c, body);
    }

    Site(UnaryOperator<RequestContexts> with, Body body) throws Exception {
        this(null, with, body);
    }

    Site(SslContextFactory.Server tls, UnaryOperator<RequestContexts> with, Body body) throws Exception {
        var config = new HttpConfiguration();
        if (tls != null) {
            config.addCustomizer(new SecureRequestCustomizer(false)); // the test's host has no name
        }
        connector = tls == null
                ? new ServerConnector(server, new HttpConnectionFactory(config),
                        new HTTP2CServerConnectionFactory(config))
                : new ServerConnector(server, tls, new HttpConnectionFactory(config));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        var contexts = with.apply(RequestContexts.under(root).withLog(log::add));
        server.setHandler(new RequestContextHandler(contexts, new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                return body.handle(Context.current(), request, response, callback);
            }
        }));
        server.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    }

    RawClient client() throws Exception {
        return new RawClient(address());
    }

    Served logged() throws InterruptedException {
        Served served = log.poll(20, TimeUnit.SECONDS);
        if (served == null) {
            throw new AssertionError("no request ended within 20 s");
        }
        return served;
    }

    static boolean answer(Response response, String text, Callback callback) {
        response.write(true, StandardCharsets.UTF_8.encode(text), callback);
        return true;
    }

    @Override
    public void close() throws Exception {
        root.cancel("test over");
        server.stop();
    }
}
