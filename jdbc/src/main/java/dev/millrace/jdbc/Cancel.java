package dev.millrace.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// Asks the server to end what the connection is doing.
@FunctionalInterface
interface Cancel {
    /// @param again whether it was asked before, in vain as it seems
    void cancel(boolean again) throws SQLException;

    /// The cancel for an execution. A first one may reach the server before the query does, and is lost; PostgreSQL's driver ignores
    /// a second `Statement.cancel` of the same execution.
    static Cancel ofExecution(Connection connection, Statement statement) {
        return again -> {
            if (again) {
                ofFetch(connection, statement);
            } else {
                statement.cancel();
            }
        };
    }

    /// The cancel for a fetch. PostgreSQL's driver ignores `Statement.cancel` then, for it does not count a fetch as an
    /// execution of the statement; its connection has a cancel that always works. Found by name: the driver is no dependency.
    static void ofFetch(Connection connection, Statement statement) throws SQLException {
        Connection inner = driversOwn(connection);
        if (!inner.getClass().getName().startsWith("org.postgresql.")) {
            statement.cancel();
            return;
        }
        try {
            inner.getClass().getMethod("cancelQuery").invoke(inner);
        } catch (InvocationTargetException e) {
            throw Thrown.as(e.getTargetException());
        } catch (ReflectiveOperationException _) {
            statement.cancel();
        }
    }

    /// Below a pool's wrapper; `connection` itself when that does not say.
    private static Connection driversOwn(Connection connection) {
        try {
            return connection.unwrap(Connection.class);
        } catch (SQLException _) {
            return connection;
        }
    }
}
