package dev.millrace.verify.architecture.planted.stray;

/// Lies in a package that no map knows.
public final class Stray {}
