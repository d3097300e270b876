package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.SpawnHook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
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

    @Test
    void serve_whoseListenerIsClosed_hasItsGracePeriodToo() throws Exception {
        var inside = new CountDownLatch(1);
        var listener = Listener.listen("127.0.0.1:0");
        var served = running(() -> listener.serve(BG, Duration.ofMillis(20), (c, conn) -> {
            inside.countDown();
            conn.read(c, new byte[1]);
        }));
        try (Conn client = Dialer.tcp().dial(BG, HostPort.of(listener.address()))) {
            assertTrue(inside.await(20, TimeUnit.SECONDS));
            listener.close();
            assertEquals(List.of(client.localAddress()), served.get().closed());
        }
    }

    /// Nobody waits for it, and nobody cuts its connection later.
    @Test
    void serve_interrupted_closesTheConnectionOfAHandlerThatIgnoresItsContext() throws Exception {
        var inside = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        var listener = Listener.listen("127.0.0.1:0");
        var served = running(() -> listener.serve(BG, Duration.ofHours(1), (_, _) -> {
            inside.countDown();
            free.await();
        }));
        try (Conn client = Dialer.tcp().dial(BG, HostPort.of(listener.address()));
                var patience = BG.withTimeout(Duration.ofSeconds(20))) {
            assertTrue(inside.await(20, TimeUnit.SECONDS));
            served.thread.interrupt();
            assertInstanceOf(InterruptedWaitException.class, served.failure());
            assertEquals(-1, client.read(patience, new byte[1]));
        } finally {
            free.countDown();
        }
    }

    /// A handler whose connection was closed under it has not failed.
    @Test
    void failure_ofAHandler_isReportedUnlessItMetOurClose() throws Exception {
        var reported = new LinkedBlockingQueue<Throwable>();
        var before = Go.failurePolicy(FailurePolicy.handler((_, t) -> reported.add(t)));
        try (var ctx = BG.withCancel()) {
            var listener = Listener.listen("127.0.0.1:0");
            var inside = new CountDownLatch(1);
            var over = new CountDownLatch(1);
            var served = running(() -> listener.serve(ctx, Duration.ZERO, (c, conn) -> {
                byte[] b = new byte[1];
                conn.read(c, b);
                if (b[0] == 1) {
                    throw failure;
                }
                inside.countDown();
                try {
                    conn.read(BG, b); // ends by the server's close
                } finally {
                    over.countDown();
                }
            }));
            HostPort at = HostPort.of(listener.address());
            try (Conn fails = Dialer.tcp().dial(BG, at); Conn stays = Dialer.tcp().dial(BG, at)) {
                fails.write(BG, new byte[] {1});
                assertSame(failure, reported.poll(20, TimeUnit.SECONDS));
                stays.write(BG, new byte[] {2});
                assertTrue(inside.await(20, TimeUnit.SECONDS));
                ctx.cancel();
                served.get();
                assertTrue(over.await(20, TimeUnit.SECONDS));
                Pair.eventually("the handlers are over", () -> Go.numGoroutine() == 0);
                assertNull(reported.poll());
            }
        } finally {
            Go.failurePolicy(before);
        }
    }

    /// The server cuts a connection, and its handler ends by that before the server says what it has cut.
    @Test
    void connection_thatIsCutAndThenEnds_isCountedOnce() throws Exception {
        var socket = new FakeSocket();
        var calls = new AtomicInteger();
        var inside = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        socket.onClose = () -> {
            if (calls.incrementAndGet() == 1) { // the server's
                free.countDown();
                try {
                    Pair.eventually("the handler is over", () -> Go.numGoroutine() == 0);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        };
        var accepted = new AtomicInteger();
        server.accept = () -> accepted.incrementAndGet() == 1 ? new FakeChannel(socket) : null;
        var listener = Listener.of(server, server.selector);
        try (var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ZERO, (_, _) -> {
                inside.countDown();
                free.await();
            }));
            assertTrue(inside.await(20, TimeUnit.SECONDS));
            ctx.cancel();
            Drained drained = served.get();
            assertEquals(1, drained.closed().size(), drained::toString);
            assertEquals(0, drained.ended());
            assertEquals(2, calls.get());
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
