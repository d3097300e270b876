package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Goroutines;
import dev.millrace.internal.ContextBase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The protocol, against a driver whose every step the test decides.
class GuardTest {
    private static final Context ROOT = Context.background();
    private static final SQLException CUT = FakeDriver.CUT;

    private static Throwable executeUntilCancelled(FakeDriver driver, Duration grace, CancellableContext ctx)
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

    /// Whether the thread whose call has returned waits at the guard's exit, and has not left. Looks until it does one of them.
    private static boolean staysAtTheExit(Thread caller) {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (caller.getState() != Thread.State.TERMINATED) {
            if (caller.getState() == Thread.State.WAITING
                    && Stream.of(caller.getStackTrace()).anyMatch(f -> f.getMethodName().equals("exit"))) {
                return true;
            }
            assertTrue(System.nanoTime() < until, "neither waits nor leaves");
            Thread.onSpinWait();
        }
        return false;
    }

    @Test
    void cancel_firstOnesDoNothing_isSentAgain() throws Exception {
        var third = new CountDownLatch(3);
        var driver = new FakeDriver();
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
        var driver = new FakeDriver();
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
        var driver = new FakeDriver();
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
        var driver = new FakeDriver();
        var cancelling = new CountDownLatch(1);
        var caller = new CompletableFuture<Thread>();
        var stays = new CompletableFuture<Boolean>();
        driver.cancel = () -> {
            cancelling.countDown();
            stays.complete(staysAtTheExit(caller.get(30, TimeUnit.SECONDS)));
            return null;
        };
        driver.execute = () -> {
            await(cancelling);
            caller.complete(Thread.currentThread());
            return true;
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(null, executeUntilCancelled(driver, Slow.LONG, ctx));
            assertTrue(stays.get(30, TimeUnit.SECONDS), "left before the cancel had ended");
        }
        assertEquals(1, driver.cancels.get());
    }

    @Test
    void cancel_afterTheCall_isNotSent() throws Exception {
        var driver = new FakeDriver();
        try (var ctx = ROOT.withCancel()) {
            var s = Database.wrap(ctx, driver.connection()).createStatement();
            s.execute("brief");
            ctx.cancel();
            assertThrows(CancelledException.class, () -> s.execute("brief"));
        }
        assertEquals(0, driver.cancels.get());
    }

    @Test
    void error_notOfACancelAndNothingSent_isThrownAsItCame() throws Exception {
        var driver = new FakeDriver();
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
    void cancel_succeeds_nothingIsAbortedAndOneCancelIsEnough() throws Exception {
        var driver = new FakeDriver();
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        driver.execute = () -> {
            await(cancelled);
            throw CUT;
        };
        try (var ctx = ROOT.withCancel()) {
            assertSame(CUT, executeUntilCancelled(driver, Slow.LONG, ctx).getSuppressed()[0]);
        }
        assertEquals(1, driver.aborted.getCount());
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (Goroutines.dump().contains("jdbc cancel")) { // it has ended; its goroutine is on the list a moment longer
            assertTrue(System.nanoTime() < until, "a canceller was forgotten");
        }
    }

    /// The call has returned, a cancel hangs: nobody knows when it arrives, so the connection is given up.
    @Test
    void cancel_hangsAndTheCallReturns_connectionIsAbortedAfterTheGraceTime() throws Exception {
        var driver = new FakeDriver();
        var cancelling = new CountDownLatch(1);
        var test = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelling.countDown();
            await(test);
            return null;
        };
        driver.execute = () -> {
            await(cancelling);
            return true;
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(null, executeUntilCancelled(driver, Duration.ofMillis(50), ctx));
            assertEquals(0, driver.aborted.getCount(), "the late cancel may hit whoever has the connection next");
        } finally {
            test.countDown();
        }
    }

