package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The platform threads of a program are virtual ones that do not show it.
class PlatformThreadsTest {
    private static boolean looksVirtual(Thread thread) {
        return thread.isVirtual();
    }

    private static boolean isReallyVirtual(Thread thread) throws Exception {
        return (boolean) Thread.class.getMethod("isVirtual").invoke(thread); // which nobody rewrites
    }

    @Test
    void builderOfPlatformThreads_answersForThem() {
        Explore.all(() -> {
            var seen = new AtomicInteger();
            Runnable body = () -> seen.addAndGet(looksVirtual(Thread.currentThread()) ? 100 : 1);
            Thread first = Thread.ofPlatform().name("first").daemon(false).start(body);
            Thread second = Thread.ofPlatform().name("second").daemon().unstarted(body);
            ThreadFactory made = Thread.ofPlatform().name("third-", 3).daemon().factory();
            Thread third = made.newThread(body);
            Thread fourth =
                    Thread.ofVirtual().unstarted(() -> seen.addAndGet(looksVirtual(Thread.currentThread()) ? 1 : 100));
            second.start();
            third.start();
            fourth.start();
            Programs.check(!looksVirtual(first) && !looksVirtual(third) && looksVirtual(fourth), "which is virtual");
            Programs.check(!first.isDaemon() && second.isDaemon() && third.isDaemon() && fourth.isDaemon(), "daemons");
            Programs.check(first.getName().equals("first") && third.getName().equals("third-3"), "names");
            for (Thread t : new Thread[] {first, second, third, fourth}) {
                t.join();
                Programs.check(isReallyVirtual(t), "none is started by the system");
            }
            Programs.check(seen.get() == 4, "seen " + seen);
        });
    }

    @Test
    void platformThreadThatWaitsForEver_isADeadlockUnlessItIsADaemon() {
        Explore.all(() -> Thread.ofPlatform().daemon().start(LockSupport::park));
        Explore.all(() -> {
            Thread waits = Thread.ofPlatform().unstarted(LockSupport::park);
            waits.setDaemon(true);
            waits.start();
        });
        String text = assertThrows(
                ScheduleError.class,
                () -> Explore.all(() -> {
                    Thread waits = Thread.ofPlatform().daemon().unstarted(LockSupport::park);
                    waits.setDaemon(false);
                    waits.start();
                })).getMessage();
        assertTrue(text.contains("deadlock"), text);
    }

    @Test
    void setDaemon_whileItRuns_isRefused() {
        Explore.all(() -> {
            var gate = new CountDownLatch(1);
            Thread thread = Thread.ofPlatform().daemon(false).unstarted(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            thread.start();
            boolean refused = false;
            try {
                thread.setDaemon(true);
            } catch (IllegalThreadStateException e) {
                refused = true;
            }
            Programs.check(refused && !thread.isDaemon(), "not refused");
            gate.countDown();
            thread.join();
            thread.setDaemon(true);
            Programs.check(thread.isDaemon(), "refused after its end, as no thread of the system does");
        });
    }

    @Test
    void uncaughtFailure_goesToTheBuildersHandler() {
        Explore.all(() -> {
            var caught = new AtomicInteger();
            Thread thread = Thread.ofPlatform().uncaughtExceptionHandler((_, _) -> caught.incrementAndGet())
                    .start(() -> {
                        throw new IllegalStateException("on purpose");
                    });
            thread.join();
            Programs.check(caught.get() == 1, "caught " + caught);
        });
    }
}
