package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// In what drivers differ: kinds, cancel errors, threads.
class DriverKindTest {
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://host/db, POSTGRES",
        "jdbc:otel:postgresql://host/db, POSTGRES",
        "jdbc:mariadb://host/db, REMOTE",
        "jdbc:mysql://host/db, REMOTE",
        "jdbc:oracle:thin:@//host/db, REMOTE",
        "JDBC:H2:mem:x, EMBEDDED",
        "jdbc:hsqldb:mem:x, EMBEDDED",
        "jdbc:derby:x, EMBEDDED",
        "jdbc:sqlite::memory:, NATIVE",
        "jdbc:duckdb:, NATIVE",
        ", REMOTE"
    })
    void of_url_isThatKind(String url, DriverKind kind) throws SQLException {
        var driver = new FakeDriver();
        driver.url = url;
        assertEquals(kind, DriverKind.of(driver.connection()));
    }

    @Test
    void of_fails_connectionIsGivenBack() throws SQLException {
        var planted = new SQLException("planted");
        var driver = new FakeDriver();
        driver.url = null;
        driver.on.put("getMetaData", () -> {
            throw planted;
        });
        assertEquals(planted, assertThrows(SQLException.class, () -> Database.of(driver.source()).getConnection()));
        assertEquals(List.of("getMetaData", "close"), driver.calls);
    }

    @Test
    void isCancel_knowsTheDriversAndNothingElse() {
        assertTrue(CancelErrors.isCancel(new SQLException("PostgreSQL, H2", "57014")));
        assertTrue(CancelErrors.isCancel(new SQLException("MariaDB", "70100")));
        assertTrue(CancelErrors.isCancel(new SQLException("MySQL", null, 1317)));
        assertTrue(CancelErrors.isCancel(new SQLTimeoutException("any")));
        assertTrue(CancelErrors.isCancel(
                new org.sqlite.SQLiteException("SQLite", org.sqlite.SQLiteErrorCode.SQLITE_INTERRUPT)));
        assertFalse(CancelErrors.isCancel(new SQLException("code 9 of another", null, 9)));
        assertFalse(CancelErrors.isCancel(new SQLException("duplicate", "23505")));
        assertFalse(CancelErrors.isCancel(new SQLException("nothing said")));
    }

    @Test
    void offload_fails_isThrownAsItCame() {
        var planted = new SQLException("planted");
        assertEquals(planted, assertThrows(SQLException.class, () -> Offload.call(() -> {
            throw planted;
        })));
        var error = new AssertionError("planted");
        assertEquals(error, assertThrows(AssertionError.class, () -> Offload.call(() -> {
            throw error;
        })));
    }

    @Test
    void offload_interrupted_waitsForTheCallAndKeepsTheInterrupt() throws Exception {
        var within = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var flag = new CompletableFuture<Boolean>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                boolean platform = Offload.call(() -> {
                    within.countDown();
                    assertTrue(go.await(30, TimeUnit.SECONDS));
                    return !Thread.currentThread().isVirtual() && Thread.currentThread().isDaemon();
                });
                flag.complete(platform && Thread.interrupted());
            } catch (Throwable t) {
                flag.completeExceptionally(t);
            }
        });
        assertTrue(within.await(30, TimeUnit.SECONDS));
        caller.interrupt();
        assertFalse(caller.join(Duration.ofMillis(50)), "left the call alone");
        go.countDown();
        assertTrue(flag.get(30, TimeUnit.SECONDS));
    }

    /// A driver whose URL says PostgreSQL and that is another one.
    @Test
    void cancel_ofADriverWithoutPostgresInterface_isTheStatements() throws Exception {
        ClassLoader withoutDriver = ClassLoader.getPlatformClassLoader();
        var called = new CopyOnWriteArrayList<String>();
        InvocationHandler notes = (_, method, _) -> {
            called.add(method.getName());
            return null;
        };
        var connection = (Connection) Proxy.newProxyInstance(withoutDriver, new Class<?>[] {Connection.class}, notes);
        var statement = (Statement) Proxy.newProxyInstance(withoutDriver, new Class<?>[] {Statement.class}, notes);
        Cancel.of(new Session(connection, DriverKind.POSTGRES, null, Duration.ZERO, null), statement).cancel();
        assertEquals(List.of("cancel"), called);
    }
}
