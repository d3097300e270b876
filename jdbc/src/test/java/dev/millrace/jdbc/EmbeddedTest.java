package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The databases that run in this process.
class EmbeddedTest {
    private static final Context ROOT = Context.background();

    private static int one(Connection c) throws SQLException {
        try (var s = c.createStatement();
                var rows = s.executeQuery("SELECT 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void deadlineEndsTheQuery(DataSource source, String slow) throws SQLException {
        var database = Database.of(source);
        try (var c = database.getConnection();
                var s = c.createStatement();
                var ctx = ROOT.withTimeout(Duration.ofMillis(100))) {
            var e = assertThrows(
                    DeadlineExceededException.class,
                    () -> ctx.<Object, SQLException>call(() -> s.executeQuery(slow).next()));
            assertInstanceOf(SQLException.class, e.getSuppressed()[0]);
            assertEquals(1, one(c));
        }
    }

    @Test
    void h2_deadline_endsTheQueryAndTheConnectionIsUsable() throws SQLException {
        deadlineEndsTheQuery(Slow.h2("deadline"), Slow.H2);
    }

    @Test
    void sqlite_deadline_endsTheQueryAndTheConnectionIsUsable() throws SQLException {
        deadlineEndsTheQuery(Slow.sqlite(), Slow.SQLITE);
    }

    /// Without its memory of results: else the same query answers at once, and there is no race.
    @Test
    void h2_200Races_neverHitTheNextOperation() throws Exception {
        try (var pool = Pools.pool(Slow.h2("races;OPTIMIZE_REUSE_RESULTS=0"))) {
            Races.race("H2", pool,
                    "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100) a, SYSTEM_RANGE(1, 100) b WHERE a.x + b.x > 0",
                    10_000,
                    true);
        }
    }

    /// On a virtual thread each call is made on a platform thread of ours; those have ended afterwards too.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sqlite_200Races_neverHitTheNextOperation(boolean virtual) throws Exception {
        try (var pool = Pools.pool(Slow.sqlite())) {
            OffloadTest.on(virtual, () -> {
                Races.race(virtual ? "SQLite, virtual thread" : "SQLite", pool,
                        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5000) SELECT COUNT(*) FROM c",
                        5_000,
                        false);
                return true;
            });
        }
    }

    /// More queries than carriers. On the carriers none would be left for those who cancel.
    @Test
    void sqlite_moreVirtualThreadsThanCarriers_allAreCancelled() throws Exception {
        int count = 2 * Runtime.getRuntime().availableProcessors() + 2;
        var done = new CompletableFuture<?>[count];
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(300))) {
            for (int i = 0; i < count; i++) {
                var result = new CompletableFuture<Throwable>();
                done[i] = result;
                Thread.startVirtualThread(() -> {
                    try (var c = Database.wrap(ctx, Slow.sqlite().getConnection());
                            var s = c.createStatement()) {
                        s.executeQuery(Slow.SQLITE);
                        result.complete(null);
                    } catch (Throwable t) {
                        result.complete(t);
                    }
                });
            }
            for (var result : done) {
                assertInstanceOf(DeadlineExceededException.class, result.get(30, TimeUnit.SECONDS));
            }
        }
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().startsWith("millrace-jdbc-"))) {
            assertTrue(System.nanoTime() < until, "a thread is left");
            ROOT.sleep(Duration.ofMillis(50)); // they end a second after their last call, and tell nobody
        }
    }

    @Test
    void contextDone_nothingHappens() throws SQLException {
        var database = Database.of(Slow.h2("look"));
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            s.execute("CREATE TABLE t (id INT)");
            var insert = c.prepareStatement("INSERT INTO t VALUES (1)");
            ctx.cancel();
            assertThrows(CancelledException.class, insert::executeUpdate);
            assertThrows(CancelledException.class, () -> c.prepareStatement("SELECT 1"));
            assertThrows(CancelledException.class, () -> database.with(ctx).getConnection());
            assertThrows(CancelledException.class, () -> database.begin(ctx));
            insert.close();
        }
        try (var c = database.getConnection();
                var rows = c.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
            assertTrue(rows.next());
            assertEquals(0, rows.getInt(1));
        }
    }

    @Test
    void wrapped_navigation_answersTheWrappersAndUnwrapTheDrivers() throws SQLException {
        var source = Slow.h2("navigation");
        var database = Database.of(source);
        try (var c = database.getConnection();
                var s = c.prepareStatement("SELECT 1");
                var rows = s.executeQuery()) {
            assertSame(c, s.getConnection());
            assertSame(s, rows.getStatement());
            assertSame(c, c.getMetaData().getConnection());
            assertTrue(c.isWrapperFor(org.h2.jdbc.JdbcConnection.class));
            assertFalse(c.unwrap(org.h2.jdbc.JdbcConnection.class) == c);
            assertSame(c, c.unwrap(Connection.class));
            assertTrue(s.isWrapperFor(Statement.class));
            assertSame(source, database.unwrap(source.getClass()));
            assertEquals(c, c);
            assertFalse(c.equals(s));
            assertEquals(System.identityHashCode(c), c.hashCode());
            assertTrue(c.toString().startsWith("under a context: "), c.toString());
            try (var tables = c.getMetaData().getTables(null, null, "%", null)) {
                assertTrue(tables.next());
            }
        }
    }

    @Test
    void badInput_isRefusedInWords() throws SQLException {
        var database = Database.of(Slow.h2("bad"));
        assertThrows(NullPointerException.class, () -> Database.of(null));
        assertThrows(NullPointerException.class, () -> Database.wrap(null));
        var e = assertThrows(NullPointerException.class, () -> database.with(null));
        assertEquals("context is nil: use Context.todo()", e.getMessage());
        assertThrows(NullPointerException.class, () -> database.begin(null));
        var negative = assertThrows(
                IllegalArgumentException.class, () -> database.withGrace(Duration.ofSeconds(-1)));
        assertEquals("grace must be >= 0, was PT-1S", negative.getMessage());
    }

    @Test
    void begin_h2AndSqlite_rolledBackWhenTheContextEnds() throws SQLException {
        var keep = Slow.h2("begin");
        var database = Database.of(keep);
        try (var c = database.getConnection()) {
            c.createStatement().execute("CREATE TABLE t (id INT)");
            try (var ctx = ROOT.withCancel();
                    var tx = database.withGrace(Duration.ZERO).begin(ctx)) {
                tx.connection().createStatement().execute("INSERT INTO t VALUES (1)");
                ctx.cancel();
            }
            try (var rows = c.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
                assertTrue(rows.next());
                assertEquals(0, rows.getInt(1));
            }
        }
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(100));
                var tx = Database.of(Slow.sqlite()).begin(ctx)) {
            assertThrows(DeadlineExceededException.class, () -> tx.connection().createStatement().execute(Slow.SQLITE));
            assertTrue(tx.isDone());
        }
    }
}
