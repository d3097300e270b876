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
import dev.millrace.context.Context;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What no real socket does when a test wants it.
class ConnFaultTest {
    private final FakeSocket socket = new FakeSocket();
    private final IOException failure = new IOException("planted");

    @Test
    void connection_hasNoDelayAndIsKeptAlive() throws Exception {
        assertTrue(new Conn(socket).isOpen());
        assertTrue(socket.noDelay);
        assertTrue(socket.keepAlive);
    }

    /// An operation that is over has nothing to do with what its context does later.
    @Test
    void operation_thatLeftByAnError_isNotCutLater() throws Exception {
        var conn = new Conn(socket);
        var bug = new IllegalStateException("planted");
        socket.read = () -> {
            throw bug;
        };
        socket.write = socket.read;
        try (var ctx = BG.withCancel()) {
            assertSame(bug, assertThrows(IllegalStateException.class, () -> conn.read(ctx, new byte[1])));
            assertSame(bug, assertThrows(IllegalStateException.class, () -> conn.write(ctx, new byte[1])));
        }
        assertTrue(conn.isOpen());
    }

    @Test
    void failure_underALiveContext_closesNothing() throws Exception {
        var conn = new Conn(socket);
        socket.read = () -> {
            throw failure;
        };
        socket.write = socket.read;
        try (var ctx = BG.withCancel()) {
            assertSame(failure, assertThrows(IOException.class, () -> conn.read(ctx, new byte[1])));
            assertSame(failure, assertThrows(IOException.class, () -> conn.write(ctx, new byte[1])));
        }
        assertTrue(conn.isOpen());
    }

    /// The failure is the outcome by then.
    @Test
    void failure_justBeforeTheContextEnds_isThrownAsItCame() throws Exception {
        var conn = new Conn(socket);
        try (var ctx = BG.withCancel()) {
            socket.read = () -> {
                socket.onIsClosed = ctx::cancel; // asked when the context was found alive
                throw failure;
            };
            assertSame(failure, assertThrows(IOException.class, () -> conn.read(ctx, new byte[1])));
            assertTrue(ctx.isDone());
        }
        assertTrue(conn.isOpen());
    }

    /// The context has ended, and has told others so far. What failed is thrown as the context's, and a write that throws that has closed.
    @Test
    void write_thatFailsBeforeTheContextHasTold_closesByAReset() throws Exception {
        var conn = new Conn(socket);
        var writing = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        socket.write = () -> {
            writing.countDown();
            await(ended);
            throw failure;
        };
        var ctx = BG.withCancel(); // not closed here: that waits for the cancel
        try {
            Cut before = Cut.enter(ctx, () -> await(goOn), Long.MAX_VALUE);
            var write = running(() -> {
                conn.write(ctx, new byte[1]);
                return null;
            });
            await(writing);
            Cut after = Cut.enter(ctx, () -> await(goOn), Long.MAX_VALUE);
            Thread canceller = Thread.ofPlatform().start(ctx::cancel); // hangs with the first that it tells, whichever that is
            Pair.eventually("the end", ctx::isDone);
            ended.countDown();
            assertSame(failure, assertInstanceOf(CancelledException.class, write.failure()).getSuppressed()[0]);
            assertFalse(conn.isOpen());
            assertEquals(0, socket.linger);
            goOn.countDown();
            canceller.join();
            assertFalse(before.exit() || after.exit());
        } finally {
            goOn.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closedConnection_anyOperation_saysByWhatItWasClosed() throws Exception {
        try (Pair pair = Pair.open()) {
            var read = running(() -> pair.client().read(BG, new byte[1])).awaitBlocked("blockingRead");
            pair.client().close();
            assertInstanceOf(IOException.class, read.failure().getSuppressed()[0]);
            for (var operation : new org.junit.jupiter.api.function.Executable[] {
                () -> pair.client().read(BG, new byte[1]), () -> pair.client().read(BG, new byte[0]),
                () -> pair.client().write(BG, new byte[1]), () -> pair.client().write(BG, new byte[0]),
                () -> pair.client().closeWrite()
            }) {
                var e = assertThrows(SocketException.class, operation);
                assertTrue(e.getMessage().endsWith(": closed by close()"), e.getMessage());
                assertEquals(0, e.getSuppressed().length, "it was not tried");
            }
        }
    }

    @Test
    void range_thatIsWrong_isRefusedBeforeAnythingElse() throws Exception {
        var conn = new Conn(socket);
        for (Context ctx : new Context[] {BG, ConnTest.done()}) {
            assertThrows(IndexOutOfBoundsException.class, () -> conn.read(ctx, new byte[4], 5, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> conn.write(ctx, new byte[4], 5, 0));
        }
        assertEquals(0, conn.read(BG, new byte[4], 4, 0));
    }

    /// The timer is set when it changes, and taken back for a read without a deadline.
    @Test
    void read_hasTheTimerOfItsOwnContextOnly() throws Exception {
        var conn = new Conn(socket);
        try (var ctx = BG.withTimeout(Duration.ofMinutes(10))) {
            conn.read(ctx, new byte[1]);
            assertTrue(socket.timeout > 500_000 && socket.timeout <= 600_001, "milliseconds: " + socket.timeout);
        }
        conn.read(BG, new byte[1]);
        assertEquals(0, socket.timeout);
    }
}
