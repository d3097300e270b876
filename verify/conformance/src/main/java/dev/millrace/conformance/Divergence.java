package dev.millrace.conformance;

import java.util.List;

/// One answer that is not Go's.
///
/// @param program the program's id
/// @param step where in the program, and what was done there
/// @param at the instant in microseconds, for the order
/// @param expected what Go answered
/// @param got what came here
/// @param waiting what each goroutine waited for in the end, when something waits that should not, or the other way round
public record Divergence(String program, String step, long at, String expected, String got, List<String> waiting) {
    public Divergence {
        waiting = List.copyOf(waiting);
    }

    /// A line, and further ones for who waits.
    @Override
    public String toString() {
        var text = new StringBuilder(program + " " + step + ": expected " + expected + ", got " + got);
        waiting.forEach(line -> text.append("\n    ").append(line.replace("\n", "\n    ")));
        return text.toString();
    }
}
