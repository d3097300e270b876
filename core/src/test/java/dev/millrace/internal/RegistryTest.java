package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// The goroutines that live. Other tests' last goroutines may still be on their way out, so these look at their own.
class RegistryTest {
    private final ManualScheduler scheduler = new ManualScheduler();

    private static List<Goroutine> mine(List<? extends Goroutine> all) {
        var registered = new HashSet<>(Registry.all());
        return all.stream().filter(registered::contains).map(g -> (Goroutine) g).toList();
    }

    @Test
    void started_areListedUntilTheyEnd() {
        var goOn = new CountDownLatch(1);
        var all = new ArrayList<ManualScheduler.Started>();
        for (int i = 0; i < 1_000; i++) {
            all.add(scheduler.go(goOn::await));
        }
        assertEquals(1_000, mine(all).size());
        assertTrue(Registry.count() >= 1_000);
        goOn.countDown();
        WaiterTest.until(() -> mine(all).isEmpty());
        scheduler.awaitIdle();
        all.forEach(ManualScheduler.Started::check);
    }

    @Test
    void storm_ofStartsAndEnds_countComesBack() {
        WaiterTest.until(() -> Registry.count() == Registry.all().size());
        var goOn = new CountDownLatch(1);
        var kept = scheduler.go(goOn::await);
        var all = new ArrayList<ManualScheduler.Started>();
        for (int i = 0; i < 20_000; i++) {
            all.add(scheduler.go(() -> {}));
            if (i % 1_000 == 0) {
                assertTrue(Registry.all().contains(kept));
            }
        }
        WaiterTest.until(() -> mine(all).isEmpty());
        assertEquals(List.of(kept), mine(List.of(kept)));
        goOn.countDown();
        WaiterTest.until(() -> mine(List.of(kept)).isEmpty());
        assertFalse(Registry.all().contains(kept));
        WaiterTest.until(() -> Registry.count() == Registry.all().size());
    }
}