    /// An embedded database cannot be aborted: its cancel is waited for, whatever the grace time.
    @Test
    void cancel_embedded_isWaitedForAndNothingIsAborted() throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:h2:mem:fake";
        var cancelling = new CountDownLatch(1);
        var caller = new CompletableFuture<Thread>();
        var stays = new CompletableFuture<Boolean>();
        driver.cancel = () -> {
            cancelling.countDown();
            stays.complete(staysAtTheExit(caller.get(30, TimeUnit.SECONDS)));
            return null;
        };
        driver.execute = () -> {
            await(cancelling);
            caller.complete(Thread.currentThread());
            return true;
        };
        try (var ctx = ROOT.withCancel()) {
            assertEquals(null, executeUntilCancelled(driver, Duration.ZERO, ctx));
            assertTrue(stays.get(30, TimeUnit.SECONDS), "left before the cancel had ended");
        }
        assertEquals(1, driver.aborted.getCount());
    }

    @Test
    void abort_fails_isSuppressed() throws Exception {
        var driver = new FakeDriver();
        var planted = new SQLException("cannot abort");
        driver.on.put("abort", () -> {
            throw planted;
        });
        driver.execute = () -> {
            await(driver.aborted);
            throw new SQLException("closed", "08006");
        };
        try (var ctx = ROOT.withCancel()) {
            Throwable t = executeUntilCancelled(driver, Duration.ofMillis(20), ctx);
            assertEquals("closed", t.getSuppressed()[0].getMessage());
            assertSame(planted, t.getSuppressed()[1]);
        }
    }

    /// The driver's own limit and the deadline pass together; whether a cancel was sent does not matter.
    @Test
    void error_ofTheDriversLimitAndTheContextHasEnded_isTheContexts() throws Exception {
        var driver = new FakeDriver();
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(50))) {
            driver.execute = () -> {
                while (!ctx.isDone()) {
                    Thread.onSpinWait();
                }
                throw CUT;
            };
            var s = Database.wrap(ctx, driver.connection()).createStatement();
            var e = assertThrows(DeadlineExceededException.class, () -> s.execute("brief"));
            assertSame(CUT, e.getSuppressed()[0]);
        }
    }

    @Test
    void runtimeException_contextEnds_isThrownAsItCame() throws Exception {
        var driver = new FakeDriver();
        var planted = new IllegalStateException("a driver's bug");
        var cancelled = new CountDownLatch(1);
        driver.cancel = () -> {
            cancelled.countDown();
            return null;
        };
        driver.execute = () -> {
            await(cancelled);
            throw planted;
        };
        try (var ctx = ROOT.withCancel()) {
            assertSame(planted, executeUntilCancelled(driver, Slow.LONG, ctx));
        }
    }

    /// The context ends within the call, so late that no cancel is sent mostly. An error of a cancel is the context's all the
    /// same (the driver's own limit, say); another one is the driver's.
    @Test
    void error_contextEndsJustBefore_dependsOnTheError() throws Exception {
        var planted = new SQLException("duplicate", "23505");
        int own = 0;
        for (int i = 0; i < 200; i++) {
            for (SQLException error : List.of(CUT, planted)) {
                var driver = new FakeDriver();
                try (var ctx = ROOT.withCancel()) {
                    driver.execute = () -> {
                        ctx.cancel();
                        throw error;
                    };
                    var s = Database.wrap(ctx, driver.connection()).createStatement();
                    Exception e = assertThrows(Exception.class, () -> s.execute("brief"));
                    if (e == planted) {
                        own++;
                    } else {
                        assertEquals(CancelledException.class, e.getClass());
                        assertSame(error, e.getSuppressed()[0]);
                    }
                }
            }
        }
        assertTrue(own > 0, "an error that no cancel can have made was never the driver's");
    }

    @Test
    void calls_over_leaveNothingAtTheContext() throws Exception {
        var driver = new FakeDriver();
        try (var ctx = ROOT.withCancel()) {
            var c = Database.wrap(ctx, driver.connection());
            var s = c.createStatement();
            s.execute("brief");
            driver.execute = () -> {
                throw new SQLException("planted");
            };
            assertThrows(SQLException.class, () -> s.execute("brief"));
            driver.execute = () -> {
                throw new IllegalStateException("planted");
            };
            assertThrows(IllegalStateException.class, () -> s.execute("brief"));
            c.rollback();
            driver.on.put("rollback", () -> {
                throw new SQLException("planted");
            });
            assertThrows(SQLException.class, c::rollback);
            s.close();
            c.close();
            assertEquals(0, ContextBase.nodeOf(ctx).listeners());
        }
    }
}
