package dev.millrace.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JdkSchedulerTest {
    @Test
    void scheduler_withThisModule_isFoundByTheServiceLoader() {
        assertInstanceOf(JdkScheduler.class, Go.scheduler());
    }

    @Test
    void maxProcs_set_answersTheOldNumberAndTakesEffect() {
        int before = Go.maxProcs();
        assertEquals(before, Go.maxProcs(0), "0 only asks");
        try {
            assertEquals(before, Go.maxProcs(before + 1));
            assertEquals(before + 1, Go.maxProcs());
        } finally {
            assertEquals(before + 1, Go.maxProcs(before));
        }
        assertEquals(before, Go.maxProcs());
    }

    @Test
    void maxProcs_negative_isRefusedAndChangesNothing() {
        int before = Go.maxProcs();
        var e = assertThrows(IllegalArgumentException.class, () -> Go.maxProcs(-3));
        assertTrue(e.getMessage().contains("was -3"), e.getMessage());
        assertEquals(before, Go.maxProcs());
    }

    @Test
    void facts_seenFromAGoroutine_countItAsMounted() {
        var mounted = new AtomicInteger();
        var wg = new WaitGroup();
        wg.go(() -> mounted.set(Go.scheduler().mounted()));
        wg.await();
        assertTrue(mounted.get() >= 1, "mounted: " + mounted);
        assertTrue(Go.scheduler().poolSize() >= 1);
        assertTrue(Go.scheduler().queued() >= 0);
    }
}
