package dev.millrace.testing.explore;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A schedule in which the program failed. The message says what happened, in which order, how to run it again, and what each thread was doing; the cause is what the
/// program threw.
public final class ScheduleError extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1;

    private final String choices;

    ScheduleError(String message, String choices, @Nullable Throwable cause) {
        super(message, cause);
        this.choices = choices;
    }

    /// How to run that schedule again: see [Explore.Options#replay]. Empty when it is the one in which nobody is preempted.
    public String choices() {
        return choices;
    }
}
