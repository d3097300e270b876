package dev.millrace.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Collects what one run of a program brings. For one thread at a time.
final class Findings {
    private final Program program;
    private final List<Divergence> divergences = new ArrayList<>();
    private final Map<Rule, Long> allowed = new EnumMap<>(Rule.class);

    Findings(Program program) {
        this.program = program;
    }

    void add(String step, long at, String expected, String got, List<String> waiting) {
        divergences.add(new Divergence(program.id(), step, at, expected, got, waiting));
    }

    void allow(Rule rule) {
        allowed.merge(rule, 1L, Long::sum);
    }

    Verdict verdict() {
        divergences.sort(Comparator.comparingLong(Divergence::at));
        return new Verdict(program, divergences, allowed);
    }
}
