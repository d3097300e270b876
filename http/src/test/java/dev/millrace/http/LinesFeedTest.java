package dev.millrace.http;

import static dev.millrace.http.ContextClientTest.BG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The lines alone: the client's threads, and the order of its signals, are the test's.
class LinesFeedTest {
    private static final class Client implements Flow.Subscription {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger cancels = new AtomicInteger();
        volatile Runnable atRequest = () -> {};

        @Override
        public void request(long n) {
            asked.addAndGet((int) n);
            atRequest.run();
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
        }
    }

    private record Info(int statusCode, HttpHeaders headers, HttpClient.Version version) implements ResponseInfo {}

    private final Client client = new Client();

    private static Lines byHand(Context ctx) {
        return new Lines(ctx, new Info(200, HttpHeaders.of(Map.of(), (_, _) -> true), HttpClient.Version.HTTP_1_1));
    }

    private static List<ByteBuffer> part(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static String numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    private static List<String> numbers(int to) {
        return IntStream.range(0, to).mapToObj(Integer::toString).toList();
    }

    private static List<String> all(ReceiveChan<String> lines) {
        var all = new ArrayList<String>();
        lines.forEach(all::add);
        return all;
    }

    @Test
    void lines_thatTheChannelHasRoomFor_areSentByTheClientsThread() {
        var lines = byHand(BG);
        var shown = lines.channel();
        lines.onSubscribe(client);
        assertEquals(1, client.asked.get());
        lines.onNext(part(numbered(0, Lines.AHEAD - 1) + (Lines.AHEAD - 1))); // the last line has no end yet
        assertEquals(Lines.AHEAD - 1, shown.len());
        assertEquals(2, client.asked.get(), "all are in the channel");
        lines.onComplete();
        assertEquals(numbers(Lines.AHEAD), all(shown));
        assertEquals(0, client.cancels.get());
    }

    @Test
    void linesBeyondTheRoom_areNotAskedForUntilThereIsSome() throws Exception {
        var lines = byHand(BG);
        var shown = lines.channel();
        lines.onSubscribe(client);
        lines.onNext(part(numbered(0, Lines.AHEAD + 2)));
        awaitTrue(() -> shown.snapshot().blockedSenders() == 1); // the goroutine
        assertEquals(Lines.AHEAD, shown.len());
        assertEquals(1, client.asked.get());
        assertEquals("0", shown.receive());
        awaitTrue(() -> shown.snapshot().blockedSenders() == 1); // with the next line
        assertEquals(1, client.asked.get());
        assertEquals("1", shown.receive());
        awaitTrue(() -> client.asked.get() == 2);
        assertEquals(Lines.AHEAD, shown.len());
    }

    @Test
    void end_thatComesWhileTheGoroutineIsAtWork_isItsToSay() throws Exception {
        var lines = byHand(BG);
        var shown = lines.channel();
        lines.onSubscribe(client);
        lines.onNext(part(numbered(0, 3 * Lines.AHEAD) + 3 * Lines.AHEAD));
        awaitTrue(() -> shown.snapshot().blockedSenders() == 1);
        lines.onComplete();
        assertFalse(shown.snapshot().closed());
        assertEquals(numbers(3 * Lines.AHEAD + 1), all(shown));
        assertEquals(1, client.asked.get(), "nothing comes after the end");
    }

    /// A client may answer a request for more within it: on its own thread, or on the goroutine.
    @Test
    void parts_thatComeWithinTheRequest_comeInOrder() {
        var lines = byHand(BG);
        int last = 1_000;
        client.atRequest = () -> {
            int part = client.asked.get() - 1;
            if (part < last) {
                lines.onNext(part(numbered(7 * part, 7 * part + 7)));
            } else {
                lines.onComplete();
            }
        };
        lines.onSubscribe(client);
        assertEquals(numbers(7 * last), all(lines.channel()));
    }

    @Test
    void failure_overtakesLinesAndEndsTheGoroutine() throws Exception {
        long goroutines = Go.numGoroutine();
        var lines = byHand(BG);
        var shown = lines.channel();
        lines.onSubscribe(client);
        lines.onNext(part(numbered(0, Lines.AHEAD + 1)));
        awaitTrue(() -> shown.snapshot().blockedSenders() == 1);
        var failure = new IOException("reset");
        lines.onError(failure);
        assertSame(failure, assertThrows(ChanClosedException.class, shown::receive).getCause());
        assertEquals(0, client.cancels.get(), "it has ended by itself");
        awaitTrue(() -> Go.numGoroutine() <= goroutines);
    }

    @Test
    void contextsEnd_overtakesLinesAndEndsTheGoroutine() throws Exception {
        long goroutines = Go.numGoroutine();
        var ctx = BG.withCancel();
        var lines = byHand(ctx);
        var shown = lines.channel();
        lines.onSubscribe(client);
        lines.listen();
        lines.onNext(part(numbered(0, Lines.AHEAD + 1)));
        awaitTrue(() -> shown.snapshot().blockedSenders() == 1);
        ctx.cancel("enough");
        awaitTrue(() -> shown.snapshot().closed());
        assertInstanceOf(CancelledException.class,
                assertThrows(ChanClosedException.class, shown::receive).getCause());
        awaitTrue(() -> client.cancels.get() == 1);
        awaitTrue(() -> Go.numGoroutine() <= goroutines);
        lines.onNext(part("more\n")); // it may not have heard yet
        lines.onComplete();
        assertEquals(1, client.asked.get());
    }

    @Test
    void abandon_endsTheGoroutineAndTheContextForgetsTheBody() throws Exception {
        long goroutines = Go.numGoroutine();
        try (var ctx = BG.withCancel()) {
            var lines = byHand(ctx);
            var shown = lines.channel();
            lines.onSubscribe(client);
            lines.listen();
            lines.onNext(part(numbered(0, Lines.AHEAD + 1)));
            awaitTrue(() -> shown.snapshot().blockedSenders() == 1);
            shown.abandon("enough");
            assertEquals(1, client.cancels.get());
            assertFalse(node(ctx).remove(lines), "the context still has it");
            awaitTrue(() -> Go.numGoroutine() <= goroutines);
        }
    }

    @Test
    void bodyThatHasComeWhole_isNoMoreUnderTheContext() {
        var ctx = BG.withCancel();
        var lines = byHand(ctx);
        lines.onSubscribe(client);
        lines.listen();
        lines.onNext(part("one\ntwo"));
        lines.onComplete();
        assertFalse(node(ctx).remove(lines), "the context still has it");
        ctx.cancel();
        lines.cut(new AssertionError("too late"));
        assertEquals(List.of("one", "two"), all(lines.channel()));
        lines.channel().abandon("enough");
        assertEquals(0, client.cancels.get(), "the connection may be another call's");
    }

    @Test
    void bodyThatEndedBeforeItListens_isForgotten() {
        try (var ctx = BG.withCancel()) {
            var lines = byHand(ctx);
            lines.onSubscribe(client);
            lines.onComplete();
            lines.listen();
            assertFalse(node(ctx).remove(lines));
        }
    }

    @Test
    void cut_beforeTheSubscription_cancelsIt() {
        var lines = byHand(BG);
        lines.cut(new IOException("left"));
        lines.onSubscribe(client);
        assertEquals(1, client.cancels.get());
        assertEquals(0, client.asked.get());
    }

    @Test
    void contextThatEndedBeforeItListens_cutsAtOnce() {
        var ctx = BG.withCancel();
        var lines = byHand(ctx);
        lines.onSubscribe(client);
        ctx.cancel();
        lines.listen();
        assertEquals(1, client.cancels.get());
        assertInstanceOf(CancelledException.class,
                assertThrows(ChanClosedException.class, () -> lines.channel().receive()).getCause());
    }

    private static Node node(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come true");
            }
            Thread.yield();
        }
    }
}
