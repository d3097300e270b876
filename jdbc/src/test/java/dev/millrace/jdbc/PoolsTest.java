package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.verify.Holdings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A leak of one is found.
class PoolsTest {
    @Test
    void connectionOrGoroutine_thatIsLeft_isFound() throws Exception {
        Context.background().sleep(Duration.ofMillis(1)); // makes the thread of the timers
        try (var pool = Pools.pool(Slow.h2("holdings"))) {
            try (var a = pool.getConnection(); var b = pool.getConnection()) {
                assertTrue(a != b); // both are there from now on
            }
            Holdings before = Pools.holdings(pool);
            assertEquals(List.of(), before.more());
            try (var _ = pool.getConnection()) {
                assertFound(before, "connections in use: 1, were 0");
                assertFound(before, "connections not idle: 1, were 0");
            }
            var end = new CountDownLatch(1);
            Go.go(end::await);
            assertFound(before, "goroutines: 1, were 0");
            end.countDown();
            before.awaitBack();
        }
    }

    private static void assertFound(Holdings before, String what) {
        assertTrue(before.more().contains(what), () -> before.more().toString());
    }
}
