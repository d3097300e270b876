package dev.millrace.group;

import java.time.Duration;

/// A [SingleFlight] seen from outside. The numbers are each exact at an instant of its own. Keys and values are the
/// users' and not in it.
///
/// @param name its name; empty when it has none
/// @param flights the flights that a caller with the right key would join
/// @param waiting the callers who wait for one of these
/// @param longestFlight how long the one of these has been in the air that has been longest: nobody waits for longer; zero
///     when there is none
public record SingleFlightSnapshot(String name, int flights, int waiting, Duration longestFlight) {}
