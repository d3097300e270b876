package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leak of one is found, whatever it is.
class StartTest {
    private HikariDataSource pool;
    private Start start;

    /// A pool of two connections.
    static HikariDataSource pool(DataSource source) {
        var config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(2);
        config.setConnectionTimeout(20_000);
        return new HikariDataSource(config);
    }

    /// What the JDK and the library make once and keep: a descriptor with the first socket, threads with the first timer.
    @BeforeAll
    static void warm() throws Exception {
        new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
        var slept = new CountDownLatch(1);
        Go.go(() -> {
            Context.background().sleep(Duration.ofMillis(1));
            slept.countDown();
        });
        assertTrue(slept.await(30, TimeUnit.SECONDS));
    }

    @BeforeEach
    void open() throws Exception {
        pool = pool(Slow.h2("start"));
        try (var a = pool.getConnection();
                var b = pool.getConnection()) {
            assertTrue(a != b); // both are there from now on
        }
        start = Start.of(pool);
        assertEquals("", start.more());
    }

    @AfterEach
    void close() {
        start.awaitBack();
        pool.close();
    }

    private void finds(String planted) {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (!start.more().contains(planted)) {
            assertTrue(System.nanoTime() < until, () -> "not found: " + planted + "; found: " + start.more());
        }
    }

    @Test
    void connection_isNotGivenBack_isFound() throws Exception {
        try (var _ = pool.getConnection()) {
            finds("pool active: 0, now 1");
            finds("pool idle: 2, now 1");
        }
    }

    @Test
    void goroutine_isLeft_isFound() {
        var end = new CountDownLatch(1);
        Go.go(end::await);
        finds("goroutines: 0, now 1");
        end.countDown();
    }

    @Test
    void platformThread_isLeft_isFoundByItsName() throws Exception {
        var end = new CountDownLatch(1);
        Thread left = Thread.ofPlatform().daemon().name("planted-7").start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        finds("thread planted-#: 0, now 1");
        end.countDown();
        left.join();
    }

    @Test
    void file_isLeftOpen_isFound(@TempDir Path folder) throws Exception {
        try (var _ = Files.newOutputStream(folder.resolve("planted"))) {
            finds("planted: 0, now 1");
        }
    }

    @Test
    void socket_isLeftOpen_isFound() throws Exception {
        try (var _ = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            finds("descriptor socket:[#]: ");
        }
    }
}
