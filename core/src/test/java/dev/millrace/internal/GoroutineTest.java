package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The life of a goroutine, where its body does not even begin.
class GoroutineTest {
    /// Whose goroutines find no memory to begin.
    private static final class Poor extends RealTimeScheduler {
        final AtomicInteger ended = new AtomicInteger();

        @Override
        protected void begun(Goroutine goroutine) {
            throw new OutOfMemoryError("none, on purpose");
        }

        @Override
        protected void ended(Goroutine goroutine) {
            ended.incrementAndGet();
        }
    }

    /// Others wait for its end: it must come.
    @Test
    void goroutine_thatFindsNoMemoryToBegin_endsWithThatFailure() throws Exception {
        var scheduler = new Poor();
        var heard = new CompletableFuture<Throwable>();
        var ran = new AtomicInteger();
        new Goroutine(scheduler, null, null, "poor") {
            @Override
            protected void body() {
                ran.incrementAndGet();
            }

            @Override
            protected void ended(@Nullable Throwable failure) {
                heard.complete(failure);
            }
        }.spawn();
        assertEquals("none, on purpose", heard.get(30, TimeUnit.SECONDS).getMessage());
        assertEquals(0, ran.get());
        WaiterTest.until(() -> scheduler.ended.get() == 1);
    }
}
