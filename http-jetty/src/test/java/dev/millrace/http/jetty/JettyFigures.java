package dev.millrace.http.jetty;

import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.verify.LeaveFigures;
import dev.millrace.verify.TripFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/// Prints how soon a request's context ends on Jetty, HTTP/1.1. The machine should be idle.
final class JettyFigures {
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);

    private JettyFigures() {}

    public static void main(String[] args) throws Exception {
        LeaveFigures.print("Jetty", "", times -> {
            var site = new Site(c -> c.withPropagation(POLICY), (ctx, request, _, _) -> {
                String path = request.getHttpURI().getPath();
                times.begin(path, ctx.remainingNanos());
                ctx.awaitDone();
                times.end(path);
                ctx.check();
                return true;
            });
            return new LeaveFigures.Opened() {
                @Override
                public InetSocketAddress address() {
                    return site.address();
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
        var config = new HttpConfiguration();
        var connector = new ServerConnector(server, new HttpConnectionFactory(config));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        try (var root = Context.background().withCancel(); var timer = new ScheduledThreadPoolExecutor(1)) {
            timer.setRemoveOnCancelPolicy(true);
            var contexts = RequestContexts.under(root).withPropagation(POLICY).withLog(_ -> {});
            server.setHandler(new Handler.Sequence(
                    at("/plain", answering()), at("/hand", new HandlerByHand(timer, true, answering())),
                    at("/under", new RequestContextHandler(contexts, answering()))));
            server.start();
            TripFigures.print("Jetty", new InetSocketAddress(connector.getHost(), connector.getLocalPort()), "/plain",
                    "/hand", "/under");
        }
        server.stop();
    }

    private static Handler answering() {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                return Site.answer(response, "ok", callback);
            }
        };
    }

    private static Handler at(String path, Handler handler) {
        return new Handler.Wrapper(handler) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                return request.getHttpURI().getPath().equals(path) && super.handle(request, response, callback);
            }
        };
    }
}
