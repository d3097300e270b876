package dev.millrace.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/// A result set whose moves look at the context, and end with it: each may fetch from the server.
final class WrappedResult extends Wrapped {
    private final @Nullable Object owner;
    private final @Nullable Cancel cancel;

    /// @param owner what made it; null when that is metadata
    WrappedResult(Session session, @Nullable Object owner, @Nullable Cancel cancel, ResultSet rows) {
        super(session, rows);
        this.owner = owner;
        this.cancel = cancel;
    }

    @Override
    @Nullable Object invoked(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        return switch (method.getName()) {
            case "next",
                    "previous",
                    "first",
                    "last",
                    "absolute",
                    "relative",
                    "beforeFirst",
                    "afterLast",
                    "refreshRow",
                    "insertRow",
                    "updateRow",
                    "deleteRow" ->
                    session.guarded(cancel, () -> raw(method, args));
            case "getStatement" -> owner == null ? pass(method, args) : owner;
            case "close" -> session.tidying(() -> raw(method, args));
            default -> pass(method, args);
        };
    }
}
