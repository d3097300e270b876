package dev.millrace.sync;

import java.time.Duration;

/// A [Once], an [OnceFunc], an [OnceValue] or an [OnceValues] at one instant.
///
/// @param done whether nothing will run any more: of a [Once], whether a body has run and ended
/// @param runner the thread that runs a body or a function now; empty when none does
/// @param waiting how many wait for that, those excluded who wait for the event `done()`
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
public record OnceSnapshot(boolean done, String runner, int waiting, Duration longestWait) {}
