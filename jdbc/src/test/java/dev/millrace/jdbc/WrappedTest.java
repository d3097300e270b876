package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Which calls look, which are made whatever has ended, and what reaches a driver.
class WrappedTest {
    private static final Context ROOT = Context.background();
    private static final SQLException CUT = FakeDriver.CUT;

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    @Test
    void cancel_liesInTheDriverAfterTheCall_nextExecutionIsMadeAgain() throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:h2:mem:fake";
        var executions = new AtomicInteger();
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        try (var ctx = ROOT.withCancel()) {
            driver.execute = () -> {
                switch (executions.incrementAndGet()) {
                    case 1 -> {
                        ctx.cancel();
                        await(cancelled);
                    }
                    case 2, 4 -> throw CUT;
                    default -> {}
                }
                return true;
            };
            var s = Database.wrap(driver.connection()).createStatement();
            assertEquals(true, ctx.<Object, SQLException>call(() -> s.execute("brief")));
            assertTrue(s.execute("brief"));
            assertEquals(3, executions.get());
            assertSame(CUT, assertThrows(SQLException.class, () -> s.execute("brief")), "only once");
        }
    }

    @Test
    void execute_deadline_isAlsoTheDriversTimeoutAndOnlyThen() throws Exception {
        var driver = new FakeDriver();
        var s = Database.wrap(driver.connection()).createStatement();
        try (var ctx = ROOT.withTimeout(Duration.ofMinutes(10))) {
            ctx.<Object, SQLException>call(() -> s.execute("brief"));
            assertTrue(driver.timeout.get() > 590 && driver.timeout.get() <= 602, "seconds: " + driver.timeout);
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

    @Test
    void batch_cancelLiesInTheDriver_isNotMadeAgain() throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:h2:mem:fake";
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        var cut = new BatchUpdateException("cut", "57014", new int[] {Statement.EXECUTE_FAILED, 1});
        driver.on.put("statement.executeBatch", () -> {
            throw cut;
        });
        try (var ctx = ROOT.withCancel()) {
            driver.execute = () -> {
                ctx.cancel();
                await(cancelled);
                return true;
            };
            var s = Database.wrap(driver.connection()).prepareStatement("brief");
            assertEquals(true, ctx.<Object, SQLException>call(() -> s.execute()));
            assertSame(cut, assertThrows(SQLException.class, s::executeBatch));
            assertEquals(1, java.util.Collections.frequency(driver.calls, "statement.executeBatch"));
        }
    }

    /// The user's cancel is no stale one of ours.
    @Test
    void cancel_ofTheUser_endsTheExecutionAndIsNotMadeAgain() throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:h2:mem:fake";
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        var executions = new AtomicInteger();
        try (var ctx = ROOT.withCancel()) {
            driver.execute = () -> {
                if (executions.incrementAndGet() == 1) {
                    ctx.cancel();
                    await(cancelled);
                    return true;
                }
                throw CUT;
            };
            var s = Database.wrap(driver.connection()).prepareStatement("brief");
            ctx.<Object, SQLException>call(() -> s.execute());
            s.cancel();
            assertSame(CUT, assertThrows(SQLException.class, s::execute));
            assertEquals(2, executions.get());
        }
    }

    /// A stale cancel can make one kind of error only. To make again what failed otherwise could do its work twice.
    @Test
    void error_thatNoCancelMakes_afterAStaleCancel_isNotMadeAgain() throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:h2:mem:fake";
        var duplicate = new SQLException("duplicate key", "23505");
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        var executions = new AtomicInteger();
        try (var ctx = ROOT.withCancel()) {
            driver.execute = () -> {
                if (executions.incrementAndGet() == 1) {
                    ctx.cancel();
                    await(cancelled);
                    return true;
                }
                throw duplicate;
            };
            var s = Database.wrap(driver.connection()).prepareStatement("brief");
            ctx.<Object, SQLException>call(() -> s.execute());
            assertSame(duplicate, assertThrows(SQLException.class, s::execute));
            assertEquals(2, executions.get());
        }
    }

    /// A driver that does not keep cancels: an error of the next execution is its own.
    @Test
    void cancel_cameTooLateForAServer_nextExecutionIsNotMadeAgain() throws Exception {
        var driver = new FakeDriver();
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        var executions = new AtomicInteger();
        try (var ctx = ROOT.withCancel()) {
            driver.execute = () -> {
                if (executions.incrementAndGet() == 1) {
                    ctx.cancel();
                    await(cancelled);
                    return true;
                }
                throw CUT;
            };
            var s = Database.wrap(driver.connection()).prepareStatement("brief");
            ctx.<Object, SQLException>call(() -> s.execute());
            assertSame(CUT, assertThrows(SQLException.class, s::execute));
            assertEquals(2, executions.get());
        }
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
            ROOT.sleep(Duration.ofMillis(50));
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
