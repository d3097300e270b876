package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What a context's end does on a real server, through a pool.
class PostgresTest extends PostgresPool {
    @Test
    void execute_deadline_queryEndsOnTheServerAndTheConnectionIsUsable() throws Exception {
        String query = Slow.POSTGRES + " -- deadline";
        int before;
        try (var c = database.getConnection()) {
            before = pid(c);
        }
        try (var ctx = ROOT.withName("report").withTimeout(Duration.ofMillis(200));
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            var e = assertThrows(DeadlineExceededException.class, () -> s.executeQuery(query));
            assertEquals("57014", ((SQLException) e.getSuppressed()[0]).getSQLState());
            assertTrue(e.getMessage().contains("report"), e.getMessage());
        }
        assertEquals(0, Slow.running(query));
        try (var c = database.getConnection()) {
            assertEquals(before, pid(c), "the connection was replaced");
        }
    }

    @Test
    void execute_parentCancelled_queryEndsAndTheCauseIsTheUsers() throws Exception {
        String query = Slow.POSTGRES + " -- parent";
        var cause = new IllegalStateException("client left");
        try (var parent = ROOT.withCancel();
                var ctx = parent.withTimeout(Slow.LONG)) {
            var failed = thrown(() -> {
                try (var c = database.with(ctx).getConnection();
                        var s = c.createStatement()) {
                    s.execute(query);
                }
            });
            Slow.awaitRunning(query, 1);
            parent.cancel(cause);
            Throwable e = of(failed);
            assertInstanceOf(CancelledException.class, e);
            assertEquals(cause, e.getCause());
        }
        assertEquals(0, Slow.running(query));
    }

    @Test
    void execute_withinAnInterruptible_noInterruptReachesTheDriver() throws Exception {
        String query = Slow.POSTGRES + " -- shielded";
        try (var ctx = ROOT.withCancel()) {
            var backends = new int[2];
            var failed = thrown(() -> {
                try (var c = database.with(ctx).getConnection()) {
                    backends[0] = pid(c);
                    Interruptible.run(ctx, () -> {
                        try (var s = c.createStatement()) {
                            s.execute(query);
                        }
                    });
                }
            });
            Slow.awaitRunning(query, 1);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, of(failed));
            try (var c = database.getConnection()) {
                backends[1] = pid(c);
            }
            assertEquals(backends[0], backends[1],
                    "the connection was replaced: its socket was closed by an interrupt");
        }
        assertEquals(0, Slow.running(query));
    }

    @Test
    void next_contextEndsBetweenFetches_throwsAndTheRestIsNotRead() throws Exception {
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection()) {
            c.setAutoCommit(false);
            try (var s = c.createStatement()) {
                s.setFetchSize(10);
                var rows = s.executeQuery("SELECT generate_series(1, 1000)");
                for (int i = 0; i < 10; i++) {
                    assertTrue(rows.next());
                }
                ctx.cancel();
                assertThrows(CancelledException.class, rows::next);
                assertThrows(CancelledException.class, rows::next);
                assertEquals(10, rows.getInt(1));
            }
            assertThrows(CancelledException.class, c::commit);
            c.rollback();
        }
    }

    @Test
    void next_contextEndsWhileFetching_isCutShort() throws Exception {
        String query = "SELECT CASE WHEN i > 5 THEN pg_sleep(60) END FROM generate_series(1, 1000) i";
        try (var ctx = ROOT.withCancel()) {
            var fetching = new CountDownLatch(1);
            var failed = thrown(() -> {
                try (var c = database.with(ctx).getConnection()) {
                    c.setAutoCommit(false);
                    try (var s = c.createStatement()) {
                        s.setFetchSize(5);
                        var rows = s.executeQuery(query);
                        for (int i = 0; i < 5; i++) {
                            rows.next();
                        }
                        fetching.countDown();
                        rows.next();
                    } finally {
                        c.rollback();
                    }
                }
            });
            assertTrue(fetching.await(30, TimeUnit.SECONDS));
            Slow.awaitRunning(query, 1);
            ctx.cancel();
            assertInstanceOf(CancelledException.class, of(failed));
        }
        assertEquals(0, Slow.running(query));
    }

    @Test
    void error_contextAlive_isThrownAsItCame() throws Exception {
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            assertEquals("42P01",
                    assertThrows(SQLException.class, () -> s.execute("SELECT * FROM nowhere")).getSQLState());
            s.execute("SET statement_timeout = 50");
            assertEquals("57014", assertThrows(SQLException.class, () -> s.execute(Slow.POSTGRES)).getSQLState());
            s.execute("SET statement_timeout = 0");
        }
    }

    @Test
    void getConnection_poolIsEmptyAndContextEnds_givesUpWithoutAConnection() throws Exception {
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(100));
                var a = pool.getConnection();
                var b = pool.getConnection()) {
            assertThrows(DeadlineExceededException.class, () -> database.with(ctx).getConnection());
            assertFalse(Thread.currentThread().isInterrupted());
            assertFalse(a.isClosed() || b.isClosed());
        }
    }

    @Test
    void begin_contextEndsBetweenCalls_rolledBackAndGivenBack() throws Exception {
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            try (var s = tx.connection().createStatement()) {
                s.execute("INSERT INTO t VALUES (1)");
            }
            ctx.cancel();
            tx.close(); // waits for the rollback of the context's end
            assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
            assertThrows(CancelledException.class, tx::commit);
            assertThrows(CancelledException.class, () -> tx.connection().createStatement());
        }
        try (var c = pool.getConnection()) {
            assertTrue(c.getAutoCommit());
            assertEquals(0, number(c, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void begin_contextEndsWithinACall_rolledBackBeforeTheCallThrows() throws Exception {
        String query = Slow.POSTGRES + " -- tx";
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            Go.go(() -> {
                Slow.awaitRunning(query, 1);
                ctx.cancel();
            });
            try (var s = tx.connection().createStatement()) {
                s.execute("INSERT INTO t VALUES (1)");
                assertThrows(CancelledException.class, () -> s.execute(query));
            }
            assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
        }
        assertEquals(0, Slow.running(query));
        try (var c = pool.getConnection()) {
            assertEquals(0, number(c, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void begin_commit_isThereAndOver() throws Exception {
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            tx.connection().createStatement().execute("INSERT INTO t VALUES (1)");
            tx.commit();
            assertTrue(tx.isDone());
            var e = assertThrows(SQLException.class, tx::commit);
            assertEquals("sql: transaction has already been committed or rolled back", e.getMessage());
            assertThrows(SQLException.class, tx::rollback);
            ctx.cancel(); // too late
        }
        try (var c = pool.getConnection()) {
            assertEquals(1, number(c, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void begin_noCommit_closeRollsBack() throws Exception {
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            tx.connection().createStatement().execute("INSERT INTO t VALUES (1)");
            assertThrows(SQLException.class, () -> tx.connection().setAutoCommit(true));
        }
        try (var c = pool.getConnection()) {
            assertEquals(0, number(c, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void setAutoCommit_contextEnded_commitsNothing() throws Exception {
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection()) {
            c.setAutoCommit(false);
            c.createStatement().execute("INSERT INTO t VALUES (1)");
            ctx.cancel();
            c.setAutoCommit(true);
        }
        try (var c = pool.getConnection()) {
            assertEquals(0, number(c, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void races_200CancelsAroundShortStatements_neverHitTheNextOne() throws Exception {
        Races.race("PostgreSQL", pool, "SELECT 7 FROM pg_sleep(0.001)", 7, true);
    }
}
