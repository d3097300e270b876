package dev.millrace.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/// In what a driver differs for us.
enum DriverKind {
    /// Waits on a socket, in Java. Has its own way to cancel.
    POSTGRES,
    /// Waits on a socket, in Java.
    REMOTE,
    /// Runs in this process, in Java. Its query timeout belongs to the connection and would stay in the pool.
    EMBEDDED,
    /// Runs in this process, in native code: a virtual thread does not leave its carrier meanwhile. Its query timeout is
    /// something else, the time to wait for a lock.
    NATIVE;

    static DriverKind of(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        String lower = url == null ? "" : url.toLowerCase(Locale.ROOT);
        if (lower.contains(":postgresql:")) { // also below a driver that wraps others
            return POSTGRES;
        }
        if (lower.startsWith("jdbc:sqlite:") || lower.startsWith("jdbc:duckdb:")) {
            return NATIVE;
        }
        return lower.startsWith("jdbc:h2:") || lower.startsWith("jdbc:hsqldb:") || lower.startsWith("jdbc:derby:")
                ? EMBEDDED
                : REMOTE;
    }

    boolean holdsCarrier() {
        return this == NATIVE;
    }

    /// Whether an abort ends a call. What runs in this process must be cancelled.
    boolean isAbortable() {
        return this == POSTGRES || this == REMOTE;
    }

    /// Whether a cancel that comes after the last look of an execution stays, and hits the next one of the same prepared
    /// statement. H2's does.
    boolean keepsCancels() {
        return this == EMBEDDED;
    }

    /// Whether the deadline is also set as the statement's query timeout.
    boolean takesBelt() {
        return isAbortable();
    }
}
