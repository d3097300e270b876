package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which calls look, which are made whatever has ended, and what reaches a driver.
class WrappedTest {
    private static final Context ROOT = Context.background();

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    @Test
    void execute_deadline_isAlsoTheDriversTimeoutAndOnlyThen() throws Exception {
        var driver = new FakeDriver();
        var s = Database.wrap(driver.connection()).createStatement();
        try (var ctx = ROOT.withTimeout(Duration.ofMinutes(10))) {
            ctx.<Object, SQLException>call(() -> s.execute("brief"));
            long left = ctx.remainingNanos() / 1_000_000_000; // whole seconds, a little later than the call looked
            assertTrue(driver.timeout.get() >= left + 2 && driver.timeout.get() <= 602, "seconds: " + driver.timeout);
            s.setQueryTimeout(7);
            ctx.<Object, SQLException>call(() -> s.execute("brief"));
            assertEquals(7, driver.timeout.get());
            s.setQueryTimeout(5_000);
            ctx.<Object, SQLException>call(() -> s.execute("brief"));
            assertTrue(driver.timeout.get() <= 602, "seconds: " + driver.timeout);
            assertEquals(5_000, s.getQueryTimeout());
        }
        s.execute("brief");
        assertEquals(5_000, driver.timeout.get());
    }

    /// There it is something else: the time to wait for a lock, or what stays with the pooled connection.
    @ParameterizedTest
    @ValueSource(strings = {"jdbc:h2:mem:fake", "jdbc:sqlite:fake"})
    void execute_deadlineOfADriverInThisProcess_isNotItsTimeout(String url) throws Exception {
        var driver = new FakeDriver();
        driver.url = url;
        driver.timeout.set(-1);
        var s = Database.wrap(driver.connection()).createStatement();
        try (var ctx = ROOT.withTimeout(Duration.ofMinutes(10))) {
            assertEquals(true, ctx.<Object, SQLException>call(() -> s.execute("brief")));
        }
        assertEquals(-1, driver.timeout.get());
    }

