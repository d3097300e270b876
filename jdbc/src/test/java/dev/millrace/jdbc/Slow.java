package dev.millrace.jdbc;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.sqlite.SQLiteDataSource;

/// The databases of the tests, and a query for each that does not end by itself in the time of a test.
final class Slow {
    static final Duration LONG = Duration.ofSeconds(30);
    static final String POSTGRES = "SELECT pg_sleep(60)";
    static final String H2 =
            "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 10000000) a, SYSTEM_RANGE(1, 10000000) b WHERE a.x + b.x = 0";
    static final String SQLITE =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c";

    private Slow() {}

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start(); // ends with the JVM
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static DataSource postgres() {
        return Server.POSTGRES.getPostgresDatabase();
    }

    static DataSource h2(String name) {
        var source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
        return source;
    }

    static DataSource sqlite() {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite::memory:");
        return source;
    }

    /// One connection asks: a new one for each question would run into the server's limit.
    private static final class Asking {
        static final PreparedStatement RUNNING = prepare();

        private static PreparedStatement prepare() {
            try {
                return postgres()
                        .getConnection()
                        .prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = ?");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// How many servers' processes run `query` now, as the server says.
    static int running(String query) throws SQLException {
        synchronized (Asking.RUNNING) {
            Asking.RUNNING.setString(1, query);
            try (var rows = Asking.RUNNING.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /// Makes `query` under a context that is cancelled after `nanos`. True when that came first.
    static boolean race(long nanos, Callable<? extends AutoCloseable> query) throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Go.go(() -> {
                Context.background().sleep(Duration.ofNanos(nanos));
                ctx.cancel();
            });
            ctx.<Object, Exception>call(() -> {
                query.call().close();
                return true;
            });
            return false;
        } catch (CancelledException e) {
            return true;
        }
    }

    /// Waits until the server says so; asks every 2 ms, since it tells nobody.
    static void awaitRunning(String query, int count) throws SQLException {
        long until = System.nanoTime() + LONG.toNanos();
        while (running(query) != count) {
            if (System.nanoTime() > until) {
                throw new AssertionError("expected " + count + " running, was " + running(query) + ": " + query);
            }
            Context.background().sleep(Duration.ofMillis(2));
        }
    }
}
