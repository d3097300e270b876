package dev.millrace.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// A connection whose calls end with the context.
final class WrappedConnection extends Wrapped {
    WrappedConnection(Session session) {
        super(session, session.connection);
    }

    @Override
    @Nullable Object invoked(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        Transaction tx = session.transaction;
        return switch (method.getName()) {
            case "createStatement", "prepareStatement", "prepareCall" -> {
                Object made = session.guarded(null, () -> raw(method, args));
                yield made == null
                        ? null
                        : proxy(method.getReturnType(), new WrappedStatement(session, proxy, (Statement) made));
            }
            case "getMetaData" -> {
                Object made = pass(method, args);
                yield made == null
                        ? null
                        : proxy(DatabaseMetaData.class, new WrappedMetaData(session, proxy, made));
            }
            case "setSavepoint" -> session.guarded(null, () -> raw(method, args));
            case "releaseSavepoint",
                    "setReadOnly",
                    "setTransactionIsolation",
                    "getTransactionIsolation",
                    "setCatalog",
                    "getCatalog",
                    "setSchema",
                    "getSchema",
                    "createArrayOf" -> // these ask some servers, and put back what was set before
                    session.tidying(() -> raw(method, args));
            case "commit" -> {
                if (tx != null) {
                    tx.commit();
                    yield null;
                }
                yield session.committing(() -> raw(method, args));
            }
            case "rollback" -> {
                if (tx != null && args == null) {
                    tx.rollback();
                    yield null;
                }
                yield session.tidying(() -> raw(method, args));
            }
            case "close" -> {
                if (tx != null) {
                    tx.close();
                    yield null;
                }
                yield session.tidying(() -> raw(method, args));
            }
            case "setAutoCommit" -> {
                if (tx != null) {
                    throw Session.closed("the auto-commit mode of a transaction's connection cannot be set");
                }
                yield session.tidying(() -> {
                    rollBackWhenEnded(args);
                    return raw(method, args);
                });
            }
            default -> pass(method, args);
        };
    }

    /// To switch auto-commit on commits what is open; after the context's end nothing may be committed any more.
    private void rollBackWhenEnded(@Nullable Object @Nullable [] args) throws Throwable {
        Connection connection = session.connection;
        if (args != null && Boolean.TRUE.equals(args[0]) && session.context().isDone() && !connection.getAutoCommit()) {
            connection.rollback();
        }
    }
}
