package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.testing.Bubble;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The virtual time of one program, in microseconds since its start.
final class World {
    private final Bubble bubble;
    private final Instant start;

    World(Bubble bubble) {
        this.bubble = bubble;
        this.start = bubble.now();
    }

    long now() {
        return since(bubble.now());
    }

    long since(Instant instant) {
        return start.until(instant, ChronoUnit.MICROS);
    }

    Instant at(long micros) {
        return start.plus(micros, ChronoUnit.MICROS);
    }

    /// Waits until nobody else can run; no time passes.
    void settle() {
        bubble.await();
    }

    /// Sleeps until an instant, whatever contexts do.
    void sleepUntil(long micros) {
        sleep(micros - now());
    }

    /// Sleeps, whatever contexts do.
    void sleep(long micros) {
        if (micros > 0) {
            Context.background().sleep(span(micros));
        }
    }

    static Duration span(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
