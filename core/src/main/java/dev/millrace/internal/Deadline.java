package dev.millrace.internal;

import java.time.Instant;

/// A deadline that holds for a node.
public interface Deadline {
    /// On the scheduler's clock; compared by subtraction.
    long nanos();

    /// By the calendar; always the same answer.
    Instant instant();
}
