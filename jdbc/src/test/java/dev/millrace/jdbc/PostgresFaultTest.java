package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What goes wrong: cancels that come too early, servers that do not answer, dead connections, empty and closed pools.
class PostgresFaultTest extends PostgresPool {
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
            var caller = new CompletableFuture<Thread>();
            var failed = thrown(() -> {
                caller.complete(Thread.currentThread());
                s.execute(query);
            });
            awaitAnswerWanted(caller.get(30, TimeUnit.SECONDS)); // the query lies in the server's socket
            ctx.cancel();
            awaitInterruptPending(backend); // as the server does the first cancel; it hears that before it reads
            signal("-CONT", backend);
            assertInstanceOf(CancelledException.class, of(failed));
        }
        Slow.awaitRunning(query, 0);
    }

    /// Waits until the driver, on that thread, has sent and reads.
    private static void awaitAnswerWanted(Thread caller) {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (caller.getState() != Thread.State.WAITING
                || Stream.of(caller.getStackTrace()).noneMatch(f -> f.getMethodName().equals("processResults"))) {
            assertTrue(System.nanoTime() < until, "the driver does not read");
            Thread.onSpinWait();
        }
    }

    /// Waits until the stopped process has a SIGINT to come, as Linux says.
    private static void awaitInterruptPending(String process) throws IOException {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (Files.readAllLines(Path.of("/proc", process, "status")).stream()
                .filter(l -> l.startsWith("ShdPnd:"))
                .noneMatch(l -> (Long.parseUnsignedLong(l.substring(7).strip(), 16) & 2) != 0)) {
            assertTrue(System.nanoTime() < until, "no cancel comes");
            Thread.onSpinWait();
        }
    }

    /// Grace, then abort: the server's process does not answer. The pool finds out and makes a fresh connection.
    @Test
    void execute_serverStopsAnswering_connectionIsAbortedAfterTheGraceTime() throws Exception {
        String query = Slow.POSTGRES + " -- stopped";
        int stopped;
        try (var ctx = ROOT.withCancel();
                var c = database.withGrace(Duration.ofMillis(200)).with(ctx).getConnection()) {
            stopped = pid(c);
            var s = c.createStatement();
            var failed = thrown(() -> s.execute(query));
            Slow.awaitRunning(query, 1);
            signal("-STOP", String.valueOf(stopped));
            try {
                long cancelled = System.nanoTime();
                ctx.cancel();
                assertInstanceOf(CancelledException.class, of(failed));
                assertTrue(System.nanoTime() - cancelled >= 200_000_000, "aborted before the grace time");
            } finally {
                signal("-CONT", String.valueOf(stopped));
            }
        }
        Slow.awaitRunning(query, 0); // a cancel was waiting for it
        try (var a = database.getConnection();
                var b = database.getConnection()) {
            assertFalse(pid(a) == stopped || pid(b) == stopped, "an aborted connection came back from the pool");
        }
    }

    @Test
    void begin_serverStopsAnswering_rolledBackByTheEndOfItsConnection() throws Exception {
        int stopped;
        try (var ctx = ROOT.withCancel()) {
            var tx = database.withGrace(Duration.ofMillis(200)).begin(ctx);
            try (var s = tx.connection().createStatement()) {
                s.execute("INSERT INTO t VALUES (1)");
            }
            stopped = pid(tx.connection());
            signal("-STOP", String.valueOf(stopped));
            try {
                ctx.cancel();
                tx.close(); // waits for the rollback, and does not for ever
            } finally {
                signal("-CONT", String.valueOf(stopped));
            }
        }
        try (var a = pool.getConnection();
                var b = pool.getConnection()) {
            assertFalse(pid(a) == stopped || pid(b) == stopped);
            assertEquals(0, number(a, "SELECT count(*) FROM t"));
        }
    }

    /// The commit waits on the server for what another connection holds. It happens when that lets go, after the caller was told that
    /// nobody knows.
    @Test
    void commit_hangsOnTheServer_abortedAfterTheGraceTimeAndTheOutcomeIsUnknown() throws Exception {
        int aborted;
        try (var holder = Slow.postgres().getConnection();
                var s = holder.createStatement()) {
            s.execute("CREATE OR REPLACE FUNCTION wait_for_7() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END'");
            s.execute("CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
                    + " FOR EACH ROW EXECUTE FUNCTION wait_for_7()");
            s.execute("SELECT pg_advisory_lock(7)");
            try (var ctx = ROOT.withCancel();
                    var tx = database.withGrace(Duration.ofMillis(100)).begin(ctx)) {
                aborted = pid(tx.connection());
                tx.connection().createStatement().execute("INSERT INTO t VALUES (1)");
                var failed = thrown(tx::commit);
                Slow.awaitRunning("COMMIT", 1);
                ctx.cancel();
                var e = assertInstanceOf(SQLException.class, of(failed));
                assertEquals("08007", e.getSQLState(), e.toString());
                assertInstanceOf(CancelledException.class, e.getSuppressed()[0]);
            }
            assertEquals(0, number(holder, "SELECT count(*) FROM t"));
        } // its lock ends with it
        try (var a = pool.getConnection();
                var b = pool.getConnection()) {
            assertFalse(pid(a) == aborted || pid(b) == aborted, "an aborted connection came back from the pool");
            Slow.awaitRunning("COMMIT", 0);
            assertEquals(1, number(b, "SELECT count(*) FROM t"));
        }
    }

    @Test
    void execute_connectionIsDead_isThrownAsItCameUnlessTheContextEnded() throws Exception {
        try (var ctx = ROOT.withCancel();
                var c = database.with(ctx).getConnection();
                var admin = Slow.postgres().getConnection()) {
            var s = c.createStatement();
            number(admin, "SELECT CASE WHEN pg_terminate_backend(" + pid(c) + ", 20000) THEN 1 END");
            var e = assertThrows(SQLException.class, () -> s.execute("SELECT 1"));
            assertTrue(e.getSQLState().startsWith("57P") || e.getSQLState().startsWith("08"), e.toString());
            assertThrows(SQLException.class, () -> s.execute("SELECT 1"));
            ctx.cancel();
            assertThrows(CancelledException.class, () -> s.execute("SELECT 1"));
        }
    }

    @Test
    void begin_connectionDies_closeSaysThatTheRollbackFailedAndGivesItBack() throws Exception {
        try (var admin = Slow.postgres().getConnection()) {
            var tx = database.begin(ROOT);
            number(admin, "SELECT CASE WHEN pg_terminate_backend(" + pid(tx.connection()) + ", 20000) THEN 1 END");
            assertThrows(SQLException.class, tx::close);
            assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
            tx.close();
        }
    }

    @Test
    void getConnection_poolIsClosed_isThrownAsItCame() throws Exception {
        pool.close();
        var e = assertThrows(SQLException.class, () -> database.getConnection());
        assertTrue(e.getMessage().contains("has been closed"), e.getMessage());
        assertThrows(SQLException.class, () -> database.begin(ROOT));
        try (var ctx = ROOT.withCancel()) {
            ctx.cancel();
            assertThrows(CancelledException.class, () -> database.with(ctx).getConnection());
        }
        open();
    }

    /// A transaction within one is another one, on another connection; with none left it waits until its context ends.
    @Test
    void begin_withinATransactionAndThePoolIsEmpty_givesUpWithItsContext() throws Exception {
        try (var outer = database.begin(ROOT);
                var inner = database.begin(ROOT);
                var ctx = ROOT.withTimeout(Duration.ofMillis(100))) {
            assertFalse(pid(outer.connection()) == pid(inner.connection()));
            assertThrows(DeadlineExceededException.class, () -> database.begin(ctx));
            inner.rollback();
            outer.connection().createStatement().execute("INSERT INTO t VALUES (1)");
            outer.commit();
        }
        try (var c = pool.getConnection()) {
            assertEquals(1, number(c, "SELECT count(*) FROM t"));
        }
    }

    private static int backends() throws SQLException {
        try (var c = Slow.postgres().getConnection()) {
            return number(c, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'");
        }
    }

    private void cutShort() throws Exception {
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(5));
                var c = database.with(ctx).getConnection();
                var s = c.createStatement()) {
            assertThrows(ContextException.class, () -> s.execute(Slow.POSTGRES));
        } catch (ContextException _) {
            // ended before there was a connection
        }
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(5));
                var tx = database.begin(ctx)) {
            assertThrows(ContextException.class, () -> tx.connection().createStatement().execute(Slow.POSTGRES));
        } catch (ContextException _) {
            // the same
        }
    }

    @Test
    void manyCutShort_poolDescriptorsThreadsGoroutinesAndServersProcessesAreBackAtTheirStart() throws Exception {
        for (int i = 0; i < 20; i++) {
            cutShort();
        }
        try (var a = pool.getConnection();
                var b = pool.getConnection()) {
            assertFalse(a.isClosed() || b.isClosed());
        }
        var start = Pools.holdings(pool);
        int processes = backends();
        for (int i = 0; i < 100; i++) {
            cutShort();
        }
        start.awaitBack();
        long until = System.nanoTime() + Slow.LONG.toNanos();
        for (int now; (now = backends()) > processes;) {
            assertTrue(System.nanoTime() < until, "processes of the server: " + processes + ", now " + now);
            ROOT.sleep(Duration.ofMillis(20)); // nobody tells when one is gone
        }
    }
}
