package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.DeadlineExceededException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialerTest {
    /// A port whose queue is full: a dial to it gets no answer.
    static final class Silent implements AutoCloseable {
        private final List<Socket> filling = new ArrayList<>();
        final ServerSocket server;

        Silent() throws IOException {
            server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
            for (boolean full = false; !full;) {
                var socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : filling) {
                socket.close();
            }
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dial_withoutAnswer_endsWithItsContext(boolean virtual) throws Exception {
        try (var silent = new Silent()) {
            try (var parent = BG.withCancel(); var ctx = parent.withCancel()) {
                var dial = new Pair.Running<>(virtual, () -> Dialer.tcp().dial(ctx, silent.address()))
                        .awaitBlocked("connect");
                parent.cancel();
                assertInstanceOf(CancelledException.class, dial.failure());
            }
            try (var ctx = BG.withTimeout(Duration.ofMillis(30))) {
                assertThrows(DeadlineExceededException.class, () -> Dialer.tcp().dial(ctx, silent.address()));
            }
            assertThrows(DeadlineExceededException.class,
                    () -> Dialer.tcp().withTimeout(Duration.ofMillis(30)).dial(BG, silent.address()));
        }
    }

    @Test
    void dial_toAPortWhereNobodyListens_namesTheAddress() throws Exception {
        int port;
        try (Listener gone = Listener.listen("127.0.0.1:0")) {
            port = gone.address().getPort();
        }
        String at = "127.0.0.1:" + port;
        var e = assertThrows(ConnectException.class, () -> Dialer.tcp().dial(BG, at));
        assertEquals("dial tcp " + at + ": " + at + ": Connection refused", e.getMessage());
        assertInstanceOf(ConnectException.class, e.getSuppressed()[0]);
    }

    @Test
    void dial_ofSeveralAddresses_triesThemInTurn() throws Exception {
        var first = InetAddress.getByName("127.0.0.2");
        var second = InetAddress.getByName("127.0.0.1");
        HostPort name;
        try (Listener listener = Listener.listen("127.0.0.1:0")) {
            name = new HostPort("many.example", listener.address().getPort());
            try (Conn conn = Dialer.tcp().tryAll(BG, name, List.of(first, second))) {
                assertEquals(second, conn.remoteAddress().getAddress());
            }
        }
        var e = assertThrows(ConnectException.class, () -> Dialer.tcp().tryAll(BG, name, List.of(first, second)));
        assertEquals(2, e.getSuppressed().length);
        assertTrue(e.getMessage().contains("127.0.0.2:") && e.getMessage().contains("; 127.0.0.1:"), e.getMessage());
    }

    @Test
    void dial_whoseFirstAddressIsSilent_keepsAShareForTheNext() throws Exception {
        try (var silent = new Silent();
                Listener listener = Listener.listen("127.0.0.2:" + silent.server.getLocalPort());
                var ctx = BG.withTimeout(Duration.ofSeconds(20))) {
            var d = BG.withTimeout(Duration.ofMillis(3900)); // a half is less than the least share of two seconds
            try (d) {
                Conn conn = Dialer.tcp().tryAll(d, HostPort.parse(silent.address()),
                        List.of(silent.server.getInetAddress(), listener.address().getAddress()));
                assertEquals(listener.address(), conn.remoteAddress());
                conn.close();
            }
        }
    }

    @Test
    void dial_underADoneContext_doesNothing() {
        assertThrows(CancelledException.class, () -> Dialer.tcp().dial(ConnTest.done(), "127.0.0.1:1"));
    }

    @Test
    void dial_ofAName_looksItUp() throws Exception {
        try (Listener listener = Listener.listen("127.0.0.1:0");
                Conn conn = Dialer.tcp().dial(BG, "localhost:" + listener.address().getPort())) {
            assertTrue(conn.isOpen());
        }
        assertThrows(UnknownHostException.class, () -> Dialer.tcp().dial(BG, "no-such-host.invalid:80"));
    }

    @Test
    void dialer_withLocalAddress_comesFromThere() throws Exception {
        var from = new InetSocketAddress("127.0.0.3", 0);
        try (Listener listener = Listener.listen("127.0.0.1:0");
                Conn conn = Dialer.tcp().withLocalAddress(from).dial(BG, HostPort.of(listener.address()))) {
            assertEquals(from.getAddress(), conn.localAddress().getAddress());
        }
    }

    @Test
    void dialer_withWrongArguments_refusesThem() {
        assertEquals("timeout must be > 0, was PT0S",
                assertThrows(IllegalArgumentException.class, () -> Dialer.tcp().withTimeout(Duration.ZERO))
                        .getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> Dialer.tcp().withLocalAddress(InetSocketAddress.createUnresolved("a", 1)));
        assertThrows(NullPointerException.class, () -> Dialer.tcp().dial(null, "127.0.0.1:1"));
        assertThrows(NullPointerException.class, () -> Dialer.tcp().dial(BG, (String) null));
    }

    @Test
    void closedConnection_ofADialThatLost_isNotLeft() throws Exception {
        try (Listener listener = Listener.listen("127.0.0.1:0")) {
            var dial = running(() -> Dialer.tcp().dial(BG, HostPort.of(listener.address())));
            try (Conn server = listener.accept(BG)) {
                dial.get().close();
                assertEquals(-1, server.read(BG, new byte[1]));
            }
        }
    }
}
