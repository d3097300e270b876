package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/// Ways to wait of the JDK, each in a program that is right in every order and in one that is not.
class WaitsTest {
    private static void isFound(String sign, Explore.Program program) {
        String text = assertThrows(ScheduleError.class, () -> Explore.all(program)).getMessage();
        assertTrue(text.contains(sign), text);
    }

    @Test
    void semaphore_onePermit_excludes() {
        Explore.all(() -> excludes(1));
        isFound("n is 1", () -> excludes(2));
    }

    private static void excludes(int permits) throws Exception {
        var permit = new Semaphore(permits);
        var n = new Programs.Torn();
        JdkTest.Body add = () -> {
            permit.acquire();
            n.add();
            permit.release();
        };
        var other = JdkTest.go(add);
        add.run();
        other.join();
        Programs.check(n.n == 2 && permit.availablePermits() == permits, "n is " + n.n);
    }

    @Test
    void semaphore_notReleased_isADeadlock_andATimeEndsTheWait() {
        isFound("deadlock", () -> {
            var permit = new Semaphore(1);
            var other = JdkTest.go(permit::acquire);
            permit.acquire();
            other.join();
        });
        Explore.all(() -> {
            var permit = new Semaphore(0);
            long start = System.nanoTime();
            Programs.check(!permit.tryAcquire(2, TimeUnit.SECONDS), "there is none");
            Programs.check(System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(2), "early");
            permit.release(3);
            Programs.check(permit.tryAcquire(2) && permit.availablePermits() == 1, "not 1");
        });
    }

    static final class Door {
        private boolean open;

        synchronized void open(boolean all) {
            open = true;
            if (all) {
                notifyAll();
            } else {
                notify();
            }
        }

        synchronized void await() throws InterruptedException {
            while (!open) {
                wait();
            }
        }

        /// Whether it was open when the time was over or before.
        synchronized boolean await(long millis, boolean looksAgain) throws InterruptedException {
            if (!open) {
                wait(millis);
            }
            return !looksAgain || open;
        }
    }

    @Test
    void timedWait_notifyAgainstTime_bothCome() {
        isFound("late", () -> {
            var door = new Door();
            var other = JdkTest.go(() -> door.open(true));
            Programs.check(door.await(10, true), "late");
            other.join();
        });
        Explore.options().punctual().all(() -> {
            var door = new Door();
            var other = JdkTest.go(() -> door.open(true));
            Programs.check(door.await(10, true), "late");
            other.join();
        });
        Explore.all(() -> {
            long start = System.nanoTime();
            Programs.check(!new Door().await(10, true), "nobody has opened");
            Programs.check(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(10), "early");
        });
    }

    @Test
    void notifyAll_twoWait_bothHear_andNotifyIsNotEnough() {
        Explore.all(() -> twoWait(true));
        isFound("deadlock", () -> twoWait(false));
    }

    private static void twoWait(boolean all) throws Exception {
        var door = new Door();
        var one = JdkTest.go(door::await);
        var two = JdkTest.go(door::await);
        door.open(all);
        one.join();
        two.join();
    }

    @Test
    void awaitNanos_signalAgainstTime_bothCome() {
        Explore.all(() -> awaitNanos(true));
        isFound("not filled", () -> awaitNanos(false));
    }

    private static void awaitNanos(boolean looksAgain) throws Exception {
        var lock = new ReentrantLock();
        var filled = lock.newCondition();
        var value = new int[1];
        var other = JdkTest.go(() -> {
            lock.lock();
            value[0] = 1;
            filled.signal();
            lock.unlock();
        });
        lock.lock();
        long left = TimeUnit.SECONDS.toNanos(1);
        while (value[0] == 0 && left > 0) {
            left = filled.awaitNanos(left);
        }
        Programs.check(value[0] == 1 || looksAgain, "not filled");
        Programs.check(value[0] == 1 || left <= 0, "neither filled nor late");
        lock.unlock();
        other.join();
    }

    /// A thread by a class of its own.
    static final class Adder extends Thread {
        private final Runnable add;

        Adder(Runnable add) {
            super("adder");
            this.add = add;
        }

        @Override
        public void run() {
            add.run();
        }
    }

    @Test
    void threadSubclass_itsRun_isUnderControl() {
        Explore.all(() -> {
            var n = new AtomicInteger();
            addBoth(n::incrementAndGet);
            Programs.check(n.get() == 2, "n is " + n.get());
        });
        isFound("n is 1", () -> {
            var n = new Programs.Torn();
            addBoth(n::add);
            Programs.check(n.n == 2, "n is " + n.n);
        });
        isFound("[1] adder threw java.lang.IllegalStateException: so", () -> {
            var adder = new Adder(() -> {
                throw new IllegalStateException("so");
            });
            adder.start();
            adder.join();
        });
    }

    private static void addBoth(Runnable add) throws InterruptedException {
        var adder = new Adder(add);
        adder.start();
        add.run();
        adder.join();
    }

    /// Made by whoever comes first; the other waits for it within the JVM.
    static final class Lazy {
        static final AtomicInteger MADE = new AtomicInteger();

        static {
            MADE.incrementAndGet();
            Thread.yield();
            MADE.incrementAndGet();
        }

        static int made() {
            return MADE.get();
        }
    }

    @Test
    void staticInitialiser_twoThreadsComeToIt_runsOnceAndBothSeeIt() {
        Explore.all(() -> {
            var seen = new AtomicInteger();
            var other = Programs.go("other", () -> seen.addAndGet(Lazy.made()));
            seen.addAndGet(Lazy.made());
            other.join();
            Programs.check(seen.get() == 4, "seen " + seen.get());
        });
    }
}
