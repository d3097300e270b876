package dev.millrace.http;

import static dev.millrace.http.ContextClientTest.BG;
import static dev.millrace.http.ContextClientTest.failing;
import static dev.millrace.http.ContextClientTest.thrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinesTest {
    private final HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ContextClient http = ContextClient.over(plain);
    private Peer peer;

    @BeforeEach
    void open() throws IOException {
        peer = new Peer();
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        plain.shutdownNow();
    }

    private ReceiveChan<String> lines(Context ctx) throws IOException {
        return http.lines(ctx, peer.uri("/lines")).body();
    }

    @Test
    void lines_comeAsTheyAreSentAndEndWithTheBody() throws Exception {
        try (var ctx = BG.withCancel()) {
            var lines = lines(ctx);
            var request = peer.take();
            request.chunk("one\ntw");
            assertEquals("one", lines.receive(ctx));
            request.chunk("o\n");
            assertEquals("two", lines.receive(ctx));
            request.chunk("\nlast");
            request.out.write("0\r\n\r\n".getBytes());
            List<String> rest = new ArrayList<>();
            for (String line : lines) {
                rest.add(line);
            }
            assertEquals(List.of("", "last"), rest);
        }
    }

    @Test
    void lines_ofAnEmptyBody_areNone() throws Exception {
        var answer = http.lines(BG, peer.uri("/nothing"));
        assertEquals(404, answer.statusCode());
        assertInstanceOf(Received.Closed.class, answer.body().next());
    }

    @Test
    void lines_ofALongBody_comeAllAndInOrder() throws Exception {
        try (var ctx = BG.withCancel()) {
            var lines = lines(ctx);
            var request = peer.take();
            var sent = new StringBuilder();
            for (int i = 0; i < 5_000; i++) {
                sent.append("line ").append(i).append('\n');
            }
            Thread.ofVirtual().start(() -> {
                try {
                    request.chunk(sent.toString());
                    request.out.write("0\r\n\r\n".getBytes());
                } catch (IOException e) {
                    // the test fails by what is missing
                }
            });
            int n = 0;
            for (String line : lines) {
                assertEquals("line " + n++, line);
            }
            assertEquals(5_000, n);
        }
    }

    @Test
    void contextsEnd_closesTheChannelAndTheConnection() throws Exception {
        var ctx = BG.withCancel();
        var lines = lines(ctx);
        var request = peer.take();
        var waiting = failing(() -> lines.receive(BG));
        ctx.cancel("enough");
        assertInstanceOf(CancelledException.class, thrown(ChanClosedException.class, waiting).getCause());
        assertThrows(CancelledException.class, () -> lines.receive(ctx));
        request.awaitGone();
    }

    @Test
    void abandon_closesTheConnectionAtOnce() throws Exception {
        try (var ctx = BG.withCancel()) {
            var lines = lines(ctx);
            var request = peer.take();
            request.chunk("one\n");
            assertEquals("one", lines.receive(ctx));
            lines.abandon("enough");
            request.awaitGone();
        }
    }

    @Test
    void failure_ofTheBody_closesTheChannelWithIt() throws Exception {
        try (var ctx = BG.withCancel()) {
            var lines = lines(ctx);
            var request = peer.take();
            request.chunk("one\n");
            assertEquals("one", lines.receive(ctx));
            request.out.close();
            var e = assertThrows(ChanClosedException.class, () -> lines.receive(ctx));
            assertInstanceOf(IOException.class, e.getCause());
        }
    }
}
