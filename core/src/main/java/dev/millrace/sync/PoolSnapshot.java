package dev.millrace.sync;

/// A [Pool] at one instant. Nobody waits for a pool, and nobody is known to hold what has been taken out.
///
/// @param items about how many items it holds: each part of the pool is counted at an instant of its own
public record PoolSnapshot(int items) {}
