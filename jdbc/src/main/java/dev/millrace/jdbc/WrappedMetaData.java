package dev.millrace.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/// Metadata whose queries end with the context.
final class WrappedMetaData extends Wrapped {
    private final Object connection;

    WrappedMetaData(Session session, Object connection, Object metaData) {
        super(session, metaData);
        this.connection = connection;
    }

    @Override
    @Nullable Object invoked(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        if (method.getName().equals("getConnection")) {
            return connection;
        }
        if (method.getReturnType() != ResultSet.class) {
            return pass(method, args);
        }
        Object rows = session.guarded(null, () -> raw(method, args));
        return rows instanceof ResultSet set
                ? resultSet(new WrappedResult(session, null, null, set))
                : rows;
    }
}
