package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import dev.millrace.go.SpawnHook;
import dev.millrace.internal.ContextBase;
import dev.millrace.net.DialerTest.Silent;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Dials that fail: what they say, and what they leave.
class DialerFaultTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.2");

    private static int freePort() throws IOException {
        try (Listener gone = Listener.listen("127.0.0.1:0")) {
            return gone.address().getPort();
        }
    }

    @Test
    void dial_whoseContextEndsAtTheSecondAddress_tellsOfTheFirstToo() throws Exception {
        try (var silent = new Silent(); var ctx = BG.withTimeout(Duration.ofMillis(100))) {
            var e = assertThrows(DeadlineExceededException.class, () -> Dialer.tcp().tryAll(ctx,
                    HostPort.parse(silent.address()), List.of(SECOND, FIRST)));
            assertTrue(List.of(e.getSuppressed()).stream().anyMatch(ConnectException.class::isInstance),
                    List.of(e.getSuppressed()).toString());
        }
    }

    @Test
    void dial_whoseAddressesAllFail_saysWhichTookItsShare() throws Exception {
        try (var silent = new Silent(); var ctx = BG.withTimeout(Duration.ofMillis(3_900))) {
            var e = assertThrows(ConnectException.class, () -> Dialer.tcp().tryAll(ctx,
                    HostPort.parse(silent.address()), List.of(FIRST, SECOND)));
            assertTrue(e.getMessage().contains("127.0.0.1:" + silent.server.getLocalPort()
                    + ": no answer within its share of 2000 ms; 127.0.0.2:"), e.getMessage());
            var late = assertInstanceOf(SocketTimeoutException.class, e.getSuppressed()[0]);
            assertInstanceOf(DeadlineExceededException.class, late.getSuppressed()[0]);
        }
    }

    /// With less than the least share left, there is nothing to share.
    @Test
    void dial_withLittleTime_givesAllOfItToTheFirst() throws Exception {
        try (var silent = new Silent(); var ctx = BG.withName("short").withTimeout(Duration.ofMillis(100))) {
            var e = assertThrows(DeadlineExceededException.class, () -> Dialer.tcp().tryAll(ctx,
                    HostPort.parse(silent.address()), List.of(FIRST, SECOND)));
            assertTrue(e.getMessage().contains("\"short\""), e.getMessage());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void dials_thatFail_leaveNoDescriptor() throws Exception {
        int port = freePort();
        var elsewhere = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0); // none of this machine's
        File open = new File("/proc/self/fd");
        assertThrows(ConnectException.class, () -> Dialer.tcp().dial(BG, "127.0.0.1:" + port));
        int before = open.list().length;
        for (int i = 0; i < 50; i++) {
            assertThrows(ConnectException.class, () -> Dialer.tcp().dial(BG, "127.0.0.1:" + port));
            var e = assertThrows(ConnectException.class,
                    () -> Dialer.tcp().withLocalAddress(elsewhere).dial(BG, "127.0.0.1:" + port));
            assertInstanceOf(BindException.class, e.getSuppressed()[0]);
        }
        assertTrue(open.list().length < before + 20, before + " -> " + open.list().length);
    }

    @Test
    void dials_thatAreOver_leaveNothingAtTheirContext() throws Exception {
        int port = freePort();
        try (var ctx = BG.withCancel(); Listener listener = Listener.listen("127.0.0.1:0")) {
            assertThrows(ConnectException.class, () -> Dialer.tcp().dial(ctx, "127.0.0.1:" + port));
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
            Dialer.tcp().dial(ctx, HostPort.of(listener.address())).close();
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
        }
    }

    /// A dial from the very port that it dials is answered by itself: two halves of one socket.
    @Test
    @EnabledOnOs(OS.LINUX)
    void dial_thatIsAnsweredByItself_isRefused() throws Exception {
        int port = freePort();
        var e = assertThrows(ConnectException.class, () -> Dialer.tcp()
                .withLocalAddress(new InetSocketAddress(FIRST, port)).dial(BG, "127.0.0.1:" + port));
        assertTrue(e.getMessage().endsWith("Connection refused (only this dial itself answered)"), e.getMessage());
    }

    /// Counts what the calling thread starts.
    private record Counts(Thread whose, AtomicInteger started) implements SpawnHook<Object> {
        @Override
        public @Nullable Object capture() {
            if (Thread.currentThread() == whose) {
                started.incrementAndGet();
            }
            return null;
        }

        @Override
        public Runnable install(Object captured) {
            return () -> {};
        }
    }

    @Test
    void lookUp_isMadeForANameOnlyAndNotUnderADoneContext() throws Exception {
        var started = new AtomicInteger();
        Runnable remove = Go.addSpawnHook(new Counts(Thread.currentThread(), started));
        try (Listener listener = Listener.listen("127.0.0.1:0")) {
            int port = listener.address().getPort();
            assertThrows(CancelledException.class, () -> Dialer.tcp().dial(ConnTest.done(), "localhost:" + port));
            Dialer.tcp().dial(BG, ":" + port).close();
            Dialer.tcp().dial(BG, "127.0.0.1:" + port).close();
            assertThrows(ConnectException.class, () -> Dialer.tcp().dial(BG, "[::1]:" + port));
            assertEquals(0, started.get());
            Dialer.tcp().dial(BG, "localhost:" + port).close();
            assertEquals(1, started.get());
            assertThrows(UnknownHostException.class, () -> Dialer.tcp().dial(BG, "no-such-host.invalid7:" + port));
            assertEquals(2, started.get());
        } finally {
            remove.run();
        }
    }

    @Test
    void dialer_keepsItsLimitsAndSaysThem() {
        var from = new InetSocketAddress(FIRST, 7);
        assertEquals("Dialer tcp", Dialer.tcp().toString());
        assertEquals("Dialer tcp, timeout PT2S, from 127.0.0.1:7",
                Dialer.tcp().withTimeout(Duration.ofSeconds(2)).withLocalAddress(from).toString());
        assertEquals("Dialer tcp, timeout PT2S, from 127.0.0.1:7",
                Dialer.tcp().withLocalAddress(from).withTimeout(Duration.ofSeconds(2)).toString());
        assertThrows(NullPointerException.class, () -> Dialer.tcp().dial(ConnTest.done(), (HostPort) null));
    }
}
