package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A cancel of ours that came too late for its execution and lies in the driver.
class StaleCancelTest {
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
        isNotMadeAgain("jdbc:h2:mem:fake", PreparedStatement::cancel, CUT);
    }

    /// A stale cancel can make one kind of error only. To make again what failed otherwise could do its work twice.
    @Test
    void error_thatNoCancelMakes_afterAStaleCancel_isNotMadeAgain() throws Exception {
        isNotMadeAgain("jdbc:h2:mem:fake", _ -> {}, new SQLException("duplicate key", "23505"));
    }

    /// A driver that does not keep cancels: an error of the next execution is its own.
    @Test
    void cancel_cameTooLateForAServer_nextExecutionIsNotMadeAgain() throws Exception {
        isNotMadeAgain(new FakeDriver().url, _ -> {}, CUT);
    }

    /// What is done between two executions.
    private interface Between {
        void run(PreparedStatement statement) throws SQLException;
    }

    /// A cancel comes as the first execution returns; the second one fails with `failure`, and that is all.
    private static void isNotMadeAgain(String url, Between between, SQLException failure) throws Exception {
        var driver = new FakeDriver();
        driver.url = url;
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
                throw failure;
            };
            var s = Database.wrap(driver.connection()).prepareStatement("brief");
            ctx.<Object, SQLException>call(() -> s.execute());
            between.run(s);
            assertSame(failure, assertThrows(SQLException.class, s::execute));
            assertEquals(2, executions.get());
        }
    }
}
