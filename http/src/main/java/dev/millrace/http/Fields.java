package dev.millrace.http;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// What may stand in a header.
final class Fields {
    /// Those by which a message is framed and sent.
    private static final Set<String> FRAMING = Set.of("connection", "content-length", "expect", "host", "keep-alive",
            "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private Fields() {}

    /// `name` in lower case.
    ///
    /// @throws IllegalArgumentException when it is no token, or a name by which HTTP frames a message
    static String name(String name) {
        Objects.requireNonNull(name, "name");
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "header must be a name of letters, digits and !#$%&'*+-.^_`|~, was " + quoted(name));
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (FRAMING.contains(lower)) {
            throw new IllegalArgumentException(
                    "header must not be one by which HTTP frames a message, was " + quoted(name));
        }
        return lower;
    }

    /// Whether `text` is a token of HTTP: the form of a header's name and of a key of baggage.
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128;
            if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// Whether `value` may be a header's: ASCII without control characters but tabs.
    static boolean isValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                return false;
            }
        }
        return true;
    }

    /// Input may be hostile: it is cut, and what would break a line of a log is shown as a dot.
    static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.chars().limit(80).forEach(c -> out.append(c < ' ' || c == 127 ? '.' : (char) c));
        return out.append(text.length() > 80 ? "…\"" : "\"").toString();
    }
}
