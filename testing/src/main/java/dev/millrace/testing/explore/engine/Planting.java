package dev.millrace.testing.explore.engine;

/// What is planted while classes are loaded: one fault, or at each place at which one could be a note that it was reached.
public sealed interface Planting permits Mutation, Census {}
