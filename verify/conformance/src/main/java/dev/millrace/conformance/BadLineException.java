package dev.millrace.conformance;

/// A line that is no program, with the column at which that shows.
@SuppressWarnings("serial")
final class BadLineException extends Exception {
    final int column;

    BadLineException(int column, String message) {
        super(message);
        this.column = column;
    }
}
