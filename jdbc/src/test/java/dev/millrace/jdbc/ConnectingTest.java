package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.internal.ContextBase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Who has a connection that a data source gives late, or never.
class ConnectingTest {
    private static final Context ROOT = Context.background();
    private final FakeDriver driver = new FakeDriver();
    private final Database database = Database.of(driver.source());
    private final CountDownLatch connecting = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    ConnectingTest() {
        driver.on.put("close", () -> {
            closed.countDown();
            return null;
        });
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    /// Waits for `answer` whatever interrupts come.
    private Connection deaf() {
        connecting.countDown();
        while (true) {
            try {
                await(answer);
                return driver.connection();
            } catch (InterruptedException _) {
                // as some pools do
            }
        }
    }

    /// What `body` answers or throws, on a thread of that kind.
    private static CompletableFuture<Object> on(boolean virtual, Callable<?> body) {
        var result = new CompletableFuture<Object>();
        Runnable run = () -> {
            try {
                result.complete(body.call());
            } catch (Throwable t) {
                result.complete(t);
            }
        };
        if (virtual) {
            Thread.startVirtualThread(run);
        } else {
            Thread.ofPlatform().daemon().start(run);
        }
        return result;
    }

    private static <T> T of(CompletableFuture<? extends T> result) throws Exception {
        return result.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void getConnection_hangsAndHearsNothing_returnsAtTheCancelAndALateConnectionIsClosed(boolean virtual)
            throws Exception {
        driver.connect = this::deaf;
        try (var ctx = ROOT.withName("page").withCancel()) {
            var result = on(virtual, () -> database.with(ctx).getConnection());
            await(connecting);
            ctx.cancel(new IllegalStateException("client left"));
            var e = assertInstanceOf(CancelledException.class, of(result));
            assertEquals("client left", e.getCause().getMessage());
            String dump = ctx.dump().toString();
            assertTrue(dump.contains("jdbc connect") && dump.contains("STILL RUNNING"), dump);
            assertEquals(List.of(), driver.calls);
            answer.countDown();
            await(closed);
            assertEquals(List.of("close"), driver.calls);
        }
    }

    @Test
    void begin_hangsAndHearsNothing_returnsAtTheDeadlineAndALateConnectionIsClosed() throws Exception {
        driver.connect = this::deaf;
        try (var ctx = ROOT.withTimeout(Duration.ofMillis(50))) {
            assertThrows(DeadlineExceededException.class, () -> database.begin(ctx));
            assertEquals(List.of(), driver.calls);
            answer.countDown();
            await(closed);
            assertEquals(List.of("close"), driver.calls, "no transaction has begun on it");
        }
    }

    @Test
    void getConnection_hangsAndHearsTheInterrupt_isOverWhenItThrows() throws Exception {
        var over = new CountDownLatch(1);
        try (var ctx = ROOT.withCancel()) {
            var result = on(true, () -> Connecting.connect(ctx, () -> {
                connecting.countDown();
                try {
                    answer.await();
                    throw new AssertionError("nobody answers");
                } catch (InterruptedException e) {
                    throw new SQLException("interrupted", e);
                } finally {
                    over.countDown();
                }
            }, Slow.LONG));
            await(connecting);
            ctx.cancel();
            var e = assertInstanceOf(CancelledException.class, of(result));
            assertEquals("interrupted", e.getSuppressed()[0].getMessage());
            assertEquals(0, over.getCount());
            assertTrue(List.of(e.getStackTrace()).toString().contains("Connecting.connect"), "not the caller's stack");
        }
    }

    /// The cancel reaches the source, which answers all the same.
    @Test
    void getConnection_answersAsTheContextEnds_isTheCallersAndOpen() throws Exception {
        try (var ctx = ROOT.withCancel()) {
            var result = on(true, () -> Connecting.connect(ctx, () -> {
                ctx.cancel();
                return driver.connection();
            }, Slow.LONG));
            assertSame(driver.connection(), of(result));
            assertEquals(List.of(), driver.calls);
        }
    }

    /// Whoever comes first: a connection is answered and open, or closed and not answered. Goes on until both have been seen.
    @Test
    void races_ofAnswersAndLeavers_eachConnectionHasOneOwner() throws Exception {
        int left = 0;
        int answered = 0;
        long until = System.nanoTime() + Slow.LONG.toNanos();
        for (int i = 0; i < 500 || ((left == 0 || answered == 0) && System.nanoTime() < until); i++) {
            var mine = new FakeDriver();
            var shut = new CountDownLatch(1);
            mine.on.put("close", () -> {
                shut.countDown();
                return null;
            });
            int spins = i % 50 * 40;
            try (var ctx = ROOT.withCancel()) {
                Connection c = Connecting.connect(ctx, () -> {
                    ctx.cancel();
                    for (int n = 0; n < spins; n++) {
                        Thread.onSpinWait();
                    }
                    return mine.connection();
                }, Duration.ZERO);
                assertNotNull(c);
                assertEquals(List.of(), mine.calls, "closed, and answered");
                answered++;
            } catch (ContextException _) {
                await(shut); // else it is lost
                assertEquals(List.of("close"), mine.calls);
                left++;
            }
        }
        assertTrue(left > 0 && answered > 0, "no race: left " + left + ", answered " + answered);
    }

    @Test
    void getConnection_fails_isThrownAsItCame() {
        for (Throwable planted : new Throwable[] {
            new SQLException("no route", "08001"), new IllegalStateException("a driver's bug"),
            new AssertionError("planted")
        }) {
            driver.connect = () -> {
                if (planted instanceof Error e) {
                    throw e;
                }
                throw (Exception) planted;
            };
            try (var ctx = ROOT.withCancel()) {
                assertSame(planted, assertThrows(Throwable.class, () -> database.with(ctx).getConnection()));
                assertEquals(0, ContextBase.nodeOf(ctx).listeners());
            }
        }
    }

    @Test
    void getConnection_sourceAnswersNull_isRefusedInWords() {
        driver.connect = () -> null;
        try (var ctx = ROOT.withCancel()) {
            var e = assertThrows(SQLException.class, () -> database.with(ctx).getConnection());
            assertEquals("08001", e.getSQLState());
        }
    }

    /// As if the source had been called here: it hears the interrupt, and leaves the status as it likes.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void interrupt_ofAStranger_isPassedOn(boolean keeps) throws Exception {
        driver.connect = () -> {
            connecting.countDown();
            try {
                await(answer);
                throw new AssertionError("nobody answers");
            } catch (InterruptedException e) {
                if (keeps) {
                    Thread.currentThread().interrupt();
                }
                throw new SQLException("interrupted", e);
            }
        };
        try (var ctx = ROOT.withCancel()) {
            var caller = new AtomicReference<Thread>();
            var result = on(true, () -> {
                caller.set(Thread.currentThread());
                var e = assertThrows(SQLException.class, () -> database.with(ctx).getConnection());
                assertEquals("interrupted", e.getMessage());
                return Thread.interrupted();
            });
            await(connecting);
            caller.get().interrupt();
            assertEquals(keeps, of(result));
        }
    }

    @Test
    void interrupt_ofAStrangerThatNobodyHears_isSetAgainWhenTheCallerLeaves() throws Exception {
        driver.connect = this::deaf;
        try (var ctx = ROOT.withCancel()) {
            var caller = new AtomicReference<Thread>();
            var result = on(true, () -> {
                caller.set(Thread.currentThread());
                assertThrows(CancelledException.class, () -> database.with(ctx).getConnection());
                return Thread.interrupted();
            });
            await(connecting);
            caller.get().interrupt();
            ctx.cancel();
            assertEquals(true, of(result));
            answer.countDown();
            await(closed);
        }
    }

    @Test
    void source_seesTheCallersClassLoaderAndContext() throws Exception {
        var loader = new ClassLoader(getClass().getClassLoader()) {};
        var seen = new Object[2];
        driver.connect = () -> {
            seen[0] = Thread.currentThread().getContextClassLoader();
            seen[1] = Context.current();
            return driver.connection();
        };
        try (var ctx = ROOT.withCancel()) {
            of(on(false, () -> {
                Thread.currentThread().setContextClassLoader(loader);
                return database.with(ctx).getConnection();
            }));
            assertSame(loader, seen[0]);
            assertEquals(ctx, seen[1]);
        }
    }

    @Test
    void getConnection_underAContextThatNeverEnds_isOnTheCallersThread() throws Exception {
        var seen = new Thread[1];
        driver.connect = () -> {
            seen[0] = Thread.currentThread();
            return driver.connection();
        };
        database.getConnection();
        assertSame(Thread.currentThread(), seen[0]);
    }

    /// A server that takes the connection and says nothing. PostgreSQL's driver has no limit for that of its own.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void getConnection_serverSaysNothing_returnsAtTheCancelAndTheServerSeesItsClientGo(boolean virtual)
            throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var ctx = ROOT.withCancel()) {
            var source = new PGSimpleDataSource();
            source.setServerNames(new String[] {server.getInetAddress().getHostAddress()});
            source.setPortNumbers(new int[] {server.getLocalPort()});
            source.setUser("nobody");
            var result = on(virtual, () -> Database.of(source).with(ctx).getConnection());
            try (var peer = server.accept()) {
                assertTrue(peer.getInputStream().read() >= 0); // it asks
                assertFalse(result.isDone());
                ctx.cancel();
                assertInstanceOf(CancelledException.class, of(result));
                peer.setSoTimeout(30_000);
                while (peer.getInputStream().read() >= 0) {
                    // the rest of what it asked
                }
            }
        }
    }

    /// H2's pool swallows interrupts while it waits.
    @Test
    void getConnection_poolThatHearsNothingIsEmpty_returnsAtTheDeadlineAndLosesNoConnection() throws Exception {
        var pool = JdbcConnectionPool.create("jdbc:h2:mem:deaf", "", "");
        pool.setMaxConnections(1);
        try {
            try (var _ = pool.getConnection();
                    var ctx = ROOT.withTimeout(Duration.ofMillis(50))) {
                assertThrows(DeadlineExceededException.class, () -> Database.of(pool).with(ctx).getConnection());
            }
            for (int i = 0; i < 5; i++) {
                try (var ctx = ROOT.withTimeout(Slow.LONG);
                        var c = Database.of(pool).with(ctx).getConnection()) {
                    assertTrue(c.isValid(5));
                }
            }
            long until = System.nanoTime() + Slow.LONG.toNanos();
            while (pool.getActiveConnections() > 0) {
                assertTrue(System.nanoTime() < until, "a late connection was lost");
                Thread.onSpinWait();
            }
        } finally {
            pool.dispose();
        }
    }
}
