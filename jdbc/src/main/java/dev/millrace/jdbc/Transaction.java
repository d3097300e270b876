package dev.millrace.jdbc;

import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A transaction that is rolled back when its context ends. Made by [Database#begin].
///
/// ```java
/// try (var tx = database.begin(ctx)) {
///     debit(tx.connection(), from, amount);
///     credit(tx.connection(), to, amount);
///     tx.commit();
/// } // without the commit: rolled back
/// ```
///
/// **Blocking and cancellation.** Each call on [#connection()] ends with the context. When the context ends while no call is
/// running, the transaction is rolled back at once, on a goroutine of its own; else by the thread whose call was cut short,
/// before that call throws. Either way the connection goes back to where it came from then, with the auto-commit mode it had.
///
/// **Errors.** A rollback that fails or takes longer than the grace time ends the connection, and so the server rolls back;
/// [#close()] throws what failed, unless the context has ended.
///
/// **Compared with Go.** `database/sql`'s `Tx`: the same states and the same words. Its calls observe the context of `begin`
/// only; in Go each may bring one more. [#close()] is `defer tx.Rollback()`. Isolation and read-only are set on the connection
/// before the first statement; Go has options for them. A rollback waits for a call that another thread is making here; Go's
/// cuts that short.
public final class Transaction implements AutoCloseable {
    final Gate gate = new Gate();
    private final Context ctx;
    private final Session session;
    private final Connection wrapped;
    private final CancellableContext ended = Context.background().withCancel();
    private boolean begun; // these three by calls within the gate
    private boolean autoCommitBefore;
    private boolean committed;
    private volatile @Nullable AfterFunc onEnd;
    private volatile @Nullable Throwable endFailure; // until somebody throws it

    private Transaction(Context ctx, Connection connection, DriverKind kind, Duration grace) {
        this.ctx = ctx;
        this.session = new Session(connection, kind, ctx, grace, this);
        this.wrapped = Wrapped.connection(session);
    }

    static Transaction begin(Context ctx, Connection connection, DriverKind kind, Duration grace) throws SQLException {
        var tx = new Transaction(ctx, connection, kind, grace);
        try {
            Thrown.run(() -> tx.session.guarded(null, () -> {
                tx.autoCommitBefore = connection.getAutoCommit();
                connection.setAutoCommit(false);
                tx.begun = true;
                return true;
            }));
        } catch (Throwable t) {
            try (tx) {
                throw t;
            }
        }
        tx.onEnd = ctx.afterFunc(tx::end);
        return tx;
    }

    /// The connection of this transaction, the same at each call. Its `commit`, `rollback` and `close` are those of the
    /// transaction; its `setAutoCommit` is refused.
    public Connection connection() {
        return wrapped;
    }

    /// Commits, and gives the connection back. Waits for the server. When it returns normally, the commit has happened. When it fails,
    /// the transaction is rolled back. What fails while the connection is given back afterwards is logged (`System.Logger` named
    /// `dev.millrace.jdbc`): the commit has happened.
    ///
    /// The context's end does not cancel a commit. When the server has not answered the grace time later, the connection is aborted, and
    /// **whether the commit has happened is unknown**: a [SQLException] of state `08007` says so. Ask the database before you do the work again.
    ///
    /// @throws dev.millrace.context.ContextException when the context has ended before: nothing is committed then
    /// @throws SQLException when the transaction is over, what the driver throws, and when the outcome is unknown
    public void commit() throws SQLException {
        Thrown.run(() -> session.committing(() -> {
            try {
                session.connection.commit();
                committed = true;
            } finally {
                gate.end(); // this call is in the gate: it ends when the call leaves
            }
            return true;
        }));
    }

    /// Rolls back, and gives the connection back. Waits for the server, at most the grace time, also when the context has ended.
    ///
    /// @throws SQLException when the transaction is over, and what the driver throws
    public void rollback() throws SQLException {
        if (gate.isEnding()) {
            throw isOver();
        }
        close();
    }

    /// Rolls back unless the transaction is over, and waits until the connection has been given back. A second call does
    /// nothing.
    @Override
    public void close() throws SQLException {
        end();
        awaitEnded();
        Throwable failure = endFailure;
        endFailure = null;
        if (failure != null) {
            throw Thrown.as(failure);
        }
    }

    /// Whether the transaction has been committed or rolled back, or is about to be.
    public boolean isDone() {
        return gate.isEnding();
    }

    SQLException isOver() {
        return new SQLException("sql: transaction has already been committed or rolled back", "25000");
    }

    /// After each call within the gate.
    void leave() {
        if (ctx.isDone()) {
            gate.end(); // maybe before the context's end has come here: this thread shall roll back, and not return before
        }
        if (gate.leave()) {
            finish();
        }
    }

    private void awaitEnded() {
        boolean interrupted = false;
        while (!ended.isDone()) {
            try {
                ended.awaitDone();
            } catch (InterruptedWaitException _) {
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        if (gate.end()) {
            finish();
        }
    }

    /// By one thread, with no call running.
    private void finish() {
        Connection connection = session.connection;
        try {
            session.rollingBack(() -> {
                if (begun && !committed) {
                    connection.rollback();
                }
                if (begun) {
                    connection.setAutoCommit(autoCommitBefore);
                }
                return true;
            });
        } catch (Throwable t) {
            failed(t);
            quietly(() -> connection.abort(Runnable::run));
        }
        quietly(() -> session.tidying(() -> {
            connection.close();
            return true;
        }));
        AfterFunc registered = onEnd;
        if (registered != null) {
            registered.stop();
        }
        ended.cancel();
    }

    private void quietly(Thrown.Body body) {
        try {
            body.run();
        } catch (Throwable t) {
            failed(t);
        }
    }

    private void failed(Throwable t) {
        Throwable first = endFailure;
        if (committed || ctx.isDone()) { // an error would say that the commit failed; nobody waits for the rollback
            System.getLogger("dev.millrace.jdbc")
                    .log(
                            committed ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                            () -> "giving back the connection of " + this,
                            t);
        } else if (first == null) {
            endFailure = t;
        } else if (first != t) {
            first.addSuppressed(t);
        }
    }

    @Override
    public String toString() {
        return "transaction under " + ctx + (gate.isEnding() ? ": over" : "");
    }
}
