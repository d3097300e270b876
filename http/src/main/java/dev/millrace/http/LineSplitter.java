package dev.millrace.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bytes in parts of any size, as lines. A line ends with LF, CR, or both; what is after the last end is a line when it is not empty, as for a
/// [java.io.BufferedReader]. What is no text in the charset becomes the replacement character. For one thread at a time.
final class LineSplitter {
    private final CharsetDecoder decoder;
    private final CharBuffer chars = CharBuffer.allocate(1024);
    private final Deque<String> lines = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();
    private ByteBuffer rest = ByteBuffer.allocate(0); // less than one character
    private boolean afterCr;
    private boolean flushed;

    LineSplitter(Charset charset) {
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    /// The next whole line; null when there is none yet.
    @Nullable String next() {
        return lines.poll();
    }

    /// Gives back what [#next] or [#last] has answered last.
    void putBack(String unwanted) {
        lines.addFirst(unwanted);
    }

    void add(List<ByteBuffer> part) {
        for (ByteBuffer bytes : part) {
            decode(bytes, false);
        }
    }

    /// No more comes: the next line, or what is left; null when that was all.
    @Nullable String last() {
        if (!flushed) {
            flushed = true;
            decode(ByteBuffer.allocate(0), true);
            if (!line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
        }
        return lines.poll();
    }

    private void decode(ByteBuffer bytes, boolean end) {
        ByteBuffer in = bytes;
        if (rest.hasRemaining()) {
            in = ByteBuffer.allocate(rest.remaining() + bytes.remaining()).put(rest).put(bytes).flip();
        }
        CoderResult result;
        do {
            result = decoder.decode(in, chars, end);
            split();
        } while (result.isOverflow());
        if (end) {
            do {
                result = decoder.flush(chars);
                split();
            } while (result.isOverflow());
        }
        rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
    }

    private void split() {
        chars.flip();
        int from = 0;
        for (int i = 0; i < chars.limit(); i++) {
            char c = chars.get(i);
            if (c == '\n' && afterCr) {
                from = i + 1;
            } else if (c == '\n' || c == '\r') {
                lines.add(line.append(chars, from, i).toString());
                line.setLength(0);
                from = i + 1;
            }
            afterCr = c == '\r';
        }
        line.append(chars, from, chars.limit());
        chars.clear();
    }
}
