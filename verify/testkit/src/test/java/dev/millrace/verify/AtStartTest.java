package dev.millrace.verify;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtStartTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AtomicLong count = new AtomicLong(3);
    private AtStart start = AtStart.now(count::get);

    private void assertFound(String what) {
        var e = assertThrows(AssertionError.class, () -> start.assertBack(SHORT));
        assertTrue(e.getMessage().contains(what), e.getMessage());
    }

    @Test
    void oneThread_thatIsLeft_isFound() throws Exception {
        var over = new CountDownLatch(1);
        Thread left = Thread.ofPlatform().name("left over").start(() -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                // over
            }
        });
        assertFound("thread left over");
        assertThrows(AssertionError.class, start::assertNoThread);
        over.countDown();
        left.join();
        start.assertBack(LONG);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void oneDescriptor_thatIsLeft_isFound(@TempDir Path folder) throws Exception {
        new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close(); // the JDK keeps some things from the first time
        Selector.open().close();
        start = AtStart.now(count::get);
        try (var _ = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFound("descriptor socket:");
        }
        start.assertBack(LONG);
        try (var _ = Selector.open()) {
            assertFound("anon_inode:[eventpoll]");
        }
        start.assertBack(LONG);
        Path file = Files.writeString(folder.resolve("file.txt"), "x");
        try (var _ = new FileInputStream(file.toFile())) {
            assertFound("file.txt");
        }
        start.assertBack(LONG);
    }

    @Test
    void oneMore_ofWhatIsCounted_isFound() {
        count.incrementAndGet();
        assertFound("count 4, was 3");
        count.addAndGet(-2);
        start.assertBack(LONG);
    }
}
