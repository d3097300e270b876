package dev.millrace.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/// The answer to one request of the JDK's server, as its handler writes it: a failed write ends the request's context, and before
/// the last bytes the watch stops.
final class Answer {
    private static final long ANY = Long.MAX_VALUE;

    private final HttpExchange exchange;
    private final OpenRequest request;
    private long left = ANY; // bytes until the answer is complete
    private @Nullable Body body;

    Answer(HttpExchange exchange, OpenRequest request) {
        this.exchange = exchange;
        this.request = request;
    }

    void begin(int code, long length) throws IOException {
        if (request.isAnswering()) {
            exchange.sendResponseHeaders(code, length); // refuses
            return;
        }
        if (length < 0 || exchange.getRequestMethod().equals("HEAD") || code == 204 || code == 304) {
            request.unwatch();
        } else if (length > 0) {
            left = length;
        }
        request.answering(code);
        try {
            exchange.sendResponseHeaders(code, length);
        } catch (IOException e) {
            failed(e);
            throw e;
        }
    }

    OutputStream body() {
        Body b = body;
        if (b == null) {
            b = new Body(exchange.getResponseBody());
            body = b;
        }
        return b;
    }

    /// The stream was replaced.
    void forget() {
        body = null;
    }

    void close() {
        request.unwatch();
        Body b = body;
        if (b != null) {
            try {
                b.close(); // the exchange would keep it to itself when this fails
            } catch (IOException e) {
                // told; what is left is to close the connection
            }
        }
        exchange.close();
    }

    /// A channel that is closed was closed on this side, by the server or by an interrupt.
    private void failed(IOException e) {
        if (e instanceof ClosedChannelException) {
            request.aborted(e);
        } else {
            request.clientLeft(ClientLeftException.Seen.WRITE_FAILED, e);
        }
    }

    private final class Body extends OutputStream {
        private final OutputStream out;
        private boolean misused; // the JDK's stream refuses then, and that is not the client's doing
        private boolean closed;

        Body(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            before(1);
            try {
                out.write(b);
            } catch (IOException e) {
                throw after(e);
            }
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            before(length);
            try {
                out.write(b, from, length);
            } catch (IOException e) {
                throw after(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw after(e);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            request.unwatch();
            misused |= left != ANY && left > 0;
            try {
                out.close();
            } catch (IOException e) {
                throw after(e);
            }
        }

        private void before(int length) {
            misused |= closed || !request.isAnswering();
            if (left != ANY) {
                left -= length;
                misused |= left < 0;
                if (left <= 0) {
                    request.unwatch();
                }
            }
        }

        private IOException after(IOException e) {
            if (!misused) {
                failed(e);
            }
            return e;
        }
    }
}
