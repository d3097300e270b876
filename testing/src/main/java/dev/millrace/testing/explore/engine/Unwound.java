package dev.millrace.testing.explore.engine;

/// Ends the strands that are left when a schedule is over.
final class Unwound extends Error {
    Unwound() {
        super("this schedule is over", null, false, false);
    }
}
