package dev.millrace.testing;

import java.util.List;

/// A bubble that cannot go on or that left something behind: the message says which, and what each goroutine waits for.
public final class BubbleError extends AssertionError {
    private static final long serialVersionUID = 1;

    private final transient List<String> goroutines;

    BubbleError(String message, List<String> goroutines) {
        super(goroutines.isEmpty() ? message : message + "\n" + String.join("\n", goroutines));
        this.goroutines = List.copyOf(goroutines);
    }

    /// The goroutines that were there, each with what it waits for, as lines of text.
    public List<String> goroutines() {
        return goroutines;
    }
}
