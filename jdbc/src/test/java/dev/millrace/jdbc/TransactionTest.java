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
import dev.millrace.internal.ContextBase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// The end of a transaction, against a driver whose every step the test decides. On a real server: [PostgresTest].
class TransactionTest {
    private static final Context ROOT = Context.background();
    private static final List<String> BEGUN = List.of("setAutoCommit", "autoCommit false");
    private final FakeDriver driver = new FakeDriver();
    private final Database database = Database.of(driver.source());

    private List<String> after(String... expected) {
        var all = new java.util.ArrayList<>(BEGUN);
        all.addAll(List.of(expected));
        return all;
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    @Test
    void commit_givesTheConnectionBackAsItWas() throws SQLException {
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            tx.commit();
            assertEquals(after("commit", "setAutoCommit", "autoCommit true", "close"), driver.calls);
        }
        assertEquals(after("commit", "setAutoCommit", "autoCommit true", "close"), driver.calls, "nothing more");
    }

    @Test
    void begin_connectionIsNotInAutoCommit_isGivenBackSo() throws SQLException {
        driver.connection().setAutoCommit(false);
        driver.calls.clear();
        try (var tx = database.begin(ROOT)) {
            tx.rollback();
        }
        assertEquals(after("rollback", "setAutoCommit", "autoCommit false", "close"), driver.calls);
    }

    @Test
    void connection_commitRollbackClose_areTheTransactions() throws SQLException {
        try (var tx = database.begin(ROOT)) {
            tx.connection().commit();
            assertTrue(tx.isDone());
            assertEquals("sql: transaction has already been committed or rolled back",
                    assertThrows(SQLException.class, tx.connection()::rollback).getMessage());
            assertEquals("25000",
                    assertThrows(SQLException.class, tx.connection()::createStatement).getSQLState());
            tx.connection().close(); // a second close does nothing
        }
        assertEquals(1, java.util.Collections.frequency(driver.calls, "close"));
        assertFalse(driver.calls.contains("rollback"));
        driver.calls.clear();
        try (var tx = database.begin(ROOT)) {
            tx.connection().close();
            assertEquals(after("rollback", "setAutoCommit", "autoCommit true", "close"), driver.calls);
        }
    }

    /// To a savepoint: the transaction goes on.
    @Test
    void rollback_toASavepoint_endsNothing() throws SQLException {
        try (var tx = database.begin(ROOT)) {
            tx.connection().rollback(null);
            assertFalse(tx.isDone());
            tx.commit();
        }
        assertEquals(after("rollback", "commit", "setAutoCommit", "autoCommit true", "close"), driver.calls);
    }

    @Test
    void setAutoCommit_isRefused() throws SQLException {
        try (var tx = database.begin(ROOT)) {
            var e = assertThrows(SQLException.class, () -> tx.connection().setAutoCommit(true));
            assertEquals("25000", e.getSQLState());
            assertFalse(tx.isDone());
            assertEquals(BEGUN, driver.calls);
        }
    }

    @Test
    void begin_contextEnded_takesNoConnection() {
        var ctx = ROOT.withCancel();
        ctx.cancel();
        assertThrows(CancelledException.class, () -> database.begin(ctx));
        assertEquals(List.of(), driver.calls);
    }

    @Test
    void begin_fails_connectionIsGivenBackAndItIsThrownAsItCame() {
        var planted = new SQLException("no");
        driver.on.put("setAutoCommit", () -> {
            throw planted;
        });
        assertSame(planted, assertThrows(SQLException.class, () -> database.begin(ROOT)));
        assertEquals(List.of("setAutoCommit", "close"), driver.calls);
    }

    @Test
    void commit_fails_isThrownAsItCameAndRolledBack() throws SQLException {
        var planted = new SQLException("serialization", "40001");
        driver.on.put("commit", () -> {
            throw planted;
        });
        try (var tx = database.begin(ROOT)) {
            assertSame(planted, assertThrows(SQLException.class, tx::commit));
            assertTrue(tx.isDone());
        }
        assertEquals(after("commit", "rollback", "setAutoCommit", "autoCommit true", "close"), driver.calls);
    }

