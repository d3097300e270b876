package dev.millrace.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// Asks the server to end what the connection is doing.
@FunctionalInterface
interface Cancel {
    void cancel() throws SQLException;

    /// The cancel for a fetch. PostgreSQL's driver ignores `Statement.cancel` then, for it does not count a fetch as an
    /// execution of the statement; its connection has a cancel that always works. Found by name: the driver is no dependency.
    static void ofFetch(Connection connection, Statement statement) throws SQLException {
        Connection inner = connection.unwrap(Connection.class); // a pool answers the driver's
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
}
