package dev.millrace.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Percent encoding as W3C Baggage has it: UTF-8, and what may stand there as it is stays so. Once through, each way.
final class Percent {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Percent() {}

    /// Null when `text` cannot be written: half a surrogate pair, CR, LF, NUL.
    static @Nullable String encode(String text) {
        if (hasBreaks(text)) {
            return null;
        }
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException _) {
            return null;
        }
        var out = new StringBuilder(utf8.remaining());
        while (utf8.hasRemaining()) {
            byte b = utf8.get();
            if (b > ' ' && b < 127 && b != '"' && b != ',' && b != ';' && b != '\\' && b != '%') {
                out.append((char) b);
            } else {
                HEX.toHexDigits(out.append('%'), b);
            }
        }
        return out.toString();
    }

    /// Null when `text` is no such encoding: a bad percent, a character that is no printable ASCII, bad UTF-8, and CR, LF or NUL, encoded or not.
    static @Nullable String decode(String text) {
        byte[] bytes = new byte[text.length()];
        int n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length() || !HexFormat.isHexDigit(text.charAt(i + 1))
                        || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                    return null;
                }
                c = (char) HexFormat.fromHexDigits(text, i + 1, i + 3);
                i += 2;
            } else if (c > '~' || (c < ' ' && c != '\t')) {
                return null;
            }
            bytes[n++] = (byte) c;
        }
        try {
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, n)).toString();
            return hasBreaks(decoded) ? null : decoded;
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    private static boolean hasBreaks(String text) {
        return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0;
    }
}
