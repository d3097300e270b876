package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A pool of two connections to a real server.
abstract class PostgresPool {
    static final Context ROOT = Context.background();
    HikariDataSource pool;
    Database database;

    @BeforeEach
    void open() throws SQLException {
        pool = Pools.pool(Slow.postgres());
        database = Database.of(pool);
        try (var c = pool.getConnection();
                var s = c.createStatement()) {
            s.execute("DROP TABLE IF EXISTS t");
            s.execute("CREATE TABLE t (id int)");
        }
    }

    @AfterEach
    void poolIsBackAtItsStart() {
        assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
        pool.close();
    }

    static int pid(Connection c) throws SQLException {
        return number(c, "SELECT pg_backend_pid()");
    }

    static int number(Connection c, String query) throws SQLException {
        try (var s = c.createStatement();
                var rows = s.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /// What `body` throws on a virtual thread; the test goes on meanwhile.
    static CompletableFuture<Throwable> thrown(org.junit.jupiter.api.function.Executable body) {
        var result = new CompletableFuture<Throwable>();
        Thread.startVirtualThread(() -> {
            try {
                body.execute();
                result.completeExceptionally(new AssertionError("returned normally"));
            } catch (Throwable t) {
                result.complete(t);
            }
        });
        return result;
    }

    static Throwable of(CompletableFuture<Throwable> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    static void signal(String signal, String pid) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", signal, pid).start().waitFor());
    }
}