    @Test
    void database_keepsItsContextAndItsGraceWhateverIsSetLast() throws Exception {
        for (boolean contextLast : new boolean[] {true, false}) {
            var driver = new FakeDriver();
            driver.execute = () -> {
                await(driver.aborted);
                throw new SQLException("closed", "08006");
            };
            var plain = Database.of(driver.source());
            try (var ctx = ROOT.withCancel()) {
                var database = contextLast ? plain.withGrace(Duration.ZERO).with(ctx)
                        : plain.with(ctx).withGrace(Duration.ZERO);
                var s = database.getConnection().createStatement();
                long start = System.nanoTime();
                Thread.startVirtualThread(() -> {
                    try {
                        await(driver.running);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    ctx.cancel();
                });
                assertThrows(CancelledException.class, () -> s.execute("long"));
                assertTrue(System.nanoTime() - start < 4_000_000_000L, "it had the grace time of five seconds");
            }
        }
    }

    @Test
    void rowsOfMetadata_areMovedUnderTheContext() throws Exception {
        var driver = new FakeDriver();
        driver.on.put("getTables", () -> driver.rows);
        driver.on.put("rows.next", () -> true);
        try (var ctx = ROOT.withCancel()) {
            var rows = Database.wrap(ctx, driver.connection()).getMetaData().getTables(null, null, null, null);
            assertTrue(rows.next());
            assertNull(rows.getStatement(), "no statement made it");
            ctx.cancel();
            assertThrows(CancelledException.class, rows::next);
        }
    }

    @Test
    void interrupt_ofOurs_comesAfterTheCall() throws Exception {
        var driver = new FakeDriver();
        var within = new AtomicBoolean();
        var after = new AtomicBoolean();
        try (var outer = ROOT.withCancel()) {
            driver.execute = () -> {
                outer.cancel();
                within.set(Thread.currentThread().isInterrupted());
                return true;
            };
            var s = Database.wrap(ROOT, driver.connection()).createStatement();
            Interruptible.run(outer, () -> {
                s.execute("brief");
                after.set(Thread.currentThread().isInterrupted());
            });
        }
        assertFalse(within.get(), "the driver was interrupted");
        assertTrue(after.get(), "the interrupt was lost");
        assertFalse(Thread.currentThread().isInterrupted(), "the interrupt outlived its region");
    }

    @Test
    void interrupt_ofOursBeforeTheCall_isTakenBackMeanwhile() throws Exception {
        var driver = new FakeDriver();
        var within = new AtomicBoolean();
        var after = new AtomicBoolean();
        driver.execute = () -> {
            within.set(Thread.currentThread().isInterrupted());
            return true;
        };
        var s = Database.wrap(ROOT, driver.connection()).createStatement();
        try (var outer = ROOT.withCancel()) {
            Interruptible.run(outer, () -> {
                outer.cancel();
                s.execute("brief");
                after.set(Thread.currentThread().isInterrupted());
            });
        }
        assertFalse(within.get(), "the driver was interrupted");
        assertTrue(after.get(), "the interrupt was lost");
        assertFalse(Thread.currentThread().isInterrupted(), "the interrupt outlived its region");
    }

    /// Each method that may wait for the server looks first, and does nothing when the context has ended.
    @Test
    void contextDone_whatWaitsThrowsAndWhatTidiesIsMade() throws Exception {
        var driver = new FakeDriver();
        driver.on.put("statement.executeBatch", () -> new int[0]);
        driver.on.put("rows.next", () -> true);
        driver.on.put("getTransactionIsolation", () -> 2);
        driver.on.put("isClosed", () -> false);
        try (var ctx = ROOT.withCancel()) {
            var c = Database.wrap(ctx, driver.connection());
            var s = c.prepareStatement("brief");
            var rows = s.executeQuery();
            assertTrue(rows.next());
            var metaData = c.getMetaData();
            ctx.cancel();
            driver.calls.clear();
            for (Executable waits : new Executable[] {
                s::execute,
                s::executeQuery,
                s::executeBatch,
                s::getMoreResults,
                s::getMetaData,
                s::getParameterMetaData,
                rows::next,
                rows::previous,
                rows::first,
                rows::last,
                () -> rows.absolute(1),
                () -> rows.relative(1),
                rows::beforeFirst,
                rows::afterLast,
                rows::refreshRow,
                rows::insertRow,
                rows::updateRow,
                rows::deleteRow,
                c::createStatement,
                () -> c.prepareStatement("brief"),
                () -> c.prepareCall("brief"),
                c::setSavepoint,
                c::commit,
                () -> metaData.getTables(null, null, null, null)
            }) {
                assertThrows(CancelledException.class, waits);
            }
            assertEquals(List.of(), driver.calls);
            rows.close();
            s.close();
            c.rollback();
            c.rollback(null);
            c.setReadOnly(false);
            assertEquals(2, c.getTransactionIsolation());
            assertFalse(c.isClosed());
            c.close();
            assertEquals(
                    List.of(
                            "rows.close",
                            "statement.close",
                            "rollback",
                            "rollback",
                            "setReadOnly",
                            "getTransactionIsolation",
                            "isClosed",
                            "close"),
                    driver.calls);
        }
        assertEquals(1, driver.aborted.getCount());
    }

    @Test
    void rollback_serverDoesNotAnswerAndTheContextEnds_connectionIsAborted() throws Exception {
        var driver = new FakeDriver();
        var rollingBack = new CountDownLatch(1);
        var closed = new SQLException("closed", "08006");
        driver.on.put("rollback", () -> {
            rollingBack.countDown();
            await(driver.aborted);
            throw closed;
        });
        try (var ctx = ROOT.withCancel()) {
            var c = Database.of(driver.source()).withGrace(Duration.ZERO).with(ctx).getConnection();
            Thread.startVirtualThread(() -> {
                try {
                    await(rollingBack);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                ctx.cancel();
            });
            assertSame(closed, assertThrows(SQLException.class, c::rollback));
        }
    }

    @Test
    void interrupt_ofOurs_reachesNoMethodOfADriver() throws Exception {
        var driver = new FakeDriver();
        var reached = new CopyOnWriteArrayList<String>();
        for (String name : new String[] {
            "commit", "rollback", "close", "setSavepoint", "rows.next", "rows.close", "rows.getInt", "statement.close",
            "setAutoCommit", "setReadOnly", "getTables", "prepareStatement", "isClosed"
        }) {
            driver.on.put(name, () -> {
                if (Thread.currentThread().isInterrupted()) {
                    reached.add(name);
                }
                return switch (name) {
                    case "rows.next", "isClosed" -> true;
                    case "rows.getInt" -> 1;
                    default -> null;
                };
            });
        }
        try (var outer = ROOT.withCancel()) {
            Interruptible.run(outer, () -> {
                var c = Database.wrap(ROOT, driver.connection());
                outer.cancel();
                var s = c.prepareStatement("brief");
                var rows = s.executeQuery();
                rows.next();
                rows.getInt(1);
                rows.close();
                s.close();
                c.getMetaData().getTables(null, null, null, null);
                c.setAutoCommit(false);
                c.setSavepoint();
                c.commit();
                c.rollback();
                c.setReadOnly(true);
                c.isClosed();
                c.close();
                assertTrue(Thread.interrupted(), "the interrupt was lost");
            });
        }
        assertEquals(List.of(), reached);
        assertTrue(driver.calls.size() >= 12, driver.calls.toString());
    }

    /// However short the grace time is: what tidies up has a second.
    @Test
    void rollback_contextEndedAndNoGrace_isGivenTime() throws Exception {
        var driver = new FakeDriver();
        driver.on.put("rollback", () -> {
            ROOT.sleep(Duration.ofMillis(50)); // the time that it may take is what is tested
            assertEquals(1, driver.aborted.getCount(), "aborted at once");
            return null;
        });
        try (var ctx = ROOT.withCancel()) {
            var c = Database.of(driver.source()).withGrace(Duration.ZERO).with(ctx).getConnection();
            ctx.cancel();
            c.rollback();
        }
        assertTrue(driver.calls.contains("rollback"));
    }
}
