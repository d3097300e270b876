package dev.millrace.http.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.http.server.ClientLeftException;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.RequestEnd;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which writes tell that the answer has begun, and which that the client has left.
class WatchedResponseTest {
    private final OpenRequest open =
            RequestContexts.under(Context.background()).open("GET /", "GET /", null, _ -> null);
    private final FakeResponse fake = new FakeResponse();
    private final WatchedResponse response = new WatchedResponse(fake.response, open);
    private final IOException failure = new IOException("Broken pipe");

    private Executable by(String how) {
        return switch (how) {
            case "byte" -> () -> response.getOutputStream().write(7);
            case "bytes" -> () -> response.getOutputStream().write(new byte[9], 2, 3);
            case "flush" -> () -> response.getOutputStream().flush();
            case "close" -> () -> response.getOutputStream().close();
            case "buffer" -> response::flushBuffer;
            case "writer" -> () -> {
                response.getWriter().print("text");
                response.getWriter().flush();
            };
            case "writer's close" -> () -> {
                response.getWriter().print("text");
                response.getWriter().close();
            };
            default -> throw new AssertionError(how);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "bytes", "flush", "close", "buffer"})
    void stream_thatFails_throwsAndEndsTheContext(String how) {
        fake.failure = failure;
        assertSame(failure, assertThrows(IOException.class, by(how)));
        var left = assertInstanceOf(ClientLeftException.class, open.context().cause());
        assertEquals(ClientLeftException.Seen.WRITE_FAILED, left.seen());
        assertSame(failure, left.getCause());
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "writer's close"})
    void writer_thatFails_endsTheContext(String how) throws Throwable {
        fake.failure = failure;
        by(how).execute();
        assertEquals(RequestEnd.CLIENT_LEFT, open.end());
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "bytes", "flush", "buffer", "writer", "writer's close"})
    void write_thatBeginsTheAnswer_tellsItThen(String how) throws Throwable {
        by(how).execute();
        assertFalse(open.isAnswering(), "it is not committed");
        if (!how.equals("writer's close")) {
            fake.commits = true;
            by(how).execute();
            assertTrue(open.isAnswering());
        }
        assertNull(open.end());
    }

    @Test
    void writersClose_thatBeginsTheAnswer_tellsItThen() throws Throwable {
        fake.commits = true;
        by("writer's close").execute();
        assertTrue(open.isAnswering());
        assertEquals(List.of("text", "flush", "close"), fake.calls, "each flush goes to the client");
    }

    /// The servlet's own fault.
    @Test
    void write_afterTheClose_isNoLeaving() throws Exception {
        var out = response.getOutputStream();
        out.write(1);
        out.close();
        fake.failure = failure;
        assertSame(failure, assertThrows(IOException.class, () -> out.write(2)));
        assertSame(failure, assertThrows(IOException.class, out::flush));
        assertSame(failure, assertThrows(IOException.class, out::close));
        assertNull(open.end());
        assertEquals(List.of("write 1", "close", "write 2", "flush", "close"), fake.calls);
    }

    @Test
    void streamAndWriter_areTheSameUntilAReset() throws Exception {
        var stream = response.getOutputStream();
        var writer = response.getWriter();
        assertSame(stream, response.getOutputStream());
        assertSame(writer, response.getWriter());
        response.reset();
        assertEquals(List.of("reset"), fake.calls);
        assertNotSame(stream, response.getOutputStream());
        assertNotSame(writer, response.getWriter());
    }

    private static final class Hears implements WriteListener {
        final List<Object> heard = new ArrayList<>();

        @Override
        public void onWritePossible() {
            heard.add("possible");
        }

        @Override
        public void onError(Throwable t) {
            heard.add(t);
        }
    }

    @Test
    void writeListener_isTold_andAFailedWriteEndsTheContext() throws Exception {
        var hears = new Hears();
        response.getOutputStream().setWriteListener(hears);
        WriteListener told = fake.listener;
        assertNotNull(told);
        assertFalse(response.getOutputStream().isReady());
        fake.commits = true;
        assertTrue(response.getOutputStream().isReady());
        told.onWritePossible();
        var bug = new IllegalStateException("planted");
        told.onError(bug);
        assertNull(open.end(), "the servlet's own fault");
        told.onError(failure);
        assertEquals(RequestEnd.CLIENT_LEFT, open.end());
        assertEquals(List.of("possible", bug, failure), hears.heard);
    }
}
