package dev.millrace.jdbc;

import dev.millrace.context.Context;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A data source whose connections, statements and result sets end with a context.
///
/// ```java
/// var database = Database.of(pool);
/// try (var ctx = request.withTimeout(Duration.ofMillis(300));
///         var connection = database.with(ctx).getConnection();
///         var rows = connection.createStatement().executeQuery(sql)) {
///     // after 300 ms the query has ended on the server too
/// }
/// ```
///
/// Each call looks at the context of [#with], or else at [Context#current()] at the time of the call. What is made here is plain
/// JDBC: hand it to whatever takes a [DataSource].
///
/// **Blocking and cancellation.** A call that can wait for the server (execute, a move to another row, prepare, commit) looks
/// first; when the context has ended, nothing happens and its exception is thrown. When the context ends meanwhile, the
/// statement is cancelled (by [java.sql.Statement#cancel()] or what the driver has for it), again and again while the call has not returned, and after the grace
/// time the connection is aborted; nobody knows then whether what was sent has an effect. The call returns when no such cancel is on its way any more, so none reaches the next. A
/// call that returns normally has happened. `rollback`, `close` and setters are always made, and not cancelled: when the context has
/// ended they have the grace time, a second at least, until the connection is aborted.
///
/// **Connecting** has no such tool in JDBC. It is done on a goroutine of its own, which is interrupted when the context ends: a pool's wait
/// ends at once, as does a driver's own connect. What does not hear it is left alone after a tenth of a second; the call throws, and a connection
/// that comes later is closed at once. Until then `ctx.dump()` says that `jdbc connect` still runs, and where. A data source that looks at its
/// thread (for a JTA transaction, say) does not see the caller's: connect by hand there, and use [#wrap(Connection)]. Under a context
/// that never ends it is done on the caller's thread.
///
/// **Interrupts.** Those of this library never reach a driver, for many close their socket then: inside an
/// [dev.millrace.go.Interruptible] they come after the call. A stranger's does what the driver makes of it.
///
/// **Errors.** A [SQLException] becomes the context's exception, and is suppressed in it, when the context has ended and the
/// error comes from a cancel. All others are thrown as they came. A commit is not cancelled; one that hangs until the connection
/// is aborted throws a [SQLException] of state `08007`, which is JDBC's for an outcome that is unknown, with the context's exception suppressed.
///
/// **Compared with Go.** `database/sql`'s forms with a context. Go closes the rows when the context ends; here the next move
/// throws. This is no pool: Go's `DB` is one, give one to [#of].
///
/// **Not promised.** SQLite's cancel ends all statements of the connection, its driver closes the prepared statement that was
/// cut short, and calls of virtual threads are made on a platform thread. What runs in this process (SQLite, H2) cannot be
/// aborted. A cancel that comes too late for an execution of H2 hits the next one of the same prepared statement, which is made
/// again; a batch is not, and says so. The methods of large objects know no context. The application's `setQueryTimeout` stays
/// in force.
public final class Database implements DataSource {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final String NO_CONTEXT = "context is nil: use Context.todo()";

    private final DataSource source;
    private final @Nullable Context fixed;
    private final Duration grace;

    private Database(DataSource source, @Nullable Context fixed, Duration grace) {
        this.source = source;
        this.fixed = fixed;
        this.grace = grace;
    }

    /// The connections of `source`, under the ambient context of each call, with a grace time of five seconds.
    public static Database of(DataSource source) {
        return new Database(Objects.requireNonNull(source, "source"), null, GRACE);
    }

    /// `connection`, under the ambient context of each call. The caller no longer uses the bare one meanwhile.
    public static Connection wrap(Connection connection) throws SQLException {
        return wrapped(Objects.requireNonNull(connection, "connection"), null);
    }

    /// `connection` under `ctx`. The caller no longer uses the bare one meanwhile.
    public static Connection wrap(Context ctx, Connection connection) throws SQLException {
        Objects.requireNonNull(ctx, NO_CONTEXT);
        return wrapped(Objects.requireNonNull(connection, "connection"), ctx);
    }

    private static Connection wrapped(Connection connection, @Nullable Context ctx) throws SQLException {
        return Wrapped.connection(new Session(connection, DriverKind.of(connection), ctx, GRACE, null));
    }

    /// This database under `ctx`, whatever the ambient context is: for the connections made from now on, as long as they are
    /// open.
    public Database with(Context ctx) {
        return new Database(source, Objects.requireNonNull(ctx, NO_CONTEXT), grace);
    }

    /// This database, with another time from a context's end to the abort of a connection whose call has not returned. With zero
    /// that may come before a cancel: then the server goes on with the query.
    ///
    /// @throws IllegalArgumentException when it is negative
    public Database withGrace(Duration time) {
        if (Objects.requireNonNull(time, "grace").isNegative()) {
            throw new IllegalArgumentException("grace must be >= 0, was " + time);
        }
        return new Database(source, fixed, time);
    }

    /// Begins a transaction that is rolled back when `ctx` ends. Waits for a connection.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, or ends first
    public Transaction begin(Context ctx) throws SQLException {
        Connection connection = connect(Objects.requireNonNull(ctx, NO_CONTEXT), source::getConnection);
        return Transaction.begin(ctx, connection, kindOf(connection), grace);
    }

    /// A connection. Waits for one.
    ///
    /// @throws dev.millrace.context.ContextException when the context has ended before, or ends first
    @Override
    public Connection getConnection() throws SQLException {
        return session(source::getConnection);
    }

    /// A connection of another user. Waits for one.
    ///
    /// @throws dev.millrace.context.ContextException when the context has ended before, or ends first
    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        return session(() -> source.getConnection(user, password));
    }

    private Connection session(Connecting.Source how) throws SQLException {
        Connection connection = connect(fixed == null ? Context.current() : fixed, how);
        return Wrapped.connection(new Session(connection, kindOf(connection), fixed, grace, null));
    }

    private static Connection connect(Context ctx, Connecting.Source how) throws SQLException {
        Connection connection = Connecting.connect(ctx, how, Connecting.HEARING);
        if (connection == null) {
            throw new SQLException("the data source answered null and no connection", "08001");
        }
        return connection;
    }

    private static DriverKind kindOf(Connection connection) throws SQLException {
        try {
            return DriverKind.of(connection);
        } catch (Throwable t) {
            try (connection) {
                throw t;
            }
        }
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        return type.isInstance(source) ? type.cast(source) : source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || type.isInstance(source) || source.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "database " + source + (fixed == null ? "" : " under " + fixed);
    }
}
