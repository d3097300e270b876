package dev.millrace.conformance;

/// What was to be run is no corpus. The message says where (file, line, column), what was expected and what came.
public final class BadCorpusException extends Exception {
    /// With what was expected, what came, and where.
    public BadCorpusException(String message) {
        super(message);
    }
}
