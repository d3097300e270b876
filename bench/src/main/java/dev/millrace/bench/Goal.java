package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What our time divided by a rival's has to be, and what we would like it to be; NaN where nothing was set. Read from
/// `goals.tsv`, which says what may stand for a shape, for a rival, and for a condition.
record Goal(String shape, String rival, double must, double moonshot, When when) {
    /// In which run it is judged, and by what of it.
    enum When {
        /// By the medians of a run on a quiet machine.
        QUIET,
        /// By the medians of a run in which `bench/run --loaded` kept all processors busy, of CPU time: there the wall time of the same
        /// code moves with whom the system lets run.
        LOADED,
        /// By the median of the better half of our rounds, of six at least, and the rival's median of all, on a quiet machine.
        BETTER_HALF
    }

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
        if (cells.length != 4 && cells.length != 5) {
            throw new IllegalArgumentException("goals.tsv: expected 4 or 5 cells, found " + cells.length + ": " + line);
        }
        When when = switch (cells.length == 5 ? cells[4] : "") {
            case "" -> When.QUIET;
            case "loaded" -> When.LOADED;
            case "better half" -> When.BETTER_HALF;
            default -> throw new IllegalArgumentException(
                    "goals.tsv: expected \"loaded\", \"better half\" or nothing, found \"" + cells[4] + "\": " + line);
        };
        return new Goal(cells[0], cells[1], ratio(cells[2]), ratio(cells[3]), when);
    }

    private static double ratio(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
