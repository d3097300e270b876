package dev.millrace.testing;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// A test took too long: the message says what its own thread and each of its goroutines waited for then.
public final class TimeLimitError extends AssertionError {
    private static final long serialVersionUID = 1;

    private final transient List<Leak> goroutines;

    TimeLimitError(String what, Duration limit, String own, List<Leak> goroutines) {
        super(what + " took longer than " + LeakText.span(limit) + "\n" + own
                + goroutines.stream().map(g -> "\n" + g).collect(Collectors.joining()));
        this.goroutines = List.copyOf(goroutines);
    }

    /// The goroutines that it had started and that had not ended, and its calls that were still to come.
    public List<Leak> goroutines() {
        return goroutines;
    }
}
