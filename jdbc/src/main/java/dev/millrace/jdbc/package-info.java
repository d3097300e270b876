/// Database work that ends on the server when its context ends.
///
/// A [Database] is a `DataSource` around yours, [Transaction] is a transaction that is rolled back when its context ends. All
/// else is plain JDBC.
///
/// # Rules of use
///
///  1. Wrap the pool, and not what the pool takes its connections from: the pool's own housekeeping has no context.
///  2. Give the context at the door ([Database#with]), or let it be the ambient one.
///  3. A connection with auto-commit off is rolled back by who closes it, as ever. [Database#begin] does that by itself.
///  4. Keep SQLite on few threads: its calls occupy one each.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `db.QueryContext(ctx, q)` | `database.with(ctx).getConnection()`, then JDBC |
/// | `db.Conn(ctx)` | `database.with(ctx).getConnection()` |
/// | `tx, err := db.BeginTx(ctx, nil); defer tx.Rollback()` | `try (var tx = database.begin(ctx)) { … }` |
/// | `tx.Commit()`, `sql.ErrTxDone` | `tx.commit()`, a `SQLException` with the same words |
package dev.millrace.jdbc;
