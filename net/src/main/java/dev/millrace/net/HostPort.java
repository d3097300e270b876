package dev.millrace.net;

import java.net.InetSocketAddress;
import java.util.Objects;

/// A host and a port, written `host:port`, or `[host]:port` when the host has colons: Go's `SplitHostPort` and `JoinHostPort`.
///
/// The host is a name, an address of IPv4 or IPv6 (with a zone, as in `fe80::1%eth0`), or empty: every address of this machine for a
/// listener, the machine itself for a dial. Nothing is looked up here.
///
/// **Compared with Go.** The port is a number: names of services are not known. No argument may be null.
///
/// @param host without brackets
/// @param port from 0 to 65535; with 0 a listener gets a free one
public record HostPort(String host, int port) {
    private static final String EXPECTED =
            "; expected host:port, such as \"localhost:8080\", \":8080\" or \"[::1]:8080\"";

    /// @throws IllegalArgumentException when the port is out of range, or the host has brackets, blanks or control characters
    public HostPort {
        Objects.requireNonNull(host, "host");
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be from 0 to 65535, was " + port);
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c <= ' ' || c == 127 || c == '[' || c == ']') {
                throw new IllegalArgumentException(
                        "host must have no brackets, blanks or control characters, was " + quoted(host));
            }
        }
    }

    /// Takes `address` apart.
    ///
    /// @throws IllegalArgumentException when it is not of that form; the message says why, in Go's words
    public static HostPort parse(String address) {
        Objects.requireNonNull(address, "address");
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(address, "missing port in address");
        }
        String host = address.substring(0, colon);
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            if (end < 0) {
                throw wrong(address, "missing ']' in address");
            }
            if (end + 1 != colon) {
                boolean noPort = end + 1 == address.length();
                throw wrong(address, noPort ? "missing port in address" : "too many colons in address");
            }
            host = address.substring(1, end);
        } else if (host.indexOf(':') >= 0) {
            throw wrong(address, "too many colons in address");
        }
        try {
            return new HostPort(host, port(address, address.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            throw why.startsWith("address ") ? e : wrong(address, why);
        }
    }

    /// The address and the port of a socket.
    public static HostPort of(InetSocketAddress address) {
        var ip = address.getAddress();
        return new HostPort(ip == null ? address.getHostString() : ip.getHostAddress(), address.getPort());
    }

    private static int port(String address, String digits) {
        if (digits.isEmpty()) {
            throw wrong(address, "missing port in address");
        }
        int port = 0;
        for (int i = 0; i < digits.length() && port <= 65535; i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                throw wrong(address, "the port must be a number from 0 to 65535, was " + quoted(digits));
            }
            port = port * 10 + (c - '0');
        }
        if (port > 65535) {
            throw wrong(address, "the port must be a number from 0 to 65535, was " + quoted(digits));
        }
        return port;
    }

    private static IllegalArgumentException wrong(String address, String why) {
        return new IllegalArgumentException("address " + quoted(address) + ": " + why + EXPECTED);
    }

    /// Input may be hostile: it is cut, and what would break a line of a log is shown as a dot.
    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.chars().limit(80).forEach(c -> out.append(c < ' ' || c == 127 ? '.' : (char) c));
        return out.append(text.length() > 80 ? "…\"" : "\"").toString();
    }

    /// `host:port`, with brackets where they are needed.
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
