package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The lines that [AddNum] prints.
final class Additions {
    private static final Pattern LINE =
            Pattern.compile(
                    "The number: ([0-9]+) \\[([0-9]+)-([0-9]+)]|The CAS option failed\\. \\[([0-9]+)-([0-9]+)]");

    record Added(int number, int id, int attempt) {}

    final List<Added> added = new ArrayList<>();
    int failures;

    /// Reads lines, each of which must be one of an addition.
    Additions(List<String> lines) {
        for (String line : lines) {
            var m = LINE.matcher(line);
            assertTrue(m.matches(), () -> "not a line of an addition: " + line);
            if (m.group(1) == null) {
                failures++;
            } else {
                added.add(new Added(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)),
                        Integer.parseInt(m.group(3))));
            }
        }
    }

    List<Integer> sortedNumbers() {
        return added.stream().map(Added::number).sorted().toList();
    }

    void assertNumbersAndIdsAreDistinctFrom1To12() {
        assertEquals(added.size(), new HashSet<>(sortedNumbers()).size(), () -> "a number twice: " + added);
        assertEquals(added.size(), added.stream().map(Added::id).distinct().count(), () -> "an id twice: " + added);
        for (Added a : added) {
            assertTrue(a.number() >= 1 && a.number() <= 12, a::toString);
            assertTrue(a.id() >= 1 && a.id() <= 12, a::toString);
        }
    }

    void assertAllTwelve() {
        assertEquals(IntStream.rangeClosed(1, 12).boxed().toList(), sortedNumbers());
        assertNumbersAndIdsAreDistinctFrom1To12();
    }
}
