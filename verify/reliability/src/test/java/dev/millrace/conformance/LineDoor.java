package dev.millrace.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Lines of recorded programs, for those who try bad input.
public final class LineDoor {
    private LineDoor() {}

    /// The complaint, with its column; null when the line is a program.
    public static String read(String line) {
        try {
            LineReader.read(line);
            return null;
        } catch (BadLineException e) {
            if (e.column < 1 || e.column > line.length() + 1) {
                throw new AssertionError("column " + e.column + " of " + line.length() + ": " + e.getMessage());
            }
            return e.getMessage();
        }
    }

    /// Some programs of each kind, the shortest ones.
    public static List<String> programs() {
        return Stream.of("channel", "context", "data", "sync").flatMap(kind -> lines(kind).stream()
                .sorted((a, b) -> Integer.compare(a.length(), b.length())).limit(12)).toList();
    }

    private static List<String> lines(String kind) {
        try (InputStream in = Corpus.class.getResourceAsStream("corpus/" + kind + ".jsonl.gz");
                var reader = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Objects.requireNonNull(in)), StandardCharsets.UTF_8))) {
            return reader.lines().limit(400).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
