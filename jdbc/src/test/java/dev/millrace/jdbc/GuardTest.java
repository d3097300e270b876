package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The protocol, against a driver whose every step the test decides.
class GuardTest {
    private static final Context ROOT = Context.background();
    private static final SQLException CUT = new SQLException("cut", "57014");

    private interface Part {
        Object run() throws Exception;
    }

    /// A connection with one kind of statement.
    private static final class Driver {
        Part execute = () -> true;
        Part cancel = () -> null;
        String url = "jdbc:fake:";
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch aborted = new CountDownLatch(1);
        final AtomicInteger timeout = new AtomicInteger();
        final AtomicInteger cancels = new AtomicInteger();

        Connection connection() throws SQLException {
            var statement = make(Statement.class, (_, method, args) -> switch (method.getName()) {
                case "execute" -> {
                    running.countDown();
                    yield execute.run();
                }
                case "cancel" -> {
                    cancels.incrementAndGet();
                    yield cancel.run();
                }
                case "setQueryTimeout" -> {
                    timeout.set((Integer) args[0]);
                    yield null;
                }
                case "close" -> null;
                default -> throw new AssertionError(method);
            });
            var metaData = make(DatabaseMetaData.class, (_, _, _) -> url);
            return make(Connection.class, (_, method, _) -> switch (method.getName()) {
                case "createStatement" -> statement;
                case "unwrap" -> throw new SQLException("no unwrapping here");
                case "getMetaData" -> metaData;
                case "abort" -> {
                    aborted.countDown();
                    yield null;
                }
                case "close" -> null;
                default -> throw new AssertionError(method);
            });
        }

        private static <T> T make(Class<T> type, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(GuardTest.class.getClassLoader(), new Class<?>[] {type}, handler));
        }

        javax.sql.DataSource source() {
            return make(javax.sql.DataSource.class, (_, _, _) -> connection());
        }
    }

    private static Throwable executeUntilCancelled(Driver driver, Duration grace, CancellableContext ctx)
            throws Exception {
        var s = Database.of(driver.source())
                .withGrace(grace)
                .with(ctx)
                .getConnection()
                .createStatement();
        var result = new CompletableFuture<Throwable>();
        Thread.startVirtualThread(() -> {
            try {
                s.execute("slow");
                result.complete(null);
            } catch (Throwable t) {
                result.complete(t);
            }
        });
        assertTrue(driver.running.await(30, TimeUnit.SECONDS));
        ctx.cancel();
        return result.get(30, TimeUnit.SECONDS);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    @Test
    void cancel_firstOnesDoNothing_isSentAgain() throws Exception {
        var third = new CountDownLatch(3);
        var driver = new Driver();
        driver.cancel = () -> {
            third.countDown();
            if (third.getCount() == 2) {
                throw new SQLException("no second connection");
            }
            return null;
        };
        driver.execute = () -> {
            await(third);
            throw CUT;
        };
        try (var ctx = ROOT.withCancel()) {
            Throwable t = executeUntilCancelled(driver, Slow.LONG, ctx);
            assertEquals(CancelledException.class, t.getClass());
            assertSame(CUT, t.getSuppressed()[0]);
            assertEquals("no second connection", t.getSuppressed()[1].getMessage());
        }
        assertEquals(1, driver.aborted.getCount());
    }

    @Test
    void cancel_hasNoEffect_connectionIsAbortedAfterTheGraceTime() throws Exception {
        var driver = new Driver();
        driver.execute = () -> {
            await(driver.aborted);
            throw new SQLException("closed", "08006");
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(CancelledException.class,
                    executeUntilCancelled(driver, Duration.ofMillis(50), ctx).getClass());
        }
        assertTrue(driver.cancels.get() > 1, "cancels: " + driver.cancels);
    }

    @Test
    void cancel_hangs_connectionIsAbortedAndTheCallerLeaves() throws Exception {
        var driver = new Driver();
        var test = new CountDownLatch(1);
        driver.cancel = () -> {
            await(test);
            return null;
        };
        driver.execute = () -> {
            await(driver.aborted);
            throw new SQLException("closed", "08006");
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(CancelledException.class,
                    executeUntilCancelled(driver, Duration.ofMillis(50), ctx).getClass());
        } finally {
            test.countDown();
        }
    }

    @Test
    void cancel_stillOnItsWayWhenTheCallReturns_isWaitedFor() throws Exception {
        var driver = new Driver();
        var cancelling = new CountDownLatch(1);
        var returned = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        driver.cancel = () -> {
            cancelling.countDown();
            await(returned);
            Context.background().sleep(Duration.ofMillis(100)); // the caller could leave meanwhile, if it did not wait
            ended.set(true);
            return null;
        };
        driver.execute = () -> {
            await(cancelling);
            returned.countDown();
            return true;
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(null, executeUntilCancelled(driver, Slow.LONG, ctx));
            assertTrue(ended.get(), "left before the cancel had ended");
        }
        assertEquals(1, driver.cancels.get());
    }

    @Test
    void cancel_afterTheCall_isNotSent() throws Exception {
        var driver = new Driver();
        try (var ctx = ROOT.withCancel()) {
            var s = Database.wrap(ctx, driver.connection()).createStatement();
            s.execute("brief");
            ctx.cancel();
            assertThrows(CancelledException.class, () -> s.execute("brief"));
        }
        assertEquals(0, driver.cancels.get());
    }

    @Test
    void cancel_liesInTheDriverAfterTheCall_nextExecutionIsMadeAgain() throws Exception {
        var driver = new Driver();
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
        var driver = new Driver();
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
    void error_notOfACancelAndNothingSent_isThrownAsItCame() throws Exception {
        var driver = new Driver();
        var planted = new SQLException("duplicate", "23505");
        driver.execute = () -> {
            throw planted;
        };
        try (var ctx = ROOT.withCancel()) {
            var s = Database.wrap(ctx, driver.connection()).createStatement();
            assertSame(planted, assertThrows(SQLException.class, () -> s.execute("brief")));
            driver.execute = () -> {
                throw CUT;
            };
            assertSame(CUT, assertThrows(SQLException.class, () -> s.execute("brief")));
        }
    }

    @Test
    void interrupt_ofOurs_comesAfterTheCall() throws Exception {
        var driver = new Driver();
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
        var driver = new Driver();
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
}
