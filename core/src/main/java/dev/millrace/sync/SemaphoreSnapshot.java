package dev.millrace.sync;

import java.time.Duration;

/// A [WeightedSemaphore] at one instant.
///
/// @param name its name; empty when it has none
/// @param size how many tokens there are
/// @param held how many of them are held; above `size` for a while when that was lowered
/// @param waiters how many wait, cases of selects and those who ask for more than `size` included
/// @param wanted the tokens that they ask for together; [Long#MAX_VALUE] also when it is more
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
public record SemaphoreSnapshot(
        String name, long size, long held, int waiters, long wanted, Duration longestWait) {}
