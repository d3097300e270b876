package dev.millrace.verify.reliability;

import dev.millrace.sync.WaitGroup;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One run of a program: how large, whether its fault is planted, and where it says what it has measured.
///
/// @param size how much of it
/// @param fault the fault that is planted, by name; empty when none is. The program is then its own broken twin, whose check must fail
record Run(Size size, String fault) {
    /// Something that comes late: what is planted for the checks that nothing stands still.
    static final String LATE = "late";

    /// How much: enough to find the planted fault; within the build; all that the case asks for.
    enum Size {
        TINY,
        QUICK,
        FULL
    }

    /// Something that is asked again and again.
    interface Question {
        boolean yes() throws Exception;
    }

    /// Whether any fault is planted.
    boolean broken() {
        return !fault.isEmpty();
    }

    boolean planted(String name) {
        return fault.equals(name);
    }

    int pick(int tiny, int quick, int full) {
        return switch (size) {
            case TINY -> tiny;
            case QUICK -> quick;
            case FULL -> full;
        };
    }

    boolean isFull() {
        return size == Size.FULL;
    }

    /// How long a soak goes on; `-Dreliability.soak=PT10M` says it for the full size.
    Duration soak(Duration quick, Duration full) {
        String asked = System.getProperty("reliability.soak", "");
        return switch (size) {
            case TINY -> Duration.ofMillis(300);
            case QUICK -> quick;
            case FULL -> asked.isEmpty() ? full : Duration.parse(asked);
        };
    }

    /// How long something is waited for that must come: no figure. A broken twin need not be waited for.
    Duration patience() {
        return broken() && !planted(LATE) ? Duration.ofSeconds(1) : Duration.ofSeconds(isFull() ? 300 : 40);
    }

    /// What the broken twin does that comes late.
    void late() {
        long start = System.nanoTime();
        while (planted(LATE) && since(start) < 1_200_000_000L) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    /// Says what was measured.
    @SuppressWarnings("SystemOut")
    static void figure(String format, Object... values) {
        System.out.println("figure: " + String.format(Locale.ROOT, format, values));
    }

    static void check(boolean holds, String format, Object... values) {
        if (!holds) {
            throw new AssertionError(String.format(Locale.ROOT, format, values));
        }
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }

    /// The processor time of this JVM so far.
    static long processor() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /// A stop watch. On a machine with other work time passes in which this JVM does nothing: what it took is then its processor time, which for
    /// several processors is the longer of the two.
    static final class Watch {
        private final long start = System.nanoTime();
        private final long cpu = processor();

        long took() {
            long wall = since(start);
            return wall < 200_000_000 ? wall : Math.min(wall, processor() - cpu); // that clock moves in steps
        }
    }

    static long since(long start) {
        return System.nanoTime() - start;
    }

    void until(String what, Question question) throws Exception {
        check(comesTrue(question), "still not so after %s: %s", patience(), what);
    }

    /// Whether it comes true while patience lasts.
    boolean comesTrue(Question question) throws Exception {
        return comesTrue(question, patience());
    }

    boolean comesTrue(Question question, Duration patience) throws Exception {
        long start = System.nanoTime();
        while (!question.yes()) {
            if (since(start) >= patience.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(200_000);
        }
        return true;
    }

    /// Waits for all of `wg`, on a thread of its own: a hang is a failure and no hang.
    void await(WaitGroup wg, String what) throws InterruptedException {
        var over = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            wg.await();
            over.countDown();
        });
        check(over.await(patience().toNanos(), TimeUnit.NANOSECONDS), "%s: %d have not ended after %s", what,
                wg.count(),
                patience());
    }

    /// What is in use after collections, in bytes.
    static long heap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            LockSupport.parkNanos(20_000_000); // for the cleaners
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
