package dev.millrace.jdbc;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;

/// How drivers say that a statement was cancelled.
final class CancelErrors {
    private static final int MYSQL_INTERRUPTED = 1317;
    private static final int SQLITE_INTERRUPT = 9;

    private CancelErrors() {}

    static boolean isCancel(SQLException e) {
        String state = e.getSQLState();
        return e instanceof SQLTimeoutException
                || "57014".equals(state) // PostgreSQL, H2
                || "70100".equals(state) // MariaDB
                || e.getErrorCode() == MYSQL_INTERRUPTED
                || (e.getErrorCode() == SQLITE_INTERRUPT
                        && e.getClass().getName().startsWith("org.sqlite."));
    }
}
