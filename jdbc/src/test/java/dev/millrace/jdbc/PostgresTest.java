package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a context's end does on a real server, through a pool.
class PostgresTest {
    private static final Context ROOT = Context.background();
    private HikariDataSource pool;
    private Database database;

    @BeforeEach
    void open() throws SQLException {
        var config = new HikariConfig();
        config.setDataSource(Slow.postgres());
        config.setMaximumPoolSize(2);
        config.setConnectionTimeout(20_000);
        pool = new HikariDataSource(config);
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

    private static int pid(Connection c) throws SQLException {
        return number(c, "SELECT pg_backend_pid()");
    }

    private static int number(Connection c, String query) throws SQLException {
        try (var s = c.createStatement();
                var rows = s.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /// What `body` throws on a virtual thread; the test goes on meanwhile.
    private static CompletableFuture<Throwable> thrown(org.junit.jupiter.api.function.Executable body) {
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

    private static Throwable of(CompletableFuture<Throwable> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

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

    /// The first cancel comes before the server has begun with the query, and is lost: a stopped server holds that still. The driver
    /// ignores a second `Statement.cancel` of the same execution.
    @Test
    void execute_firstCancelComesTooEarly_theNextOneEndsTheQuery() throws Exception {
        String query = Slow.POSTGRES + " -- early";
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            String backend = String.valueOf(pid(c));
            signal("-STOP", backend);
            var failed = thrown(() -> s.execute(query));
            ROOT.sleep(Duration.ofMillis(100)); // the query is sent; nothing tells when the kernel has it
            ctx.cancel();
            ROOT.sleep(Duration.ofMillis(100)); // so is the first cancel
            signal("-CONT", backend);
            assertInstanceOf(CancelledException.class, of(failed));
        }
        Slow.awaitRunning(query, 0);
    }

    private static void signal(String signal, String pid) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", signal, pid).start().waitFor());
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
        int cut = 0;
        try (var c = Database.wrap(pool.getConnection())) {
            var sleep = c.prepareStatement("SELECT pg_sleep(0.001)");
            var next = c.prepareStatement("SELECT 7");
            for (int i = 0; i < 200; i++) {
                try (var ctx = ROOT.withCancel()) {
                    int delay = 300 + i * 8;
                    Go.go(() -> {
                        ROOT.sleep(Duration.ofNanos(delay * 1000L));
                        ctx.cancel();
                    });
                    try {
                        ctx.run(() -> {
                            try {
                                sleep.executeQuery().close();
                            } catch (SQLException e) {
                                throw new AssertionError(e);
                            }
                        });
                    } catch (CancelledException e) {
                        cut++;
                    }
                    try (var rows = next.executeQuery()) {
                        rows.next();
                        assertEquals(7, rows.getInt(1));
                    }
                }
            }
        }
        System.out.println("PostgreSQL: " + cut + " of 200 races were won by the cancel");
    }
}
