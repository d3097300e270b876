package dev.millrace.internal;

import java.time.Duration;
import java.time.Instant;

/// Arithmetic on spans and instants that saturates and never overflows.
public final class Deadlines {
    private Deadlines() {}

    /// The nanoseconds of `span`, at most and at least 146 years.
    public static long nanos(Duration span) {
        long seconds = span.getSeconds();
        if (seconds >= Scheduler.FOREVER / 1_000_000_000L) {
            return Scheduler.FOREVER;
        }
        if (seconds <= -Scheduler.FOREVER / 1_000_000_000L) {
            return -Scheduler.FOREVER;
        }
        return seconds * 1_000_000_000L + span.getNano();
    }

    /// When `instant` is on the scheduler's clock.
    public static long nanos(Scheduler scheduler, Instant instant) {
        long now = scheduler.nanoTime();
        return Scheduler.after(now, span(scheduler.wallClock(now), instant));
    }

    private static long span(Instant from, Instant to) {
        long seconds = to.getEpochSecond() - from.getEpochSecond(); // both within a billion years
        if (Math.abs(seconds) >= Scheduler.FOREVER / 1_000_000_000L) {
            return seconds < 0 ? -Scheduler.FOREVER : Scheduler.FOREVER;
        }
        return seconds * 1_000_000_000L + to.getNano() - from.getNano();
    }
}
