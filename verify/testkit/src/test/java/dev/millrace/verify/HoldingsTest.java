package dev.millrace.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One of each kind that is left is found.
class HoldingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    /// After what opens descriptors and threads of the JDK's own the first time.
    private static Holdings settled() throws Exception {
        new ProcessBuilder("true").inheritIO().start().waitFor(); // without pipes, which the JDK closes some time later
        Holdings.now();
        return Holdings.now();
    }

    @Test
    void beyond_descriptorLeftOpen_isSaid() throws Exception {
        Path file = Files.createFile(dir.resolve("open"));
        Holdings before = settled();
        try (var _ = Files.newInputStream(file)) {
            int were = before.descriptors();
            assertEquals(List.of("descriptors: " + (were + 1) + ", were " + were), Holdings.now().beyond(before));
        }
        Holdings.awaitBack(before);
    }

    @Test
    void beyond_processLeftRunning_isSaidWithItsReaper() throws Exception {
        Holdings before = settled();
        Process left = new ProcessBuilder("sleep", "300").start();
        try {
            List<String> more = Holdings.now().beyond(before);
            assertTrue(more.contains("child processes: 1, were 0"), more.toString());
            String reaper = "threads \"process reaper (pid N)\": 1, were 0";
            for (long end = System.nanoTime() + 20_000_000_000L; !more.contains(reaper);) { // it takes its name when it runs
                assertTrue(System.nanoTime() < end, more.toString());
                Thread.yield();
                more = Holdings.now().beyond(before);
            }
        } finally {
            left.destroy();
            left.getInputStream().close();
            left.getErrorStream().close();
            left.getOutputStream().close();
        }
        Holdings.awaitBack(before);
    }

    @Test
    void beyond_threadLeftRunning_isSaidByItsName() throws Exception {
        var end = new CountDownLatch(1);
        Holdings before = settled();
        var left = Thread.ofPlatform().name("left 17").start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                // the end as well
            }
        });
        assertEquals(List.of("threads \"left N\": 1, were 0"), Holdings.now().beyond(before));
        end.countDown();
        left.join();
        assertEquals(List.of(), Holdings.awaitBack(before).beyond(before));
    }
}
