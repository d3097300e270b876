package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose calls are made on another thread.
class OffloadTest {
    /// What `body` answers on a thread of that kind.
    static <T> T on(boolean virtual, Callable<T> body) throws Exception {
        var task = new FutureTask<>(body);
        Thread thread = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
        assertTrue(thread.join(Duration.ofSeconds(55)), "it does not end");
        return task.get();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nativeCall_keepsNoCarrierAndStaysOnAPlatformThread(boolean virtual) throws Exception {
        var driver = new FakeDriver();
        driver.url = "jdbc:sqlite:fake";
        var made = new Thread[1];
        driver.execute = () -> {
            made[0] = Thread.currentThread();
            return true;
        };
        Thread caller = on(virtual, () -> {
            Database.wrap(driver.connection()).prepareStatement("brief").execute();
            return Thread.currentThread();
        });
        assertFalse(made[0].isVirtual());
        if (virtual) {
            assertNotSame(caller, made[0]);
            assertTrue(made[0].isDaemon());
        } else {
            assertSame(caller, made[0]);
        }
    }
}
