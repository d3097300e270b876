package dev.millrace.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// Asks the server to end what a statement is doing. May be asked again.
@FunctionalInterface
interface Cancel {
    void cancel() throws SQLException;

    static Cancel of(Session session, Statement statement) {
        return session.kind == DriverKind.POSTGRES
                ? () -> postgres(session.connection, statement)
                : statement::cancel;
    }

    /// PostgreSQL's driver ignores a second `Statement.cancel` of an execution, and each that comes during a fetch. Its
    /// connection has a cancel that always works. Found by name: the driver is no dependency.
    private static void postgres(Connection connection, Statement statement) throws SQLException {
        try {
            ClassLoader loader = connection.getClass().getClassLoader();
            Class<?> type = Class.forName("org.postgresql.PGConnection", false, loader);
            type.getMethod("cancelQuery").invoke(connection.unwrap(type));
        } catch (InvocationTargetException e) {
            throw Thrown.as(e.getTargetException());
        } catch (ReflectiveOperationException _) {
            statement.cancel();
        }
    }
}
