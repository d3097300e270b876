package dev.millrace.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContextClientTest {
    static final Context BG = Context.background();

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

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(peer.uri(path)).build();
    }

    /// Runs `call` on a thread of its own; the future has what it threw, or null.
    static CompletableFuture<Throwable> failing(Callable<?> call) {
        var thrown = new CompletableFuture<Throwable>();
        Go.go(BG, _ -> {
            try {
                call.call();
                thrown.complete(null);
            } catch (Throwable t) {
                thrown.complete(t);
            }
        });
        return thrown;
    }

    static <T extends Throwable> T thrown(Class<T> kind, CompletableFuture<Throwable> call) throws Exception {
        return assertInstanceOf(kind, call.get(10, SECONDS));
    }

    // Calls.

    @Test
    void get_ofAnAnswer_hasStatusAndText() throws Exception {
        try (var ctx = BG.withTimeout(Duration.ofSeconds(20))) {
            HttpResponse<String> answer = http.get(ctx, peer.uri("/ok"));
            assertEquals(200, answer.statusCode());
            assertEquals("ok", answer.body());
            assertEquals("ok", http.get(BG, peer.uri("/ok")).body());
            assertEquals(404, http.get(ctx, peer.uri("/nothing")).statusCode());
        }
        assertEquals(1, peer.connections.get());
    }

    @Test
    void send_underAnEndedContext_sendsNothing() {
        var ctx = BG.withCancel();
        ctx.cancel("enough");
        assertThrows(CancelledException.class, () -> http.get(ctx, peer.uri("/ok")));
        assertThrows(CancelledException.class, () -> http.stream(ctx, peer.uri("/ok")));
        assertThrows(CancelledException.class, () -> http.lines(ctx, peer.uri("/ok")));
        var asked = new AtomicReference<>(false);
        ContextClient other = ContextClient.over(new FailingClient(() -> {
            asked.set(true);
            return new IOException("it was asked");
        }));
        assertThrows(CancelledException.class, () -> other.get(ctx, peer.uri("/ok")));
        assertFalse(asked.get());
        assertEquals(0, peer.connections.get());
    }

    @Test
    void call_cancelledBeforeTheHeaders_throwsTheCauseAndTheServerSeesItGo() throws Exception {
        var ctx = BG.withName("page").withCancel();
        var call = failing(() -> http.get(ctx, peer.uri("/silent")));
        Peer.Request request = peer.take();
        var cause = new IllegalStateException("client left");
        ctx.cancel(cause);
        var e = thrown(CancelledException.class, call);
        assertSame(cause, e.getCause());
        assertTrue(e.getMessage().startsWith("context canceled: "), e.getMessage());
        request.awaitGone();
    }

    @Test
    void call_pastTheDeadline_throwsItsException() throws Exception {
        try (var ctx = BG.withName("page").withTimeout(Duration.ofMillis(100))) {
            var e = assertThrows(DeadlineExceededException.class, () -> http.get(ctx, peer.uri("/silent")));
            assertTrue(e.getMessage().startsWith("context deadline exceeded: \"page\" had 100 ms"), e.getMessage());
            peer.awaitNoConnection();
        }
    }

    @Test
    void call_whoseParentIsCancelled_ends() throws Exception {
        var parent = BG.withCancel();
        try (var ctx = parent.withTimeout(Duration.ofHours(1))) {
            var call = failing(() -> http.get(ctx, peer.uri("/silent")));
            Peer.Request request = peer.take();
            parent.cancel();
            thrown(CancelledException.class, call);
            request.awaitGone();
        }
    }

    @Test
    void wholeBody_cancelledInItsMiddle_endsTheCall() throws Exception {
        try (var ctx = BG.withCancel()) {
            for (HttpResponse.BodyHandler<?> handler : new HttpResponse.BodyHandler<?>[] {BodyHandlers.ofString(),
                BodyHandlers.discarding(), BodyHandlers.ofByteArrayConsumer(_ -> {})}) {
                var own = ctx.withCancel();
                var call = failing(() -> http.send(own, request("/stall"), handler));
                Peer.Request request = peer.take();
                own.cancel();
                thrown(CancelledException.class, call);
                request.awaitGone();
            }
        }
    }

    @Test
    void requestTimeout_thatIsShorter_staysTheJdks() {
        try (var ctx = BG.withTimeout(Duration.ofHours(1))) {
            var request = HttpRequest.newBuilder(peer.uri("/silent")).timeout(Duration.ofMillis(50)).build();
            var e = assertThrows(HttpTimeoutException.class, () -> http.send(ctx, request, BodyHandlers.ofString()));
            assertFalse(ctx.isDone());
            assertTrue(hasFrame(e, "requestTimeout_thatIsShorter"), "it shows who called");
        }
    }

    @Test
    void requestTimeout_thatIsLonger_leavesTheContextsDeadline() {
        try (var ctx = BG.withTimeout(Duration.ofMillis(50))) {
            var request = HttpRequest.newBuilder(peer.uri("/silent")).timeout(Duration.ofMinutes(1)).build();
            assertThrows(DeadlineExceededException.class, () -> http.send(ctx, request, BodyHandlers.ofString()));
        }
    }

    @Test
    void interrupt_fromOutside_endsTheCallAndIsNoCancel() throws Exception {
        try (var ctx = BG.withCancel()) {
            var flag = new AtomicReference<Boolean>();
            var caller = new CompletableFuture<Thread>();
            var call = failing(() -> {
                caller.complete(Thread.currentThread());
                try {
                    return http.get(ctx, peer.uri("/silent"));
                } finally {
                    flag.set(Thread.interrupted());
                }
            });
            Peer.Request request = peer.take();
            caller.get().interrupt();
            var e = thrown(InterruptedWaitException.class, call);
            assertTrue(e.getMessage().startsWith("GET http://127.0.0.1:"), e.getMessage());
            assertTrue(flag.get());
            assertFalse(ctx.isDone());
            request.awaitGone();
        }
    }

    @Test
    void interrupt_withinABody_isWhatItsSubscriberHears() throws Exception {
        try (var ctx = BG.withCancel()) {
            var heard = new CompletableFuture<Throwable>();
            var caller = new CompletableFuture<Thread>();
            var call = failing(() -> {
                caller.complete(Thread.currentThread());
                return http.send(ctx, request("/stall"), _ -> mine(heard));
            });
            Peer.Request request = peer.take();
            part.get(10, SECONDS);
            caller.get().interrupt();
            assertSame(thrown(InterruptedWaitException.class, call), heard.get(10, SECONDS));
            request.awaitGone();
        }
    }

    @Test
    void subscriberOfTheUser_hearsOfTheContextsEnd() throws Exception {
        var ctx = BG.withCancel();
        var heard = new CompletableFuture<Throwable>();
        var call = failing(() -> http.send(ctx, request("/stall"), _ -> mine(heard)));
        Peer.Request request = peer.take();
        part.get(10, SECONDS);
        ctx.cancel();
        thrown(CancelledException.class, call);
        assertInstanceOf(CancelledException.class, heard.get(10, SECONDS));
        request.awaitGone();
    }

    private final CompletableFuture<Void> part = new CompletableFuture<>();

    /// A subscriber whose body is there after the last byte.
    private <T> HttpResponse.BodySubscriber<T> mine(CompletableFuture<Throwable> failure) {
        var body = new CompletableFuture<T>();
        return HttpResponse.BodySubscribers.fromSubscriber(new java.util.concurrent.Flow.Subscriber<>() {
            @Override
            public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(java.util.List<java.nio.ByteBuffer> item) {
                part.complete(null);
            }

            @Override
            public void onError(Throwable t) {
                failure.complete(t);
            }

            @Override
            public void onComplete() {
                body.complete(null);
            }
        }, _ -> body.join());
    }

    @Test
    void failure_ofTheNetwork_isTheJdksWithTheCallersStack() throws Exception {
        int port;
        try (var s = new ServerSocket(0)) {
            port = s.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + port + "/");
        try (var ctx = BG.withCancel()) {
            var e = assertThrows(ConnectException.class, () -> http.get(ctx, nobody));
            assertTrue(hasFrame(e, "failure_ofTheNetwork"));
            assertThrows(IOException.class, () -> http.get(ctx, peer.uri("/cut")));
        }
    }

    @Test
    void failure_thatComesWhenTheContextHasEnded_isSuppressedInItsException() {
        var ctx = BG.withCancel();
        var failure = new HttpTimeoutException("at the same moment");
        ContextClient other = ContextClient.over(new FailingClient(() -> {
            ctx.cancel();
            return failure;
        }));
        var e = assertThrows(CancelledException.class, () -> other.get(ctx, peer.uri("/ok")));
        assertSame(failure, e.getSuppressed()[0]);
    }

    private static boolean hasFrame(Throwable t, String method) {
        for (StackTraceElement f : t.getStackTrace()) {
            if (f.getMethodName().contains(method)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void failure_ofTheHandler_comesAsItIs() {
        var mine = new IllegalStateException("no subscriber today");
        try (var ctx = BG.withCancel()) {
            var e = assertThrows(IllegalStateException.class, () -> http.send(ctx, request("/ok"), _ -> {
                throw mine;
            }));
            assertSame(mine, e);
        }
    }

    @Test
    void wait_ofACall_saysWhatForWithoutSecrets() throws Exception {
        try (var ctx = BG.withCancel()) {
            var call = failing(() -> http.get(ctx, URI.create(peer.uri("/silent") + "?token=secret")));
            Peer.Request request = peer.take();
            String dump = dumpWith("GET http://127.0.0.1");
            assertFalse(dump.contains("secret"), dump);
            ctx.cancel();
            thrown(CancelledException.class, call);
            request.awaitGone();
        }
    }

    /// The request may have come before its sender waits.
    private static String dumpWith(String text) {
        String dump = "";
        for (int i = 0; i < 1000; i++) {
            dump = Go.goroutines().toString();
            if (dump.contains(text)) {
                return dump;
            }
            Thread.yield();
        }
        throw new AssertionError("no \"" + text + "\" in " + dump);
    }

    @Test
    void nullArguments_areRefused() {
        assertThrows(NullPointerException.class, () -> ContextClient.over(null));
        assertThrows(NullPointerException.class, () -> http.withPropagation(null));
        var e = assertThrows(NullPointerException.class, () -> http.get(null, peer.uri("/ok")));
        assertEquals("context is nil: use Context.todo()", e.getMessage());
        assertThrows(NullPointerException.class, () -> http.get(BG, null));
        assertThrows(NullPointerException.class, () -> http.send(BG, null, BodyHandlers.ofString()));
        assertThrows(NullPointerException.class, () -> http.send(BG, request("/ok"), null));
        assertThrows(IllegalArgumentException.class, () -> http.get(BG, URI.create("ftp://x/y")));
        assertThrows(IllegalArgumentException.class, () -> http.get(BG, URI.create("/y")));
    }

    @Test
    void closedClient_isSaid() {
        plain.shutdownNow();
        try (var ctx = BG.withCancel()) {
            var e = assertThrows(IOException.class, () -> http.get(ctx, peer.uri("/ok")));
            assertTrue(String.valueOf(e.getMessage()).contains("closed"), e.toString());
        }
    }

    // Streams.

    @Test
    void stream_readToItsEnd_outlivesTheContextAndKeepsTheConnection() throws Exception {
        var ctx = BG.withCancel();
        InputStream body = http.stream(ctx, peer.uri("/big")).body();
        assertEquals(1 << 20, body.readAllBytes().length);
        ctx.cancel();
        assertEquals(-1, body.read());
        assertEquals(-1, body.read(new byte[4]));
        body.close();
        assertEquals("ok", http.get(BG, peer.uri("/ok")).body());
        assertEquals(1, peer.connections.get());
    }

    @Test
    void stream_whoseReadWaits_isEndedByTheContext() throws Exception {
        try (var ctx = BG.withCancel(); InputStream body = http.stream(ctx, peer.uri("/stall")).body()) {
            Peer.Request request = peer.take();
            assertEquals('x', body.read());
            var reading = new CompletableFuture<Thread>();
            var read = failing(() -> {
                reading.complete(Thread.currentThread());
                return body.read();
            });
            awaitBlocked(reading.get());
            ctx.cancel("enough");
            var e = thrown(CancelledException.class, read);
            assertInstanceOf(IOException.class, e.getSuppressed()[0]);
            request.awaitGone();
            assertThrows(CancelledException.class, body::read);
        }
    }

    static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.yield();
        }
    }

    @Test
    void stream_withBytesAtHand_failsAtOnceWhenTheContextHasEnded() throws Exception {
        var ctx = BG.withCancel();
        InputStream body = http.stream(ctx, peer.uri("/big")).body();
        body.read();
        assertTrue(body.available() > 0);
        ctx.cancel();
        assertThrows(CancelledException.class, () -> body.read(new byte[10]));
    }

    @Test
    void stream_thatNobodyReadsOrCloses_isEndedByTheContext() throws Exception {
        var ctx = BG.withCancel();
        HttpResponse<InputStream> answer = http.stream(ctx, peer.uri("/stall"));
        Peer.Request request = peer.take();
        assertEquals(200, answer.statusCode());
        ctx.cancel();
        request.awaitGone();
    }

    /// A stream that the JDK makes of another's bytes is behind a [Guard].
    @Test
    void stream_ofAHandlerAround_isEndedByTheContextToo() throws Exception {
        try (var ctx = BG.withCancel()) {
            InputStream body =
                    http.send(ctx, request("/stall"), BodyHandlers.limiting(BodyHandlers.ofInputStream(), 1_000))
                            .body();
            Peer.Request request = peer.take();
            assertEquals('x', body.read());
            ctx.cancel();
            request.awaitGone();
            assertThrows(CancelledException.class, body::read);
        }
    }

    @Test
    void stream_pastTheDeadline_says() throws Exception {
        try (var ctx = BG.withTimeout(Duration.ofMillis(200))) {
            assertThrows(DeadlineExceededException.class, () -> {
                try (InputStream body = http.stream(ctx, peer.uri("/stall")).body()) { // or here, on a slow machine
                    body.readAllBytes();
                }
            });
            peer.awaitNoConnection();
        }
    }

    @Test
    void stream_closedEarly_letsTheConnectionGoAndIsForgottenByTheContext() throws Exception {
        try (var ctx = BG.withCancel()) {
            InputStream body = http.stream(ctx, peer.uri("/stall")).body();
            Peer.Request request = peer.take();
            body.close();
            assertFalse(end(body).forget(), "the context still holds it");
            body.close();
            request.awaitGone();
            var e = assertThrows(IOException.class, body::read);
            assertFalse(ctx.isDone(), e.toString());
        }
    }

    @Test
    void stream_readToItsEnd_isForgottenByTheContext() throws Exception {
        try (var ctx = BG.withCancel()) {
            InputStream body = http.stream(ctx, peer.uri("/ok")).body();
            body.readAllBytes();
            assertFalse(end(body).forget(), "the context still holds it");
            InputStream open = http.stream(ctx, peer.uri("/stall")).body();
            assertTrue(end(open).forget(), "while it is open the context holds it");
            open.close();
        }
    }

    /// What the context would hold of a body.
    private static BodyEnd end(InputStream body) throws Exception {
        var field = Body.class.getDeclaredField("end");
        field.setAccessible(true);
        return (BodyEnd) field.get(body);
    }

    @Test
    void stream_thatBreaks_isAnIoExceptionOfTheJdk() throws Exception {
        try (var ctx = BG.withCancel()) {
            InputStream body = http.stream(ctx, peer.uri("/stall")).body();
            peer.take().out.close();
            var e = assertThrows(IOException.class, body::readAllBytes);
            assertEquals(0, e.getSuppressed().length);
        }
    }

    @Test
    void stream_underBackground_isTheJdks() throws Exception {
        try (InputStream body = http.stream(BG, peer.uri("/ok")).body()) {
            assertEquals("ok", new String(body.readAllBytes()));
        }
    }

    @Test
    void answerThatComesWhenTheCallWasLeft_isNotKept() throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            var ctx = BG.withCancel();
            var inHandler = new CompletableFuture<Void>();
            var goOn = new CompletableFuture<Void>();
            var heard = new CompletableFuture<Throwable>();
            var call = failing(() -> http.send(ctx, request("/stall"), info -> {
                inHandler.complete(null);
                goOn.join();
                return stream ? BodyHandlers.ofInputStream().apply(info) : mine(heard);
            }));
            Peer.Request request = peer.take();
            inHandler.get(10, SECONDS);
            ctx.cancel();
            thrown(CancelledException.class, call);
            goOn.complete(null);
            request.awaitGone();
            if (!stream) {
                assertInstanceOf(CancelledException.class, heard.get(10, SECONDS));
            }
        }
    }

    // Headers.

    @Test
    void headers_areSentOnlyByAPolicyAndNeverOverTheRequests() throws Exception {
        Context.Key<String> user = Context.Key.named("user");
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT).withValue(user, "x-user");
        try (var ctx = BG.withValue(user, "Zoë").withTimeout(Duration.ofSeconds(30))) {
            String silent = http.get(ctx, peer.uri("/echo")).body();
            assertFalse(silent.contains("grpc-timeout") || silent.contains("x-user"), silent);
            String said = http.withPropagation(policy).get(ctx, peer.uri("/echo")).body();
            assertTrue(said.contains("x-user=Zo%C3%AB"), said);
            var m = java.util.regex.Pattern.compile("grpc-timeout=(\\w+)").matcher(said);
            assertTrue(m.find(), said);
            Duration left = DeadlineHeader.GRPC_TIMEOUT.parse(m.group(1)).orElseThrow();
            assertTrue(left.compareTo(Duration.ofSeconds(30)) < 0 && left.compareTo(Duration.ofSeconds(1)) > 0, said);
            var own = HttpRequest.newBuilder(peer.uri("/echo")).header("X-User", "me").build();
            String kept = http.withPropagation(policy).send(ctx, own, BodyHandlers.ofString()).body();
            assertTrue(kept.contains("x-user=me") && !kept.contains("Zo%"), kept);
        }
    }
}
