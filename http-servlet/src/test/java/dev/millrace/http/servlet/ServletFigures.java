package dev.millrace.http.servlet;

import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.LeaveFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

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
    }
}
