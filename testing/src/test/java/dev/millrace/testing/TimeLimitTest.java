package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void inTime_returns_andThrowsWhatTheBodyThrows() {
        TimeLimit.run(ofSeconds(20), () -> {});
        var failure = new IOException("mine");
        assertSame(failure, assertThrows(IOException.class, () -> TimeLimit.run(ofSeconds(20), () -> {
            throw failure;
        })));
    }

    @Test
    void inTime_aForeignInterruptStays() {
        TimeLimit.run(ofSeconds(20), () -> Thread.currentThread().interrupt());
        assertTrue(Thread.interrupted());
    }

    @Test
    void late_isInterrupted_andTheInterruptIsNotLeftOver() {
        var error = assertThrows(TimeLimitError.class, () -> TimeLimit.run("it", ofMillis(20), () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw e;
            }
        }));
        assertFalse(Thread.currentThread().isInterrupted());
        assertTrue(error.getMessage().startsWith("it took longer than 20 ms\nthe test's own thread "),
                error.getMessage());
        assertInstanceOf(InterruptedException.class, error.getSuppressed()[0]);
        assertEquals(0, error.goroutines().size());
    }

    @Test
    void late_isAFailure_alsoWhenTheBodyReturns() {
        var error = assertThrows(TimeLimitError.class, () -> TimeLimit.run(ofMillis(20), () -> {
            go("its own", never::await);
            try {
                never.await();
            } catch (InterruptedException e) { // swallowed
            }
        }));
        never.countDown();
        assertEquals(0, error.getSuppressed().length);
        assertEquals("its own", error.goroutines().getFirst().name());
    }

    @Test
    void limit_thatIsNotPositive_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> TimeLimit.run(ZERO, () -> {}));
    }
}
