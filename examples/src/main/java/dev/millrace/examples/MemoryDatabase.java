package dev.millrace.examples;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.h2.jdbcx.JdbcConnectionPool;

/// A whole database in memory, with its pool.
final class MemoryDatabase implements AutoCloseable {
    final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:example" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), "sa", "");

    /// Whether the database runs a statement that begins so, by its own list of sessions.
    boolean runs(String beginning) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.prepareStatement(
                        "select count(*) from information_schema.sessions where executing_statement like ?")) {
            statement.setString(1, beginning + "%");
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1) > 0;
            }
        }
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
