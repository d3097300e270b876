package dev.millrace.sync;

import java.time.Duration;

/// A [Cond] at one instant.
///
/// @param waiting how many wait, those excluded who were woken and wait for the lock
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
public record CondSnapshot(int waiting, Duration longestWait) {}
