package dev.millrace.testing.junit;

import java.time.Duration;

/// The durations of annotations, for those who try bad input.
public final class DurationDoor {
    private DurationDoor() {}

    public static Duration parse(String text) {
        return GoDuration.parse("@GoTimeout", text);
    }
}
