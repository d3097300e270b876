package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls that are made on another thread, which nobody may notice.
class OffloadTest {
    private static <T> T on(boolean virtual, Callable<T> body) throws Exception {
        var task = new FutureTask<>(body);
        Thread thread = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
        assertTrue(thread.join(java.time.Duration.ofSeconds(30)), "it does not end");
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

    @Test
    void call_interrupted_endsFirstAndTheInterruptIsKept() throws Exception {
        var running = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var kept = new boolean[1];
        var task = new FutureTask<>(() -> {
            try {
                return Offload.call(() -> {
                    running.countDown();
                    assertTrue(goOn.await(30, TimeUnit.SECONDS));
                    return "done";
                });
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError(t);
            } finally {
                kept[0] = Thread.currentThread().isInterrupted();
            }
        });
        Thread caller = Thread.ofVirtual().start(task);
        assertTrue(running.await(30, TimeUnit.SECONDS));
        caller.interrupt();
        while (caller.isInterrupted() && caller.isAlive()) {
            Thread.onSpinWait(); // until it has heard
        }
        assertFalse(task.isDone(), "it left a call that runs");
        goOn.countDown();
        assertEquals("done", task.get(30, TimeUnit.SECONDS));
        assertTrue(kept[0], "the interrupt was lost");
    }

    @Test
    void call_fails_isThrownAsItCame() {
        for (Throwable planted : new Throwable[] {
            new SQLException("planted"), new IllegalStateException("planted"), new LinkageError("planted")
        }) {
            assertSame(planted, assertThrows(Throwable.class, () -> Offload.call(() -> {
                throw planted;
            })));
        }
        var neither = new Throwable("planted");
        assertSame(neither, assertThrows(AssertionError.class, () -> Offload.call(() -> {
            throw neither;
        })).getCause());
    }
}
