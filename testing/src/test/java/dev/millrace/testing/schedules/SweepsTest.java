package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import dev.millrace.verify.Hazard;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What is injected once in each schedule: a wake-up for no reason, an interrupt, a failed allocation.
class SweepsTest {
    static void waitsWithoutLoop() throws InterruptedException {
        waits(false);
    }

    static void waitsInLoop() throws InterruptedException {
        waits(true);
    }

    private static void waits(boolean loop) throws InterruptedException {
        var ready = new AtomicBoolean();
        var me = Thread.currentThread();
        var other = Programs.go("other", () -> {
            ready.set(true);
            LockSupport.unpark(me);
        });
        do {
            if (!ready.get()) {
                LockSupport.park();
            }
        } while (loop && !ready.get());
        Programs.check(ready.get(), "woken, and not ready");
        other.join();
    }

    @Test
    void spuriousWakeUp_loopForgotten_isFound() {
        Explore.all(SweepsTest::waitsWithoutLoop);
        var error = assertThrows(
                ScheduleError.class, () -> Explore.options().spuriousWakeUps().run(SweepsTest::waitsWithoutLoop));
        assertTrue(error.getMessage().contains("woken, and not ready"), error.getMessage());
        assertTrue(error.getMessage().contains("WAKE_UP at occasion 0"), error.getMessage());
        var again = assertThrows(
                ScheduleError.class,
                () -> Explore.options().spuriousWakeUps().replay(error.choices()).run(SweepsTest::waitsWithoutLoop));
        assertTrue(again.getMessage().contains("woken, and not ready"), again.getMessage());
    }

    @Test
    void spuriousWakeUp_loop_passesAtEachOccasion() {
        var explored = Explore.options().spuriousWakeUps().all(SweepsTest::waitsInLoop);
        assertTrue(explored.occasions() > 0, explored.toString());
    }

    static final class Slots {
        private int free = 1;

        synchronized void takeAndForget() throws InterruptedException {
            while (free == 0) {
                wait();
            }
            free--;
        }

        synchronized void give() {
            free++;
            notify();
        }

        void use(boolean finallyGives, AtomicInteger uses) throws InterruptedException {
            takeAndForget();
            if (finallyGives) {
                try {
                    Thread.sleep(1);
                } finally {
                    give();
                }
            } else {
                Thread.sleep(1);
                give();
            }
            uses.incrementAndGet();
        }
    }

    static void givesBack() throws InterruptedException {
        slots(true);
    }

    static void forgetsToGiveBack() throws InterruptedException {
        slots(false);
    }

    private static void slots(boolean right) throws InterruptedException {
        var slots = new Slots();
        var uses = new AtomicInteger();
        Runnable use = () -> {
            try {
                slots.use(right, uses);
            } catch (InterruptedException e) {
                uses.incrementAndGet();
            }
        };
        var a = Programs.go("a", use);
        var b = Programs.go("b", use);
        while (a.isAlive() || b.isAlive()) {
            try {
                a.join();
                b.join();
            } catch (InterruptedException e) {
                // waits on
            }
        }
        Programs.check(slots.free == 1, "free: " + slots.free);
    }

    @Test
    void interrupt_finallyForgotten_isFound() {
        Explore.all(SweepsTest::forgetsToGiveBack);
        againByItsChoices(Explore.options().interrupts(), SweepsTest::forgetsToGiveBack, "INTERRUPT at occasion ");
        assertTrue(Explore.options().interrupts().all(SweepsTest::givesBack).occasions() > 2);
    }

    /// What is found is found again, at the same occasion; and without the sweep it is not.
    private static void againByItsChoices(Explore.Options options, Explore.Program program, String occasion) {
        var error = assertThrows(ScheduleError.class, () -> options.run(program));
        assertTrue(error.getMessage().contains(occasion), error.getMessage());
        var again = assertThrows(ScheduleError.class, () -> options.replay(error.choices()).run(program));
        assertEquals(error.choices(), again.choices());
        assertEquals(happened(error), happened(again));
        Explore.options().all(program);
    }

    private static String happened(ScheduleError error) {
        return error.getMessage().substring(error.getMessage().indexOf("What happened:"));
    }

    static final class Counter {
        private int n;
        private Object last;

        void addTorn() {
            synchronized (this) {
                n++;
                last = new Object();
                n++;
            }
        }

        void add() {
            Object next = new Object();
            synchronized (this) {
                n++;
                last = next;
                n++;
            }
        }

        synchronized boolean isWhole() {
            return n % 2 == 0 && (last == null || n > 0);
        }
    }

    static void allocatesBefore() throws InterruptedException {
        allocates(true);
    }

    static void allocatesUnderLock() throws InterruptedException {
        allocates(false);
    }

    private static void allocates(boolean before) throws InterruptedException {
        Counter counter;
        try {
            counter = new Counter();
        } catch (OutOfMemoryError e) {
            return;
        }
        try {
            if (before) {
                counter.add();
            } else {
                counter.addTorn();
            }
        } catch (OutOfMemoryError e) {
            // it has failed; but whole
        }
        Programs.check(counter.isWhole(), "torn");
    }

    @Test
    @Hazard(40)
    void failedAllocation_underLock_isFound() {
        againByItsChoices(Explore.options().failedAllocations(), SweepsTest::allocatesUnderLock,
                "ALLOCATION at occasion ");
        assertTrue(Explore.options().failedAllocations().all(SweepsTest::allocatesBefore).occasions() > 1);
    }

    private static final class Table {
        private static boolean made;
        private static Object[] entries;

        static Object first() {
            if (!made) {
                made = true;
                entries = new Object[] {"first"};
            }
            return entries[0];
        }
    }

    static void madeOnce() {
        try {
            Table.first();
        } catch (OutOfMemoryError e) {
            // once more, then
        }
        Programs.check(Table.first().equals("first"), "another");
    }

    /// Only the first schedule of a session makes the table.
    @Test
    void failedAllocation_ofWhatIsMadeOnce_isFound() {
        var error = assertThrows(ScheduleError.class,
                () -> Explore.options().failedAllocations().run(SweepsTest::madeOnce));
        assertTrue(error.getMessage().contains("NullPointerException"), error.getMessage());
    }

    private enum Kept { // an enum is: static fields begin anew in each schedule
        IT;

        int failures;
    }

    static void givesUpInTheEnd() {
        for (int i = 0; i < 10; i++) {
            try {
                var one = new Object();
                var two = new Object();
                Programs.check(!one.equals(two) && Kept.IT.failures < 5, "given up");
            } catch (OutOfMemoryError e) {
                Kept.IT.failures++;
            }
        }
    }

    /// What one occasion has left is not taken for the work of a later one.
    @Test
    void failedAllocation_eachAloneIsBorne_passes() {
        var explored = Explore.options().failedAllocations().all(SweepsTest::givesUpInTheEnd);
        assertTrue(explored.occasions() >= 20, explored.toString());
    }
}
