package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTest {
    private Listener listener;

    @BeforeEach
    void open() throws Exception {
        listener = Listener.listen("127.0.0.1:0");
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
    }

    private Conn dial() throws Exception {
        return Dialer.tcp().dial(BG, HostPort.of(listener.address()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void accept_cancelled_leavesTheListenerUsable(boolean virtual) throws Exception {
        try (var ctx = BG.withCancel()) {
            var accept = new Pair.Running<>(virtual, () -> listener.accept(ctx)).awaitBlocked("select");
            ctx.cancel();
            assertInstanceOf(CancelledException.class, accept.failure());
        }
        try (var ctx = BG.withTimeout(Duration.ofMillis(10))) {
            assertThrows(DeadlineExceededException.class, () -> listener.accept(ctx));
        }
        try (Conn client = dial(); Conn server = listener.accept(BG)) {
            assertEquals(client.localAddress(), server.remoteAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void accept_interrupted_leavesTheListenerUsable(boolean virtual) throws Exception {
        var accept = new Pair.Running<>(virtual, () -> {
            assertThrows(InterruptedWaitException.class, () -> listener.accept(BG));
            assertTrue(Thread.currentThread().isInterrupted());
            return assertThrows(RuntimeException.class, () -> listener.accept(BG));
        }).awaitBlocked("select");
        accept.thread.interrupt();
        accept.get();
        try (Conn client = dial(); Conn server = listener.accept(BG)) {
            assertTrue(server.isOpen() && client.isOpen());
        }
    }

    @Test
    void accept_underADoneContext_acceptsNothing() throws Exception {
        try (Conn client = dial()) {
            assertThrows(CancelledException.class, () -> listener.accept(ConnTest.done()));
            try (Conn server = listener.accept(BG)) {
                assertEquals(client.localAddress(), server.remoteAddress());
            }
        }
    }

    @Test
    void close_whileAnotherAccepts_endsTheAccept() throws Exception {
        var accept = running(() -> listener.accept(BG)).awaitBlocked("select");
        listener.close();
        var e = assertInstanceOf(SocketException.class, accept.failure());
        assertTrue(e.getMessage().startsWith("accept on closed listener tcp 127.0.0.1:"), e.getMessage());
        assertThrows(SocketException.class, () -> listener.accept(BG));
        assertFalse(listener.isOpen());
        assertThrows(ConnectException.class, this::dial);
    }

    @Test
    void listen_atATakenAddress_namesIt() {
        String at = HostPort.of(listener.address()).toString();
        var e = assertThrows(BindException.class, () -> Listener.listen(at));
        assertTrue(e.getMessage().startsWith("listen tcp " + at + ": "), e.getMessage());
        assertInstanceOf(BindException.class, e.getSuppressed()[0]);
    }

    /// A server may accept for ever under one context.
    @Test
    void accept_thatIsOver_leavesNothingAtItsContext() throws Exception {
        try (var ctx = BG.withCancel()) {
            var used = accepted(ctx);
            Pair.eventually("the context keeps the listener", () -> {
                System.gc();
                return used.get() == null;
            });
            assertFalse(ctx.isDone());
        }
    }

    private static WeakReference<Listener> accepted(Context ctx) throws Exception {
        try (Listener listener = Listener.listen("127.0.0.1:0")) {
            var accept = running(() -> listener.accept(ctx)).awaitBlocked("select");
            Dialer.tcp().dial(BG, HostPort.of(listener.address())).close();
            accept.get().close();
            return new WeakReference<>(listener);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listeners_thatCannotListen_orAreClosed_leaveNoDescriptor() throws Exception {
        String taken = HostPort.of(listener.address()).toString();
        File open = new File("/proc/self/fd");
        int before = open.list().length;
        for (int i = 0; i < 50; i++) {
            assertThrows(BindException.class, () -> Listener.listen(taken));
            Listener.listen("127.0.0.1:0").close();
        }
        assertTrue(open.list().length < before + 20, before + " -> " + open.list().length);
    }

    @Test
    void close_whileAnotherAccepts_keepsWhatTheSystemSaid() throws Exception {
        var accept = running(() -> listener.accept(BG)).awaitBlocked("select");
        listener.close();
        assertEquals(1, accept.failure().getSuppressed().length);
        try (var ctx = BG.withCancel()) {
            ctx.cancel();
            assertThrows(CancelledException.class, () -> listener.accept(ctx), "the context is looked at first");
        }
    }

    @Test
    void listen_withoutHost_isReachedByAnyAddress() throws Exception {
        try (Listener all = Listener.listen(":0");
                Conn conn = Dialer.tcp().dial(BG, "127.0.0.2:" + all.address().getPort())) {
            assertTrue(conn.isOpen());
            assertTrue(all.isOpen());
        }
    }

    @Test
    void serve_whenItsContextEnds_drainsAndSaysWhatItClosed() throws Exception {
        var polite = new CountDownLatch(1);
        var seen = new CompletableFuture<Throwable>();
        try (var ctx = BG.withName("server").withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ofMillis(300), (c, conn) -> {
                byte[] b = new byte[1];
                assertEquals(1, conn.read(c, b));
                conn.write(c, b);
                if (b[0] == 1) {
                    polite.await();
                    conn.write(c, new byte[] {9});
                } else {
                    try {
                        conn.read(c, b);
                    } catch (ContextException e) {
                        seen.complete(e);
                        throw e;
                    }
                }
            }));
            try (Conn ends = dial(); Conn stays = dial()) {
                byte[] b = new byte[1];
                for (Conn each : List.of(ends, stays)) {
                    each.write(BG, new byte[] {(byte) (each == ends ? 1 : 2)});
                    assertEquals(1, each.read(BG, b));
                }
                ctx.cancel();
                Pair.eventually("the listener is closed", () -> !listener.isOpen());
                assertThrows(ConnectException.class, this::dial);
                polite.countDown();
                assertEquals(1, ends.read(BG, b)); // within the grace period all goes on
                assertEquals(9, b[0]);
                assertEquals(-1, stays.read(BG, b));
                Drained drained = served.get();
                assertEquals(1, drained.ended());
                assertEquals(List.of(stays.localAddress()), drained.closed());
                assertFalse(drained.isClean());
                assertTrue(drained.took().toMillis() >= 290, drained.toString());
                assertInstanceOf(CancelledException.class, seen.get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void serve_whoseConnectionsEndInTime_doesNotWaitForTheGrace() throws Exception {
        try (var ctx = BG.withCancel()) {
            var served =
                    running(() -> listener.serve(ctx, Duration.ofHours(1), (c, conn) -> conn.read(c, new byte[1])));
            try (Conn client = dial()) {
                client.write(BG, new byte[] {1});
                assertEquals(-1, client.read(BG, new byte[1])); // the handler has returned
                ctx.cancel();
                Drained drained = served.get();
                assertTrue(drained.isClean());
                assertEquals(1, drained.ended());
            }
        }
    }

    @Test
    void serve_withoutGrace_closesAtOnce() throws Exception {
        var inside = new CountDownLatch(1);
        try (var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ZERO, (c, conn) -> {
                inside.countDown();
                conn.read(c, new byte[1]);
            }));
            try (Conn client = dial()) {
                assertTrue(inside.await(10, TimeUnit.SECONDS));
                ctx.cancel();
                assertEquals(List.of(client.localAddress()), served.get().closed());
                assertEquals(-1, client.read(BG, new byte[1]));
            }
        }
    }

    @Test
    void serve_withManyThatAreCutAtOnce_countsEachAsCut() throws Exception {
        int many = 50;
        var inside = new CountDownLatch(many);
        try (var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ofMillis(10), (c, conn) -> {
                inside.countDown();
                conn.read(c, new byte[1]);
            }));
            var clients = new ArrayList<Conn>();
            for (int i = 0; i < many; i++) {
                clients.add(dial());
            }
            assertTrue(inside.await(10, TimeUnit.SECONDS));
            ctx.cancel();
            Drained drained = served.get();
            assertEquals(many, drained.closed().size()); // whether its handler or the server came first
            assertEquals(0, drained.ended());
            for (Conn client : clients) {
                assertEquals(-1, client.read(BG, new byte[1]));
                client.close();
            }
        }
    }

    @Test
    void serve_whoseListenerIsClosed_drainsToo() throws Exception {
        var served = running(() -> listener.serve(BG, Duration.ZERO, (c, conn) -> conn.read(c, new byte[1])))
                .awaitBlocked("select");
        listener.close();
        assertTrue(served.get().isClean());
    }

    @Test
    void serve_withAHandlerThatIgnoresItsContext_doesNotWaitForIt() throws Exception {
        var inside = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        try (var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ofMillis(20), (c, conn) -> {
                inside.countDown();
                free.await();
            }));
            try (Conn client = dial()) {
                assertTrue(inside.await(10, TimeUnit.SECONDS));
                ctx.cancel();
                assertEquals(List.of(client.localAddress()), served.get().closed());
                assertEquals(-1, client.read(BG, new byte[1]));
            }
        } finally {
            free.countDown();
        }
    }

    @Test
    void serve_interrupted_closesAll() throws Exception {
        var inside = new CountDownLatch(1);
        var served = running(() -> listener.serve(BG, Duration.ofHours(1), (c, conn) -> {
            inside.countDown();
            conn.read(c, new byte[1]);
        }));
        try (Conn client = dial()) {
            assertTrue(inside.await(10, TimeUnit.SECONDS));
            served.thread.interrupt();
            assertInstanceOf(InterruptedWaitException.class, served.failure());
            assertEquals(-1, client.read(BG, new byte[1]));
            assertFalse(listener.isOpen());
        }
    }

    @Test
    void serve_withWrongArguments_changesNothing() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> listener.serve(BG, Duration.ofMillis(-1), (c, conn) -> {}));
        assertEquals("grace must be >= 0, was PT-0.001S", e.getMessage());
        assertThrows(NullPointerException.class, () -> listener.serve(null, Duration.ZERO, (c, conn) -> {}));
        assertThrows(NullPointerException.class, () -> listener.serve(BG, Duration.ZERO, null));
        assertThrows(CancelledException.class,
                () -> listener.serve(ConnTest.done(), Duration.ZERO, (c, conn) -> {}));
        assertTrue(listener.isOpen());
    }
}
