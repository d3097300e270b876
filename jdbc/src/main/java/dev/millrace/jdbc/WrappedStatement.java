package dev.millrace.jdbc;

import dev.millrace.context.Context;
import java.lang.reflect.Method;
import java.sql.BatchUpdateException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A statement whose executions end with the context. Used by one thread at a time, as JDBC says.
final class WrappedStatement extends Wrapped {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Object connection;
    private final Statement statement;
    private final Cancel cancel;
    private int ownTimeout; // the user's, in seconds; 0 for none
    private int setTimeout; // what the driver has

    /// A cancel of ours may still lie in the driver. It cuts the next execution short, whose statement has no effect then: so
    /// that one is made again. Not a batch: it hits one statement there, and the others have their effect.
    private volatile boolean staleCancel;

    WrappedStatement(Session session, Object connection, Statement statement) {
        super(session, statement);
        this.connection = connection;
        this.statement = statement;
        this.cancel = Cancel.of(session, statement);
    }

    @Override
    @Nullable Object invoked(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        String name = method.getName();
        if (name.startsWith("execute")) {
            return executed(proxy, method, args);
        }
        return switch (name) {
            case "getMoreResults", "getMetaData", "getParameterMetaData" ->
                    session.guarded(cancel, () -> raw(method, args));
            case "getResultSet", "getGeneratedKeys" -> result(proxy, pass(method, args));
            case "getConnection" -> connection;
            case "cancel" -> {
                staleCancel = false; // the next one is the user's
                yield pass(method, args);
            }
            case "close" -> session.tidying(() -> raw(method, args));
            case "setQueryTimeout" -> {
                Object nothing = pass(method, args);
                ownTimeout = setTimeout = args != null && args[0] instanceof Integer seconds ? seconds : 0;
                yield nothing;
            }
            case "getQueryTimeout" ->
                    session.kind.takesBelt() && setTimeout != ownTimeout ? ownTimeout : pass(method, args);
            default -> result(proxy, pass(method, args)); // a cursor as an out parameter
        };
    }

    private @Nullable Object executed(Object proxy, Method method, @Nullable Object @Nullable [] args)
            throws Throwable {
        Context ctx = session.context();
        Call<@Nullable Object> call = () -> {
            putBelt();
            return raw(method, args);
        };
        try {
            return result(proxy, session.guarded(cancel, call));
        } catch (SQLException e) {
            if (!staleCancel || e instanceof BatchUpdateException || !CancelErrors.isCancel(e)) {
                throw e;
            }
            staleCancel = false;
            return result(proxy, session.guarded(cancel, call)); // looks at the context first
        } finally {
            staleCancel = session.kind.keepsCancels() && ctx.isDone();
        }
    }

    private @Nullable Object result(Object proxy, @Nullable Object answer) {
        return answer instanceof ResultSet rows
                ? resultSet(new WrappedResult(session, proxy, cancel, rows))
                : answer;
    }

    /// The deadline once more as the driver's own timeout, for the case that a cancel cannot be sent: in whole seconds, and
    /// at least one later, so that the context's end comes first and says who ended the query.
    private void putBelt() throws SQLException {
        if (!session.kind.takesBelt()) {
            return;
        }
        long nanos = session.context().remainingNanos();
        int wanted = ownTimeout;
        if (nanos != Long.MAX_VALUE) {
            long seconds = Math.min(nanos / SECOND + 2, Integer.MAX_VALUE);
            wanted = ownTimeout == 0 ? (int) seconds : (int) Math.min(ownTimeout, seconds);
        }
        if (wanted != setTimeout) {
            statement.setQueryTimeout(wanted);
            setTimeout = wanted;
        }
    }
}
