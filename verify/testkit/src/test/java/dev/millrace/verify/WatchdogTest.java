package dev.millrace.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

class WatchdogTest {
    @Test
    void hangingTest_isInterruptedAndFails() {
        var never = new CountDownLatch(1);
        var error = assertThrows(AssertionError.class, () -> Watchdog.guard(() -> {
            never.await();
            return null;
        }, "planted hang", Duration.ofSeconds(1)));
        assertTrue(error.getMessage().contains("planted hang ran longer than 1 s"), error.getMessage());
        assertTrue(error.getCause() instanceof InterruptedException);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void slowTestThatSwallowsTheInterrupt_failsAllTheSame() {
        assertThrows(AssertionError.class, () -> Watchdog.guard(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                // swallowed
            }
            return null;
        }, "planted swallow", Duration.ofSeconds(1)));
    }

    @Test
    void quickTest_keepsItsResultAndItsFailure() throws Throwable {
        assertEquals("x", Watchdog.guard(() -> "x", "quick", Duration.ofSeconds(10)));
        assertThrows(IllegalStateException.class, () -> Watchdog.guard(() -> {
            throw new IllegalStateException();
        }, "quick", Duration.ofSeconds(10)));
    }

    @Test
    void report_showsVirtualThreadsWithTheirStacks() throws InterruptedException {
        var ready = new CountDownLatch(2);
        var done = new CountDownLatch(1);
        Runnable body = () -> {
            ready.countDown();
            while (done.getCount() > 0) {
                LockSupport.park();
            }
        };
        var one = Thread.ofVirtual().name("planted-virtual").start(body);
        var two = Thread.ofVirtual().name("planted-virtual").start(body);
        ready.await();
        try {
            String text = ThreadReport.text("sample");
            assertTrue(text.contains("planted-virtual"), text);
            assertTrue(text.contains("WatchdogTest"), text);
        } finally {
            done.countDown();
            LockSupport.unpark(one);
            LockSupport.unpark(two);
            one.join();
            two.join();
        }
    }

    @Test
    void watchdog_isRegisteredAsAService() {
        assertTrue(ServiceLoader.load(Extension.class).stream().anyMatch(p -> p.type() == Watchdog.class));
    }
}