    /// An error would say that the commit failed.
    @Test
    void commit_connectionCannotBeGivenBack_returnsNormally() throws SQLException {
        driver.on.put("close", () -> {
            throw new SQLException("planted");
        });
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            tx.commit();
        }
        assertEquals(after("commit", "setAutoCommit", "autoCommit true", "close"), driver.calls);
    }

    @Test
    void commit_contextEndsMeanwhileAndItReturns_isCommitted() throws Exception {
        try (var ctx = ROOT.withCancel()) {
            driver.on.put("commit", () -> {
                ctx.cancel();
                return null;
            });
            try (var tx = database.begin(ctx)) {
                tx.commit();
            }
        }
        assertFalse(driver.calls.contains("rollback"), driver.calls.toString());
    }

    /// Nothing cancels a commit; the driver's error is its own, also when the context has ended.
    @Test
    void commit_contextEndsMeanwhileAndItFails_isThrownAsItCame() throws Exception {
        var planted = new SQLException("serialization", "40001");
        for (SQLException failure : List.of(planted, FakeDriver.CUT)) {
            var mine = new FakeDriver();
            try (var ctx = ROOT.withCancel()) {
                mine.on.put("commit", () -> {
                    ctx.cancel();
                    throw failure;
                });
                var tx = Database.of(mine.source()).begin(ctx);
                assertSame(failure, assertThrows(SQLException.class, tx::commit));
                assertEquals(after("commit", "rollback", "setAutoCommit", "autoCommit true", "close"), mine.calls);
            }
        }
    }

    /// Grace, then abort. That the context has ended would say that nothing is committed.
    @Test
    void commit_hangsAndTheContextEnds_isAbortedAfterTheGraceTimeAndSaysThatTheOutcomeIsUnknown() throws Exception {
        Duration grace = Duration.ofMillis(50);
        var closed = new SQLException("closed", "08006");
        var ended = new long[1];
        try (var ctx = ROOT.withName("checkout").withCancel()) {
            driver.on.put("commit", () -> {
                ended[0] = System.nanoTime();
                ctx.cancel(new IllegalStateException("client left"));
                await(driver.aborted);
                throw closed;
            });
            driver.on.put("rollback", () -> {
                throw closed;
            });
            var tx = database.withGrace(grace).begin(ctx);
            isUnknown(assertThrows(SQLException.class, tx::commit), closed);
            assertTrue(System.nanoTime() - ended[0] >= grace.toNanos(), "aborted before the grace time");
            assertTrue(tx.isDone());
            tx.close(); // all has been said
        }
        assertEquals(0, driver.cancels.get());
        assertEquals(after("commit", "abort", "rollback", "abort", "close"), driver.calls);
    }

    @Test
    void commit_withoutTransactionHangsAndTheContextEnds_saysThatTheOutcomeIsUnknown() throws Exception {
        var closed = new SQLException("closed", "08006");
        try (var ctx = ROOT.withName("checkout").withCancel()) {
            driver.on.put("commit", () -> {
                ctx.cancel(new IllegalStateException("client left"));
                await(driver.aborted);
                throw closed;
            });
            try (var c = database.withGrace(Duration.ZERO).with(ctx).getConnection()) {
                c.setAutoCommit(false);
                isUnknown(assertThrows(SQLException.class, c::commit), closed);
            }
        }
        assertEquals(after("commit", "abort", "close"), driver.calls);
    }

    private static void isUnknown(SQLException e, SQLException cause) {
        assertEquals("08007", e.getSQLState());
        assertTrue(e.getMessage().contains("whether that has happened is unknown"), e.getMessage());
        assertSame(cause, e.getCause());
        var end = assertInstanceOf(CancelledException.class, e.getSuppressed()[0]);
        assertEquals("client left", end.getCause().getMessage());
        assertTrue(end.getMessage().contains("checkout"), end.getMessage());
    }

    @Test
    void close_rollbackFails_connectionIsAbortedAndItIsThrownOnce() throws SQLException {
        var planted = new SQLException("planted");
        driver.on.put("rollback", () -> {
            throw planted;
        });
        var tx = database.begin(ROOT);
        assertSame(planted, assertThrows(SQLException.class, tx::close));
        assertEquals(after("rollback", "abort", "close"), driver.calls);
        tx.close();
        assertEquals(after("rollback", "abort", "close"), driver.calls);
    }

    @Test
    void close_rollbackAndCloseFail_theSecondIsSuppressed() throws SQLException {
        var first = new SQLException("first");
        var second = new SQLException("second");
        driver.on.put("rollback", () -> {
            throw first;
        });
        driver.on.put("close", () -> {
            throw second;
        });
        var tx = database.begin(ROOT);
        assertSame(first, assertThrows(SQLException.class, tx::close));
        assertSame(second, first.getSuppressed()[0]);
    }

    /// To abort is to roll back, so it need not be waited for.
    @Test
    void close_rollbackHangs_connectionIsAbortedAfterTheGraceTime() throws SQLException {
        driver.on.put("rollback", () -> {
            await(driver.aborted);
            throw new SQLException("closed", "08006");
        });
        var tx = database.withGrace(Duration.ZERO).begin(ROOT);
        var e = assertThrows(DeadlineExceededException.class, tx::close);
        assertTrue(e.getMessage().contains("rollback"), e.getMessage());
        assertEquals("close", driver.calls.getLast());
    }

    @Test
    void contextEnds_noCallIsRunning_isRolledBackAtOnceAndByItself() throws Exception {
        var closed = new CountDownLatch(1);
        driver.on.put("close", () -> {
            closed.countDown();
            return null;
        });
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            ctx.cancel();
            await(closed);
            assertTrue(tx.isDone());
            assertThrows(CancelledException.class, tx::commit, "the context's end, and not that it is over");
        }
        assertEquals(after("rollback", "setAutoCommit", "autoCommit true", "close"), driver.calls);
    }

    /// Nobody is there to hear that the rollback failed; the connection ends, and so the server rolls back.
    @Test
    void contextEnds_rollbackFails_connectionIsAbortedAndCloseIsQuiet() throws SQLException {
        driver.on.put("rollback", () -> {
            throw new SQLException("planted");
        });
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            ctx.cancel();
            tx.close();
            assertEquals(after("rollback", "abort", "close"), driver.calls);
        }
    }

    /// The connection is given back when the call has left it, not before.
    @Test
    void contextEnds_withinACall_theCallsThreadRollsBackBeforeItThrows() throws Exception {
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        try (var ctx = ROOT.withCancel();
                var tx = database.begin(ctx)) {
            driver.execute = () -> {
                ctx.cancel();
                await(cancelled);
                assertFalse(driver.calls.contains("rollback"), "while a call is running");
                throw FakeDriver.CUT;
            };
            var s = tx.connection().createStatement();
            assertThrows(CancelledException.class, () -> s.execute("slow"));
            assertEquals(
                    after("createStatement", "rollback", "setAutoCommit", "autoCommit true", "close"), driver.calls);
        }
    }

    /// Also when the call is over before the context's end has reached the transaction.
    @Test
    void contextEnds_justBeforeACallReturns_isRolledBackWhenItThrows() throws Exception {
        for (int i = 0; i < 200; i++) {
            var mine = new FakeDriver();
            try (var ctx = ROOT.withCancel();
                    var tx = Database.of(mine.source()).begin(ctx)) {
                var s = tx.connection().createStatement();
                mine.execute = () -> {
                    ctx.cancel();
                    throw FakeDriver.CUT;
                };
                assertThrows(CancelledException.class, () -> s.execute("brief"));
                assertEquals("close", mine.calls.getLast(), "round " + i);
            }
        }
    }

    @Test
    void close_aCallIsRunning_waitsForItAndForItsRollback() throws Exception {
        var go = new CountDownLatch(1);
        driver.execute = () -> {
            await(go);
            return true;
        };
        var tx = database.begin(ROOT);
        var s = tx.connection().createStatement();
        var calling = new CompletableFuture<Boolean>();
        Thread.startVirtualThread(() -> {
            try {
                calling.complete(s.execute("slow"));
            } catch (Throwable t) {
                calling.completeExceptionally(t);
            }
        });
        await(driver.running);
        var interrupted = new AtomicBoolean();
        var closing = Thread.ofVirtual().unstarted(() -> {
            try {
                tx.close();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            interrupted.set(Thread.interrupted());
        });
        closing.start();
        while (!tx.isDone()) {
            Thread.onSpinWait();
        }
        closing.interrupt(); // it waits all the same
        assertThrows(SQLException.class, tx::commit, "no call enters any more");
        assertFalse(driver.calls.contains("close"));
        go.countDown();
        assertTrue(calling.get(30, TimeUnit.SECONDS), "a call that returns normally has happened");
        assertTrue(closing.join(Duration.ofSeconds(30)));
        assertTrue(interrupted.get(), "the interrupt was lost");
        assertEquals(after("createStatement", "rollback", "setAutoCommit", "autoCommit true", "close"), driver.calls);
    }

    @Test
    void over_theContextForgetsIt() throws SQLException {
        try (var ctx = ROOT.withCancel()) {
            for (int i = 0; i < 10; i++) {
                try (var tx = database.begin(ctx)) {
                    tx.connection().createStatement().close();
                }
            }
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
        }
    }

    @Test
    void toString_saysWhetherItIsOver() throws SQLException {
        try (var tx = database.begin(ROOT)) {
            assertFalse(tx.toString().endsWith(": over"), tx.toString());
            tx.rollback();
            assertTrue(tx.toString().endsWith(": over"), tx.toString());
        }
    }
}
