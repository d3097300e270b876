package dev.millrace.http;

import static dev.millrace.http.ContextClientTest.BG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the network lets come in any order, in one.
class StreamEndTest {
    private static final class Bytes extends ByteArrayInputStream {
        int closed;

        Bytes() {
            super(new byte[] {1, 2});
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private final Bytes in = new Bytes();

    private static Node node(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    @Test
    void body_ofAContextThatEndedAsItCame_isClosedAtOnce() {
        var ctx = BG.withCancel();
        ctx.cancel();
        Body body = StreamEnd.under(ctx, node(ctx), in);
        assertEquals(1, in.closed);
        assertThrows(CancelledException.class, body::read);
        assertEquals(1, in.closed, "once");
    }

    private record Info(int statusCode, HttpHeaders headers, HttpClient.Version version) implements ResponseInfo {}

    /// A client whose exchange hears of no cancel: nobody else would close the stream.
    private static final class Deaf extends FailingClient {
        private final CancellableContext ctx;
        private final boolean early;
        private final AtomicInteger cancels = new AtomicInteger();
        private Runnable answer = () -> {};

        private Deaf(CancellableContext ctx, boolean early) {
            super(AssertionError::new);
            this.ctx = ctx;
            this.early = early;
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
            var none = HttpHeaders.of(Map.of(), (_, _) -> true);
            answer = () -> handler.apply(new Info(200, none, HttpClient.Version.HTTP_1_1))
                    .onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long n) {}

                        @Override
                        public void cancel() {
                            cancels.incrementAndGet();
                        }
                    });
            if (early) {
                answer.run();
            }
            ctx.cancel();
            return new CompletableFuture<>();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void call_leftAsItsAnswerComes_closesTheStream(boolean early) {
        var ctx = BG.withCancel();
        var client = new Deaf(ctx, early);
        assertThrows(CancelledException.class,
                () -> ContextClient.over(client).stream(ctx, URI.create("http://localhost/")));
        if (!early) {
            client.answer.run();
        }
        assertEquals(1, client.cancels.get());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void call_leftAsItsAnswerComes_cancelsTheLines(boolean early) {
        var ctx = BG.withCancel();
        var client = new Deaf(ctx, early);
        assertThrows(CancelledException.class,
                () -> ContextClient.over(client).lines(ctx, URI.create("http://localhost/")));
        if (!early) {
            client.answer.run();
        }
        assertEquals(1, client.cancels.get());
    }

    @Test
    void body_readToItsEnd_isNotClosedByTheContext() throws IOException {
        var ctx = BG.withCancel();
        Body body = StreamEnd.under(ctx, node(ctx), in);
        assertEquals(2, body.readAllBytes().length);
        ctx.cancel();
        assertEquals(0, in.closed);
        assertEquals(-1, body.read(), "its end is known");
    }

    @Test
    void body_closed_isNotClosedAgainByTheContext() throws Exception {
        var ctx = BG.withCancel();
        StreamEnd.under(ctx, node(ctx), in).close();
        ctx.cancel();
        assertEquals(1, in.closed);
    }

    @Test
    void read_afterTheContextsEnd_closesBeforeItThrows() throws IOException {
        var ctx = BG.withCancel();
        Body body = StreamEnd.under(ctx, node(ctx), in);
        assertEquals(1, body.read());
        ctx.cancel(); // whoever is told may still be on the way
        assertThrows(CancelledException.class, body::read);
        assertTrue(in.closed > 0);
        assertFalse(body.toString().contains("read"), body.toString());
    }
}
