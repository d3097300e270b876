package dev.millrace.http.server;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the kernel's table of TCP connections, `/proc/net/tcp` or `tcp6`. One buffer and no object per row. For one thread.
final class TcpTable {
    static final int ESTABLISHED = 0x01;
    static final int CLOSE_WAIT = 0x08;

    private static final byte[] HEAD = "local_address".getBytes(StandardCharsets.US_ASCII);
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long MAPPED = 0xFFFF_0000_0000L; // ::ffff:a.b.c.d, the form in which tcp6 has IPv4

    private final Ends probe = new Ends();
    private byte[] bytes = new byte[64 << 10];
    private int length;
    private int at;

    /// Both ends of a connection, IPv4 in its mapped form. A key; the table's own changes from row to row.
    static final class Ends {
        private long localHigh;
        private long localLow;
        private int localPort;
        private long remoteHigh;
        private long remoteLow;
        private int remotePort;

        /// Null when an address is not resolved.
        static @Nullable Ends of(InetSocketAddress local, InetSocketAddress remote) {
            if (local.getAddress() == null || remote.getAddress() == null) {
                return null;
            }
            var ends = new Ends();
            byte[] l = local.getAddress().getAddress();
            ends.localHigh = high(l);
            ends.localLow = low(l);
            ends.localPort = local.getPort();
            byte[] r = remote.getAddress().getAddress();
            ends.remoteHigh = high(r);
            ends.remoteLow = low(r);
            ends.remotePort = remote.getPort();
            return ends;
        }

        private static long high(byte[] address) {
            return address.length == 4 ? 0 : bits(address, 0, 8);
        }

        private static long low(byte[] address) {
            return address.length == 4 ? MAPPED | bits(address, 0, 4) : bits(address, 8, 8);
        }

        private static long bits(byte[] address, int from, int n) {
            long all = 0;
            for (int i = from; i < from + n; i++) {
                all = all << 8 | (address[i] & 0xFF);
            }
            return all;
        }

        int localPort() {
            return localPort;
        }

        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Ends e && localLow == e.localLow && remoteLow == e.remoteLow
                    && localPort == e.localPort && remotePort == e.remotePort
                    && localHigh == e.localHigh && remoteHigh == e.remoteHigh;
        }

        @Override
        public int hashCode() {
            long mix = (remoteLow * 31 + remotePort) * 31 + localPort + localLow * 0x9E3779B97F4A7C15L + remoteHigh;
            return (int) (mix ^ mix >>> 32);
        }
    }

    interface Row {
        /// @param ends changes after the call
        void see(Ends ends, int state);

        /// Asked between the two tables: whether the other one need not be read.
        default boolean enough() {
            return false;
        }
    }

    /// The rows of both tables in `folder`, the second one only where it is needed: the kernel goes through all of its connections for each. The one with IPv6 is not there in a
    /// kernel without that; with it, IPv4 may be in either, and that of a JVM is in general in the one with IPv6.
    static ClientWatch.Rows in(Path folder) {
        var table = new TcpTable();
        Path four = folder.resolve("tcp");
        Path six = folder.resolve("tcp6");
        return new ClientWatch.Rows() {
            private Path first = six;

            @Override
            public void each(Row row) throws IOException {
                if (!Files.exists(six)) {
                    table.read(four, row);
                    return;
                }
                table.read(first, row);
                if (!row.enough()) {
                    Path second = first == six ? four : six;
                    table.read(second, row);
                    if (row.enough()) { // next time it may be enough by itself
                        first = second;
                    }
                }
            }
        };
    }

    /// Shows every row of `file`. What is no row is passed over.
    ///
    /// @throws IOException when it cannot be read, or is no such table
    void read(Path file, Row row) throws IOException {
        try (var in = new FileInputStream(file.toFile())) {
            length = 0;
            for (int n; (n = in.read(bytes, length, bytes.length - length)) >= 0;) {
                length += n;
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * length);
                }
            }
        }
        int end = endOfLine(0);
        if (!isHead(end)) {
            throw new IOException(
                    "expected the kernel's table of TCP connections in " + file + ", which begins with \"sl"
                            + "  local_address\", but found "
                            + (length == 0 ? "nothing" : "something else"));
        }
        for (int from = end + 1; from < length; from = end + 1) {
            end = endOfLine(from);
            int state = parse(from, end);
            if (state >= 0) {
                row.see(probe, state);
            }
        }
    }

    private int endOfLine(int from) {
        int i = from;
        while (i < length && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    private boolean isHead(int end) {
        for (int i = 0; i + HEAD.length <= end; i++) {
            if (Arrays.equals(bytes, i, i + HEAD.length, HEAD, 0, HEAD.length)) {
                return true;
            }
        }
        return false;
    }

    /// Takes a row apart: `   0: 0100007F:1F90 0100007F:D2F4 01 …`. Answers its state, -1 when it is no row.
    private int parse(int from, int end) {
        at = from;
        while (at < end && bytes[at] != ':') {
            at++;
        }
        at += 2;
        long port = address(end);
        probe.localHigh = high;
        probe.localLow = low;
        long remotePort = address(end);
        probe.remoteHigh = high;
        probe.remoteLow = low;
        long state = hex(2, end);
        probe.localPort = (int) port;
        probe.remotePort = (int) remotePort;
        return port < 0 || remotePort < 0 || state < 0 ? -1 : (int) state;
    }

    private long high;
    private long low;

    /// An address and a blank after it: sets `high` and `low` and answers the port, -1 when it is none.
    private long address(int end) {
        int colon = at;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        long port = -1;
        if (colon - at == 8) {
            high = 0;
            low = MAPPED | word(end);
            port = portAt(colon, end);
        } else if (colon - at == 32) {
            high = word(end) << 32 | word(end);
            low = word(end) << 32 | word(end);
            port = portAt(colon, end);
        }
        return port;
    }

    private long portAt(int colon, int end) {
        at = colon + 1;
        long port = hex(4, end);
        at++;
        return port;
    }

    /// 32 bits, which the kernel prints as a number of this machine's byte order.
    private long word(int end) {
        int word = (int) hex(8, end);
        return (LITTLE ? Integer.reverseBytes(word) : word) & 0xFFFF_FFFFL;
    }

    /// The number of so many digits, -1 when it is none.
    private long hex(int digits, int end) {
        if (at + digits > end) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(bytes[at++], 16);
            if (digit < 0) {
                return -1;
            }
            number = number << 4 | digit;
        }
        return number;
    }
}
