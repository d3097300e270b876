package dev.millrace.sync;

/// A [Once] at one instant.
///
/// @param done whether a body has run and ended
/// @param runner the thread that runs a body now; empty when none does
/// @param waiting how many wait for that
public record OnceSnapshot(boolean done, String runner, int waiting) {}
