package dev.millrace.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What is read of HTTP, for those who try bad input.
public final class HttpDoor {
    private HttpDoor() {}

    public static String decode(String text) {
        return Percent.decode(text);
    }

    public static String encode(String text) {
        return Percent.encode(text);
    }

    public static boolean isValue(String text) {
        return Fields.isValue(text);
    }

    /// The lines of `bytes`, which come in parts of `part` bytes.
    public static List<String> lines(byte[] bytes, int part) {
        var splitter = new LineSplitter(StandardCharsets.UTF_8);
        var lines = new ArrayList<String>();
        for (int from = 0; from < bytes.length; from += part) {
            splitter.add(List.of(ByteBuffer.wrap(bytes, from, Math.min(part, bytes.length - from))));
            for (String line = splitter.next(); line != null; line = splitter.next()) {
                lines.add(line);
            }
        }
        for (String line = splitter.last(); line != null; line = splitter.last()) {
            lines.add(line);
        }
        return lines;
    }
}
