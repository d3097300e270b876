package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.go.Go;
import dev.millrace.go.SpawnHook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the system does to a listener when a test wants it.
class ListenerFaultTest {
    private final FakeServer server = new FakeServer();
    private final IOException failure = new IOException("Too many open files");

    @Test
    void accept_thatTheSystemRefuses_isThrownAsItCame() throws Exception {
        var listener = Listener.of(server, server.selector);
        server.accept = () -> {
            throw failure;
        };
        assertSame(failure, assertThrows(IOException.class, () -> listener.accept(BG)));
        try (var ctx = BG.withCancel()) {
            server.accept = () -> {
                ctx.cancel();
                throw failure;
            };
            var e = assertThrows(CancelledException.class, () -> listener.accept(ctx));
            assertSame(failure, e.getSuppressed()[0]);
        }
        assertTrue(listener.isOpen());
        listener.close();
    }

    @Test
    void accept_whoseContextEndsAsTheListenerIsClosed_throwsTheContexts() throws Exception {
        var listener = Listener.of(server, server.selector);
        try (var ctx = BG.withCancel()) {
            server.accept = () -> {
                ctx.cancel();
                listener.close();
                throw new java.nio.channels.ClosedChannelException();
            };
            assertThrows(CancelledException.class, () -> listener.accept(ctx));
        }
    }

    @Test
    void accept_ofAConnectionThatHasGoneAlready_closesIt() throws Exception {
        var listener = Listener.of(server, server.selector);
        try (var gone = SocketChannel.open()) { // not connected
            server.accept = () -> gone;
            assertThrows(SocketException.class, () -> listener.accept(BG));
            assertFalse(gone.isOpen());
        }
    }

    /// No descriptor is left, say: that passes.
    @Test
    void serve_whenTheSystemRefuses_triesAgainAfterLongerPauses() throws Exception {
        var listener = Listener.of(server, server.selector);
        var tries = new AtomicInteger();
        var gaveUp = new CompletableFuture<Long>();
        long start = System.nanoTime();
        server.accept = () -> {
            if (tries.incrementAndGet() < 8) {
                throw failure;
            }
            gaveUp.complete(System.nanoTime() - start);
            return null;
        };
        try (var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ZERO, (_, _) -> {}));
            long took = gaveUp.get(30, TimeUnit.SECONDS);
            assertTrue(took >= 630_000_000L, "5 + 10 + … + 320 ms, took " + took); // 635, less what a clock may round
            ctx.cancel();
            assertTrue(served.get().isClean());
            assertEquals(8, tries.get());
        }
    }

    /// After one that was accepted the pauses begin anew. How long one was is known from below only, so many are looked at.
    @Test
    void serve_thatHasAccepted_beginsWithTheShortestPauseAgain() throws Exception {
        try (var real = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                var ctx = BG.withCancel()) {
            var listener = Listener.of(server, server.selector);
            var tries = new AtomicInteger();
            var shortest = new AtomicLong(Long.MAX_VALUE);
            var failed = new AtomicLong();
            server.accept = () -> {
                int n = tries.incrementAndGet();
                if (n > 7 && n % 2 == 0) { // before it one has failed
                    shortest.accumulateAndGet(System.nanoTime() - failed.get(), n > 8 ? Math::min : (old, _) -> old);
                    if (shortest.get() < 300_000_000 || n > 40) {
                        ctx.cancel();
                    }
                    SocketChannel.open(real.getLocalAddress()).close();
                    return real.accept();
                }
                failed.set(System.nanoTime());
                throw failure;
            };
            listener.serve(ctx, Duration.ZERO, (_, _) -> {});
            assertTrue(shortest.get() < 300_000_000, "the shortest pause took " + shortest);
        }
    }

    @Test
    void serve_whoseContextEndsInAPause_isOver() throws Exception {
        var listener = Listener.of(server, server.selector);
        var tries = new AtomicInteger();
        try (var ctx = BG.withCancel()) {
            server.accept = () -> {
                if (tries.incrementAndGet() == 3) {
                    ctx.cancel();
                }
                throw failure;
            };
            assertTrue(listener.serve(ctx, Duration.ZERO, (_, _) -> {}).isClean());
            assertEquals(3, tries.get());
            assertFalse(listener.isOpen());
        }
    }

    /// A connection whose handler has no goroutine is closed, and the server goes down with the failure.
    @Test
    void serve_whenAGoroutineCannotBeStarted_closesWhatItHad() throws Exception {
        var bug = new IllegalStateException("no goroutine");
        var server = new CompletableFuture<Thread>();
        Runnable remove = Go.addSpawnHook(new SpawnHook<Object>() {
            @Override
            public @Nullable Object capture() {
                if (Thread.currentThread() == server.getNow(null)) {
                    throw bug;
                }
                return null;
            }

            @Override
            public Runnable install(Object captured) {
                return () -> {};
            }
        });
        try (Listener listener = Listener.listen("127.0.0.1:0")) {
            var served = running(() -> listener.serve(BG, Duration.ofHours(1), (_, _) -> {}));
            served.awaitBlocked("select");
            server.complete(served.thread);
            try (Conn client = Dialer.tcp().dial(BG, HostPort.of(listener.address()))) {
                assertSame(bug, assertInstanceOf(IllegalStateException.class, served.failure()));
                assertEquals(-1, client.read(BG, new byte[1]));
                assertFalse(listener.isOpen());
            }
        } finally {
            remove.run();
        }
    }
}
