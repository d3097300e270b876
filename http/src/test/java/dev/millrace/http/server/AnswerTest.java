package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import dev.millrace.context.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Failed writes, with an exchange whose writes fail when the test says so.
class AnswerTest {
    private final OpenRequest request = RequestContexts.under(Context.background()).open("n", "r", null, _ -> null);
    private final Fake fake = new Fake();
    private final HttpExchange watched = Watched.of(fake, request);
    private final IOException broken = new IOException("Broken pipe");

    private ClientLeftException left() {
        return assertInstanceOf(ClientLeftException.class, request.context().cause());
    }

    @Test
    void headers_thatCannotBeSent_endTheContext() {
        fake.failure = broken;
        assertSame(broken, assertThrows(IOException.class, () -> watched.sendResponseHeaders(200, -1)));
        assertEquals("client left: could not be written to: Broken pipe", left().getMessage());
        assertSame(broken, left().getCause());
        assertEquals(ClientLeftException.Seen.WRITE_FAILED, left().seen());
        assertEquals(0, left().getStackTrace().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"write", "array", "flush", "close", "exchange"})
    void body_thatCannotBeWritten_endsTheContext(String how) throws IOException {
        watched.sendResponseHeaders(200, 0);
        OutputStream body = watched.getResponseBody();
        body.write(1);
        body.flush();
        assertNull(request.end());
        fake.failure = broken;
        switch (how) {
            case "write" -> assertSame(broken, assertThrows(IOException.class, () -> body.write(1)));
            case "array" -> assertSame(broken, assertThrows(IOException.class, () -> body.write(new byte[2])));
            case "flush" -> assertSame(broken, assertThrows(IOException.class, body::flush));
            case "close" -> assertSame(broken, assertThrows(IOException.class, body::close));
            default -> watched.close();
        }
        assertSame(broken, left().getCause());
    }

    @Test
    void misuse_isNotTheClientsDoing() throws IOException {
        watched.sendResponseHeaders(200, 3);
        assertThrows(IOException.class, () -> watched.sendResponseHeaders(200, 3));
        OutputStream body = watched.getResponseBody();
        body.write(new byte[2]);
        fake.failure = new IOException("too many bytes to write to stream");
        assertThrows(IOException.class, () -> body.write(new byte[2]));
        fake.failure = new IOException("stream is closed");
        assertThrows(IOException.class, body::close);
        assertThrows(IOException.class, () -> body.write(1));
        assertNull(request.end());
    }

    @Test
    void close_beforeAllBytes_isNotTheClientsDoing() throws IOException {
        watched.sendResponseHeaders(200, 3);
        watched.getResponseBody().write(1);
        fake.failure = new IOException("insufficient bytes written");
        watched.close();
        assertNull(request.end());
    }

    @Test
    void write_beforeTheHeaders_isNotTheClientsDoing() {
        fake.failure = new IOException("response headers not sent yet");
        assertThrows(IOException.class, () -> watched.getResponseBody().write(1));
        assertNull(request.end());
    }

    @Test
    void channel_thatThisSideClosed_isAShutdown() throws IOException {
        watched.sendResponseHeaders(200, 0);
        fake.failure = new ClosedByInterruptException();
        assertThrows(IOException.class, () -> watched.getResponseBody().write(1));
        assertEquals(RequestEnd.SHUTDOWN, request.end());
        assertSame(fake.failure, request.context().cause());
    }

    @Test
    void streams_thatAreReplaced_areTheWatchedOnes() throws IOException {
        OutputStream first = watched.getResponseBody();
        assertSame(first, watched.getResponseBody());
        watched.setStreams(InputStream.nullInputStream(), OutputStream.nullOutputStream());
        assertSame(fake.out, OutputStream.class.cast(fake.getResponseBody()));
        watched.sendResponseHeaders(200, 0);
        watched.getResponseBody().write(1);
    }

    @Test
    void secureExchange_staysOne() {
        var secure = new FakeSecure();
        var w = assertInstanceOf(HttpsExchange.class, Watched.of(secure, request));
        assertNull(w.getSSLSession());
        assertEquals("GET", w.getRequestMethod());
    }

    private class Fake extends HttpExchange {
        IOException failure;
        private OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                fail();
            }

            @Override
            public void flush() throws IOException {
                fail();
            }

            @Override
            public void close() throws IOException {
                fail();
            }
        };
        private int code = -1;

        private void fail() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public Headers getRequestHeaders() {
            return new Headers();
        }

        @Override
        public Headers getResponseHeaders() {
            return new Headers();
        }

        @Override
        public URI getRequestURI() {
            return URI.create("/");
        }

        @Override
        public String getRequestMethod() {
            return "GET";
        }

        @Override
        public HttpContext getHttpContext() {
            return null;
        }

        @Override
        public void close() {}

        @Override
        public InputStream getRequestBody() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream getResponseBody() {
            return out;
        }

        @Override
        public void sendResponseHeaders(int c, long length) throws IOException {
            if (code != -1) {
                throw new IOException("headers already sent");
            }
            code = c;
            fail();
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return null;
        }

        @Override
        public int getResponseCode() {
            return code;
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return null;
        }

        @Override
        public String getProtocol() {
            return "HTTP/1.1";
        }

        @Override
        public Object getAttribute(String name) {
            return null;
        }

        @Override
        public void setAttribute(String name, Object value) {}

        @Override
        public void setStreams(InputStream i, OutputStream o) {
            out = o;
        }

        @Override
        public HttpPrincipal getPrincipal() {
            return null;
        }
    }

    private static final class FakeSecure extends HttpsExchange {
        @Override
        public SSLSession getSSLSession() {
            return null;
        }

        @Override
        public Headers getRequestHeaders() {
            return null;
        }

        @Override
        public Headers getResponseHeaders() {
            return null;
        }

        @Override
        public URI getRequestURI() {
            return null;
        }

        @Override
        public String getRequestMethod() {
            return "GET";
        }

        @Override
        public HttpContext getHttpContext() {
            return null;
        }

        @Override
        public void close() {}

        @Override
        public InputStream getRequestBody() {
            return null;
        }

        @Override
        public OutputStream getResponseBody() {
            return null;
        }

        @Override
        public void sendResponseHeaders(int c, long length) {}

        @Override
        public InetSocketAddress getRemoteAddress() {
            return null;
        }

        @Override
        public int getResponseCode() {
            return 0;
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return null;
        }

        @Override
        public String getProtocol() {
            return null;
        }

        @Override
        public Object getAttribute(String name) {
            return null;
        }

        @Override
        public void setAttribute(String name, Object value) {}

        @Override
        public void setStreams(InputStream i, OutputStream o) {}

        @Override
        public HttpPrincipal getPrincipal() {
            return null;
        }
    }
}
