package dev.millrace.conformance;

import java.util.List;
import java.util.Map;

/// What came of one program.
///
/// @param divergences in the order of their instants; empty when all answers are Go's
/// @param allowed how often each rule was needed
public record Verdict(Program program, List<Divergence> divergences, Map<Rule, Long> allowed) {
    public Verdict {
        divergences = List.copyOf(divergences);
        allowed = Map.copyOf(allowed);
    }
}
