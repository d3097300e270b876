package dev.millrace.jdbc;

import java.sql.SQLException;

/// Gives back what a body threw with the types that it can have: a driver's methods throw [SQLException] and unchecked ones.
final class Thrown {
    private Thrown() {}

    @FunctionalInterface
    interface Body {
        void run() throws Throwable;
    }

    static void run(Body body) throws SQLException {
        try {
            body.run();
        } catch (Throwable t) {
            throw as(t);
        }
    }

    /// Throws `t` when it is unchecked, answers it when it is a [SQLException].
    static SQLException as(Throwable t) {
        return switch (t) {
            case SQLException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a driver threw what JDBC does not allow: " + t, t);
        };
    }
}
