package dev.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A file's name as the bytes that it is to the system, together with the [Path] that opens it.
///
/// To Linux a name is any bytes but NUL and `/`. A `String` cannot hold all of them, and what it holds depends on the locale.
/// A [Path] that came from a directory keeps the bytes; so does one that was made from a `file:` URI, and [Path#toUri()]
/// shows them. Those are the two doors used here.
///
/// Arguments come as strings in which `U+DC80` to `U+DCFF` stand for bytes that are not UTF-8, see [Arguments].
final class FileName implements Comparable<FileName> {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final Path HERE = here();

    private final byte[] bytes;
    private final Path path;

    private FileName(byte[] bytes, Path path) {
        this.bytes = bytes;
        this.path = path;
    }

    /// The file that an argument names, absolute or below the working directory.
    static FileName ofArgument(String argument) {
        byte[] bytes = encode(argument);
        if (isAscii(argument) && HERE.toString().isEmpty()) {
            return new FileName(bytes, Path.of(argument));
        }
        byte[] absolute = argument.startsWith("/") ? bytes : join(bytesOf(HERE.toAbsolutePath()), bytes);
        return new FileName(bytes, Path.of(URI.create("file://" + percent(absolute))));
    }

    /// An entry of this directory, as a directory stream gave it.
    FileName child(Path entry) {
        return new FileName(join(bytes, lastBytesOf(entry)), entry);
    }

    Path path() {
        return path;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /// By bytes, as `LC_ALL=C sort`.
    @Override
    public int compareTo(FileName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof FileName n && Arrays.equals(bytes, n.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Writes a line of `md5sum`. A name with a line break or a backslash is escaped, and a backslash before the digest says
    /// so.
    void writeLine(String digest, OutputStream out) throws IOException {
        boolean escaped = false;
        for (byte b : bytes) {
            escaped |= b == '\n' || b == '\r' || b == '\\';
        }
        if (escaped) {
            out.write('\\');
        }
        out.write(digest.getBytes(StandardCharsets.US_ASCII));
        out.write(' ');
        out.write(' ');
        if (escaped) {
            writeEscaped(out);
        } else {
            out.write(bytes);
        }
        out.write('\n');
    }

    private void writeEscaped(OutputStream out) throws IOException {
        for (byte b : bytes) {
            switch (b) {
                case '\n' -> out.write(new byte[] {'\\', 'n'});
                case '\r' -> out.write(new byte[] {'\\', 'r'});
                case '\\' -> out.write(new byte[] {'\\', '\\'});
                default -> out.write(b);
            }
        }
    }

    /// The name for a message: on one line, and bytes that are no text as `\xFF`.
    @Override
    public String toString() {
        var text = new StringBuilder();
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        while (in.hasRemaining()) {
            boolean bad = decoder.reset().decode(in, chars, true).isError();
            chars.flip().chars().forEach(c -> appendPrintable(text, (char) c));
            chars.clear();
            if (bad) {
                text.append("\\x").append(HEX.toHexDigits(in.get()));
            }
        }
        return bytes.length == 0 ? "''" : text.toString();
    }

    private static void appendPrintable(StringBuilder text, char c) {
        switch (c) {
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\\' -> text.append("\\\\");
            default -> {
                if (Character.isISOControl(c)) {
                    text.append("\\x").append(HEX.toHexDigits((byte) c));
                } else {
                    text.append(c);
                }
            }
        }
    }

    private static byte[] join(byte[] directory, byte[] name) {
        boolean slash = directory.length > 0 && directory[directory.length - 1] == '/';
        byte[] joined = Arrays.copyOf(directory, directory.length + (slash ? 0 : 1) + name.length);
        joined[joined.length - name.length - 1] = '/';
        System.arraycopy(name, 0, joined, joined.length - name.length, name.length);
        return joined;
    }

    private static byte[] lastBytesOf(Path path) {
        Path name = path.getFileName();
        String text = name == null ? "" : name.toString();
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        byte[] all = bytesOf(path);
        int from = all.length;
        while (all[from - 1] != '/') {
            from--;
        }
        return Arrays.copyOfRange(all, from, all.length);
    }

    /// The bytes of an absolute path, without a slash at the end.
    private static byte[] bytesOf(Path path) {
        String text = path.toUri().getRawPath();
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        byte[] all = bytes.toByteArray();
        return all.length > 1 && all[all.length - 1] == '/' ? Arrays.copyOf(all, all.length - 1) : all;
    }

    private static String percent(byte[] absolute) {
        var text = new StringBuilder(absolute.length);
        for (byte b : absolute) {
            if ((b >= 'a' && b <= 'z') || b == '/') { // common, and no need to escape
                text.append((char) b);
            } else {
                text.append('%').append(HEX.toHexDigits(b));
            }
        }
        return text.toString();
    }

    /// The working directory: empty when the JVM could read its name, else the link that the kernel keeps.
    private static Path here() {
        String name = System.getProperty("user.dir", "");
        boolean utf8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
        return isAscii(name) || (utf8 && name.indexOf('\uFFFD') < 0) ? Path.of("") : Path.of("/proc/self/cwd");
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static byte[] encode(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c >= 0xDC80 && c <= 0xDCFF) {
                bytes.write(c - 0xDC00);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
