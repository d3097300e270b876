package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What our time divided by a rival's has to be, and what we would like it to be; NaN where nothing was set. Read from
/// `goals.tsv`, which says what may stand for a shape and for a rival.
record Goal(String shape, String rival, double must, double moonshot) {
    /// The fastest of the rivals on the JVM, Kotlin on one thread apart.
    static final String BEST = "best";

    /// No rival: the limits are nanoseconds, or bytes for a shape that is about memory.
    static final String ABSOLUTE = "-";

    static List<Goal> all() throws IOException {
        InputStream table = Objects.requireNonNull(Goal.class.getResourceAsStream("/goals.tsv"), "goals.tsv");
        try (var lines = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).map(Goal::parse).toList();
        }
    }

    private static Goal parse(String line) {
        String[] cells = line.split("\t", -1);
        if (cells.length != 4) {
            throw new IllegalArgumentException("goals.tsv: expected 4 cells, found " + cells.length + ": " + line);
        }
        return new Goal(cells[0], cells[1], ratio(cells[2]), ratio(cells[3]));
    }

    private static double ratio(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
