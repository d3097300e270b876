package dev.millrace.group;

/// A [SingleFlight] seen from outside. The numbers are each exact at an instant of its own. Keys and values are the
/// users' and not in it.
///
/// @param name its name; empty when it has none
/// @param flights the flights that a caller with the right key would join
/// @param waiting the callers who wait for one of these
public record SingleFlightSnapshot(String name, int flights, int waiting) {}
