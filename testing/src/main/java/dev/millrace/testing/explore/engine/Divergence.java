package dev.millrace.testing.explore.engine;

/// The program did something else although the choices were the same.
final class Divergence extends RuntimeException {
    Divergence(String message) {
        super(message);
    }
}
