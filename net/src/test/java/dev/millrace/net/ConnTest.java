package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnTest {
    private static final byte[] HUGE = new byte[64 << 20];
    private Pair pair;

    @BeforeEach
    void open() throws Exception {
        pair = Pair.open();
    }

    @AfterEach
    void close() throws Exception {
        pair.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void read_whoseDeadlinePasses_leavesTheConnectionUsable(boolean accepted) throws Exception {
        Conn reader = accepted ? pair.server() : pair.client();
        Conn writer = accepted ? pair.client() : pair.server();
        for (int waited = 0; waited < 5;) {
            try (var ctx = BG.withTimeout(Duration.ofMillis(10))) {
                var e = assertThrows(DeadlineExceededException.class, () -> reader.read(ctx, new byte[8]));
                for (Throwable t : e.getSuppressed()) { // none when the time was over before the read began
                    assertInstanceOf(SocketTimeoutException.class, t);
                    waited++;
                }
            }
        }
        writer.write(BG, new byte[] {1, 2, 3});
        byte[] got = new byte[8];
        assertEquals(3, reader.read(BG, got));
        assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 0, 0, 0}, got);
        assertTrue(reader.isOpen());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void read_cancelled_closesAndTheOtherEndSeesTheEnd(boolean virtual) throws Exception {
        for (Conn reader : new Conn[] {pair.server(), pair.client()}) {
            try (var ctx = BG.withCancel(); Pair other = Pair.open()) {
                Conn conn = reader == pair.server() ? other.server() : other.client();
                Conn end = conn == other.server() ? other.client() : other.server();
                var read = new Pair.Running<>(virtual, () -> conn.read(ctx, new byte[8])).awaitBlocked("blockingRead");
                var cause = new IOException("enough");
                ctx.cancel(cause);
                var e = assertInstanceOf(CancelledException.class, read.failure());
                assertSame(cause, e.getCause());
                assertFalse(conn.isOpen());
                assertEquals(-1, end.read(BG, new byte[8]));
                var later = assertThrows(SocketException.class, () -> conn.read(BG, new byte[8]));
                assertTrue(later.getMessage().endsWith("closed by a read that its context cut short"),
                        later.getMessage());
            }
        }
    }

    @Test
    void read_whoseParentIsCancelled_throwsAlsoWithADeadlineOfItsOwn() throws Exception {
        try (var parent = BG.withCancel(); var ctx = parent.withTimeout(Duration.ofHours(1))) {
            var read = running(() -> pair.client().read(ctx, new byte[8])).awaitBlocked("blockingRead");
            parent.cancel();
            assertInstanceOf(CancelledException.class, read.failure());
            assertEquals(-1, pair.server().read(BG, new byte[8]));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void write_cutShort_closesByAReset(boolean byDeadline) throws Exception {
        try (var ctx = byDeadline ? BG.withTimeout(Duration.ofMillis(100)) : BG.withCancel()) {
            var write = running(() -> {
                pair.client().write(ctx, HUGE);
                return null;
            });
            if (!byDeadline) {
                write.awaitBlocked("blockingWriteFully");
                ctx.cancel();
            }
            assertSame(byDeadline ? DeadlineExceededException.class : CancelledException.class,
                    write.failure().getClass());
            assertFalse(pair.client().isOpen());
            byte[] b = new byte[1 << 16];
            assertThrows(IOException.class, () -> {
                while (pair.server().read(BG, b) >= 0) {
                    // until the reset; an orderly end would be -1
                }
            });
        }
    }

    @Test
    void operations_underADoneContext_doNothingAndCloseNothing() throws Exception {
        Context done = done();
        pair.server().write(BG, new byte[] {7});
        assertThrows(CancelledException.class, () -> pair.client().read(done, new byte[1]));
        assertThrows(CancelledException.class, () -> pair.client().write(done, new byte[] {9}));
        assertThrows(CancelledException.class, () -> pair.client().read(done, new byte[0]));
        byte[] b = new byte[1];
        assertEquals(1, pair.client().read(BG, b));
        assertEquals(7, b[0]);
        pair.client().write(BG, new byte[] {8});
        assertEquals(1, pair.server().read(BG, b));
        assertEquals(8, b[0]);
    }

    static Context done() {
        var ctx = BG.withCancel();
        ctx.cancel();
        return ctx;
    }

    @Test
    void close_whileAnotherReads_endsTheRead() throws Exception {
        var read = running(() -> pair.client().read(BG, new byte[1])).awaitBlocked("blockingRead");
        pair.client().close();
        var e = assertInstanceOf(SocketException.class, read.failure());
        assertTrue(e.getMessage().startsWith("use of closed network connection tcp 127.0.0.1:"), e.getMessage());
        assertThrows(SocketException.class, () -> pair.client().write(BG, new byte[1]));
        assertThrows(SocketException.class, () -> pair.client().closeWrite());
        pair.client().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void interrupt_whileReading_closesAndIsRethrownAsItCame(boolean virtual) throws Exception {
        var read = new Pair.Running<>(virtual, () -> {
            var e = assertThrows(ClosedByInterruptException.class, () -> pair.client().read(BG, new byte[1]));
            assertTrue(Thread.currentThread().isInterrupted());
            return e;
        }).awaitBlocked("blockingRead");
        read.thread.interrupt();
        read.get();
        var e = assertThrows(SocketException.class, () -> pair.client().read(BG, new byte[1]));
        assertTrue(e.getMessage().endsWith("closed by an interrupt"), e.getMessage());
    }

    @Test
    void secondReader_whoseContextEnds_leavesTheFirstAlone() throws Exception {
        var first = running(() -> pair.client().read(BG, new byte[1])).awaitBlocked("blockingRead");
        try (var ctx = BG.withTimeout(Duration.ofMillis(20))) {
            assertThrows(DeadlineExceededException.class, () -> pair.client().read(ctx, new byte[1]));
        }
        pair.server().write(BG, new byte[] {1});
        assertEquals(1, first.get());
    }

    @Test
    void closeWrite_endsTheOtherEndsReadingOnly() throws Exception {
        pair.client().write(BG, new byte[] {1});
        pair.client().closeWrite();
        byte[] b = new byte[4];
        assertEquals(1, pair.server().read(BG, b));
        assertEquals(-1, pair.server().read(BG, b));
        assertEquals(-1, pair.server().read(BG, b));
        pair.server().write(BG, new byte[] {2});
        assertEquals(1, pair.client().read(BG, b));
    }

    @Test
    void failureOfTheSystem_underALiveContext_isRethrownAsItCame() throws Exception {
        try (var ctx = BG.withTimeout(Duration.ofMillis(50))) {
            assertThrows(DeadlineExceededException.class, () -> pair.client().write(ctx, HUGE));
        }
        byte[] b = new byte[1 << 16];
        var e = assertThrows(IOException.class, () -> {
            while (pair.server().read(BG, b) >= 0) {
                // until the reset
            }
        });
        assertTrue(e.getMessage().contains("reset"), e.getMessage());
        assertEquals(0, e.getSuppressed().length);
    }

    @Test
    void arguments_thatAreWrong_areRefused() {
        Conn conn = pair.client();
        assertThrows(NullPointerException.class, () -> conn.read(null, new byte[1]));
        assertThrows(NullPointerException.class, () -> conn.read(BG, null));
        assertThrows(NullPointerException.class, () -> conn.write(null, new byte[1]));
        assertThrows(IndexOutOfBoundsException.class, () -> conn.read(BG, new byte[4], 2, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> conn.write(BG, new byte[4], -1, 2));
        assertTrue(conn.isOpen());
    }
}
