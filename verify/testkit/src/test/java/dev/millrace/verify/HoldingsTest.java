package dev.millrace.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// One of each kind that is left is found.
class HoldingsTest {
    private final AtomicLong count = new AtomicLong(3);

    /// The JDK keeps some things from the first time.
    @BeforeAll
    static void warm() throws Exception {
        new ProcessBuilder("true").inheritIO().start().waitFor(); // without pipes, which the JDK closes some time later
        new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
        Selector.open().close();
        Holdings.now();
    }

    private static void assertFound(Holdings before, String what) {
        for (long end = System.nanoTime() + 20_000_000_000L; !before.more().contains(what);) { // a reaper takes its name when it runs
            assertTrue(System.nanoTime() < end, () -> before.more().toString());
            Thread.yield();
        }
        var e = assertThrows(AssertionError.class, () -> before.awaitBack(Duration.ZERO));
        assertTrue(e.getMessage().contains(what), e.getMessage());
    }

    @Test
    void thread_thatIsLeft_isFoundByItsName() throws Exception {
        Holdings before = Holdings.now();
        var end = new CountDownLatch(1);
        var left = Thread.ofPlatform().name("left 17").start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                // the end as well
            }
        });
        assertFound(before, "thread left #: 1, were 0");
        assertEquals(List.of("thread left #: 1, were 0"), before.moreThreads());
        end.countDown();
        left.join();
        before.awaitBack();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void descriptor_thatIsLeftOpen_isFound(@TempDir Path folder) throws Exception {
        Holdings before = Holdings.now();
        try (var _ = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertTrue(before.more().stream().anyMatch(s -> s.startsWith("descriptor socket:[#]: ")),
                    () -> before.more().toString());
        }
        before.awaitBack();
        try (var _ = Selector.open()) {
            assertTrue(before.more().stream().anyMatch(s -> s.startsWith("descriptor anon_inode:[eventpoll]: ")),
                    () -> before.more().toString());
        }
        before.awaitBack();
        Path file = Files.createFile(folder.resolve("open")).toRealPath();
        try (var _ = new FileInputStream(file.toFile())) {
            assertFound(before, "descriptor " + file.toString().replaceAll("\\d+", "#") + ": 1, were 0");
        }
        before.awaitBack();
    }

    @Test
    void process_thatIsLeft_isFoundWithItsReaper() throws Exception {
        Holdings before = Holdings.now();
        Process left = new ProcessBuilder("sleep", "300").start();
        try {
            assertFound(before, "child processes: 1, were 0");
            assertFound(before, "thread process reaper (pid #): 1, were 0");
        } finally {
            left.destroy();
            left.getInputStream().close();
            left.getErrorStream().close();
            left.getOutputStream().close();
        }
        before.awaitBack();
    }

    @Test
    void oneMore_ofWhatIsCounted_isFound() {
        Holdings before = Holdings.now().counting("things", count::get);
        count.incrementAndGet();
        assertFound(before, "things: 4, were 3");
        count.addAndGet(-2);
        before.awaitBack();
    }
}
