package dev.millrace.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A part of the shipped corpus, always the same: every eighth program of each kind.
final class Sample {
    private static final int STEP = 8;
    private static final Map<Program.Kind, List<Program>> PROGRAMS = read();

    private Sample() {}

    static List<Program> of(Program.Kind kind) {
        return PROGRAMS.getOrDefault(kind, List.of());
    }

    private static Map<Program.Kind, List<Program>> read() {
        var programs = new EnumMap<Program.Kind, List<Program>>(Program.Kind.class);
        try (var lines = Corpus.shipped().open(false)) {
            int n = 0;
            for (Corpus.Line line = lines.next(); line != null; line = lines.next()) {
                if (n++ % STEP == 0) {
                    programs.computeIfAbsent(line.program().kind(), _ -> new ArrayList<>()).add(line.program());
                }
            }
        } catch (BadCorpusException e) {
            throw new AssertionError(e);
        }
        return programs;
    }
}
