package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TcpTableTest {
    static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode   \n";

    @TempDir
    private Path folder;

    static TcpTable.Ends ends(String local, int localPort, String remote, int remotePort) {
        return TcpTable.Ends.of(new InetSocketAddress(InetAddress.ofLiteral(local), localPort),
                new InetSocketAddress(InetAddress.ofLiteral(remote), remotePort));
    }

    /// The states of the rows whose ends are those.
    private List<Integer> states(String tcp, String tcp6, TcpTable.Ends wanted) throws IOException {
        Files.writeString(folder.resolve("tcp"), tcp);
        if (tcp6 != null) {
            Files.writeString(folder.resolve("tcp6"), tcp6);
        }
        var found = new ArrayList<Integer>();
        TcpTable.in(folder).each((e, state) -> {
            if (e.equals(wanted)) {
                assertEquals(wanted.hashCode(), e.hashCode());
                found.add(state);
            }
        });
        return found;
    }

    @Test
    void rows_ofIpv4_areFoundByAllFourParts() throws IOException {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN); // as the text was made
        String table = HEAD
                + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0\n"
                + "   1: 0100007F:1F90 0200007F:D2F4 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0\n"
                + "  12: 0100007F:1F90 0100007F:D2F5 08 00000000:00000001 00:00000000 00000000     0        0 3 1 0\n";
        assertEquals(List.of(0x01), states(table, null, ends("127.0.0.1", 8080, "127.0.0.2", 54004)));
        assertEquals(List.of(0x08), states(table, null, ends("127.0.0.1", 8080, "127.0.0.1", 54005)));
        assertEquals(List.of(), states(table, null, ends("127.0.0.1", 8080, "127.0.0.1", 54004)));
        assertEquals(List.of(), states(table, null, ends("127.0.0.1", 8081, "127.0.0.2", 54004)));
        assertEquals(List.of(), states(table, null, ends("127.0.0.3", 8080, "127.0.0.2", 54004)));
    }

    /// Each table costs the kernel a walk through all of its connections.
    @Test
    void secondTable_isReadOnlyWhereItIsNeeded_andComesFirstThen() throws IOException {
        String row = "   0: 0100007F:1F90 0100007F:%s 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0\n";
        Files.writeString(folder.resolve("tcp"), HEAD + row.formatted("0004"));
        Files.writeString(folder.resolve("tcp6"), HEAD + row.formatted("0006"));
        ClientWatch.Rows both = TcpTable.in(folder);
        assertEquals(List.of("tcp6"), read(both, "tcp6"));
        assertEquals(List.of("tcp6", "tcp"), read(both, "none"));
        assertEquals(List.of("tcp6", "tcp"), read(both, "tcp"));
        assertEquals(List.of("tcp"), read(both, "tcp")); // it was enough before
        assertEquals(List.of("tcp", "tcp6"), read(both, "tcp6"));
        Files.delete(folder.resolve("tcp6"));
        assertEquals(List.of("tcp"), read(both, "none"));
    }

    /// Which tables were read until the row of `wanted` was there.
    private static List<String> read(ClientWatch.Rows both, String wanted) throws IOException {
        var seen = new ArrayList<String>();
        both.each(new TcpTable.Row() {
            @Override
            public void see(TcpTable.Ends e, int state) {
                seen.add(e.equals(ends("127.0.0.1", 8080, "127.0.0.1", 4)) ? "tcp" : "tcp6");
            }

            @Override
            public boolean enough() {
                return seen.contains(wanted);
            }
        });
        return seen;
    }

    @Test
    void rows_ofIpv6_areFound_mappedOnesAsIpv4() throws IOException {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
        String six = HEAD
                + "   0: 0000000000000000FFFF00000100007F:B036 0000000000000000FFFF00000100007F:AA6F 01 0:0 0 0 0 0\n"
                + "   1: B80D0120000000000000000001000000:01BB B80D0120000000000000000002000000:AA70 08 0:0 0 0 0 0\n";
        assertEquals(List.of(0x01), states(HEAD, six, ends("127.0.0.1", 0xB036, "127.0.0.1", 0xAA6F)));
        assertEquals(List.of(0x08), states(HEAD, six, ends("2001:db8::1", 443, "2001:db8::2", 0xAA70)));
        assertEquals(List.of(), states(HEAD, six, ends("2001:db8:1::1", 443, "2001:db8::2", 0xAA70)));
    }

    @Test
    void rows_thatAreNone_arePassedOver() throws IOException {
        String good = "1: 0100007F:1F90 0200007F:D2F4 01 rest\n";
        String table = HEAD + "\n:\nnonsense\n 3: 0100007F:1F90\n 4: 0100007F:XXXX 0200007F:D2F4 01\n"
                + "5: 0100007F0:1F90 0200007F:D2F4 01\n" + "6: 0100007F:1F90 0200007F:D2F4 0" + "\n" + good;
        assertEquals(List.of(1), states(table, null, ends("127.0.0.1", 8080, "127.0.0.2", 54004)));
        assertEquals(List.of(),
                states(HEAD + good.substring(0, 30), null, ends("127.0.0.1", 8080, "127.0.0.2", 54004)));
    }

    @Test
    void rows_moreThanTheBuffer_areAllSeen() throws IOException {
        var table = new StringBuilder(HEAD);
        for (int i = 0; i < 5000; i++) {
            table.append("%4d: 0100007F:1F90 0200007F:%04X 01 00000000:00000000 00:00000000\n".formatted(i, i));
        }
        assertEquals(List.of(1), states(table.toString(), null, ends("127.0.0.1", 8080, "127.0.0.2", 4999)));
    }

    @Test
    void file_thatIsNoTable_isRefused() throws IOException {
        Files.writeString(folder.resolve("tcp"), "");
        var e = assertThrows(IOException.class, () -> TcpTable.in(folder).each((_, _) -> {}));
        assertTrue(e.getMessage().endsWith("but found nothing"), e::getMessage);
        Files.writeString(folder.resolve("tcp"), "x".repeat(100_000));
        assertThrows(IOException.class, () -> TcpTable.in(folder).each((_, _) -> {}));
        assertThrows(FileNotFoundException.class, () -> TcpTable.in(folder.resolve("none")).each((_, _) -> {}));
    }

    @Test
    void ends_thatAreNotResolved_areNone() {
        assertNull(TcpTable.Ends.of(InetSocketAddress.createUnresolved("x", 1), new InetSocketAddress(1)));
        assertNull(TcpTable.Ends.of(new InetSocketAddress(1), InetSocketAddress.createUnresolved("x", 1)));
        assertNotEquals(ends("127.0.0.1", 1, "127.0.0.1", 2), ends("127.0.0.1", 2, "127.0.0.1", 1));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void kernel_hasAConnectionOfOurs_untilItIsReset() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(server.getInetAddress(), server.getLocalPort());
                var accepted = server.accept()) {
            var ends = TcpTable.Ends.of((InetSocketAddress) accepted.getLocalSocketAddress(),
                    (InetSocketAddress) accepted.getRemoteSocketAddress());
            var found = new ArrayList<Integer>();
            TcpTable.in(Path.of("/proc/net")).each((e, state) -> {
                if (e.equals(ends)) {
                    found.add(state);
                }
            });
            assertEquals(List.of(TcpTable.ESTABLISHED), found);
            assertTrue(client.isConnected());
        }
    }
}
