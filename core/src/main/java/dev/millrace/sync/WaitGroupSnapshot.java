package dev.millrace.sync;

import java.time.Duration;

/// A [WaitGroup] at one instant.
///
/// @param count its counter
/// @param waiting how many wait until that is 0, those excluded who wait for [WaitGroup#allDone()]
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
public record WaitGroupSnapshot(int count, int waiting, Duration longestWait) {}
