package dev.millrace.http.jetty;

import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import dev.millrace.verify.LeaveFigures;
import java.io.IOException;
import java.net.InetSocketAddress;

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
    }
}
