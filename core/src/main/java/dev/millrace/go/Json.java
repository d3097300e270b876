package dev.millrace.go;

import java.io.IOException;

/// Writes JSON as it comes, and keeps only whether a comma is due.
final class Json {
    private static final String HEX = "0123456789abcdef";

    private final Appendable out;
    private boolean first = true;

    Json(Appendable out) {
        this.out = out;
    }

    Json open(char bracket) throws IOException {
        comma();
        out.append(bracket);
        first = true;
        return this;
    }

    Json close(char bracket) throws IOException {
        out.append(bracket);
        first = false;
        return this;
    }

    /// Begins a member of an object; a value follows.
    Json key(String name) throws IOException {
        comma();
        quoted(name);
        out.append(':');
        first = true; // no comma before the value
        return this;
    }

    Json value(String text) throws IOException {
        comma();
        quoted(text);
        return this;
    }

    Json value(long number) throws IOException {
        comma();
        out.append(Long.toString(number));
        return this;
    }

    private void comma() throws IOException {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    /// Everything but plain printable ASCII and letters beyond it is escaped; halves of surrogate pairs that stand alone too, since no
    /// encoding can carry them; and the two line ends that JavaScript knows beyond ASCII.
    private void quoted(String text) throws IOException {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isHighSurrogate(c) && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        out.append(c).append(text.charAt(++i));
                    } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
                        out.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 15))
                                .append(HEX.charAt(c >> 4 & 15)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
