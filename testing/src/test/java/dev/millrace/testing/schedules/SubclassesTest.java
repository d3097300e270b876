package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.HashMap;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Test;

/// Classes of the program that extend what the explorer puts others in place of.
class SubclassesTest {
    static final class Segment extends ReentrantLock {
        int n;

        void add(boolean locks) {
            if (locks) {
                lock();
            }
            n++;
            if (locks) {
                unlock();
            }
        }
    }

    static void adds(boolean locks) throws InterruptedException {
        var segment = new Segment();
        var other = Programs.go("other", () -> segment.add(true));
        segment.add(locks);
        other.join();
        Programs.check(segment.n == 2, "n is " + segment.n);
    }

    @Test
    void lockOfTheProgram_notTaken_isARace() {
        Explore.all(() -> adds(true));
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> adds(false)));
        assertTrue(error.getMessage().startsWith("race on "), error.getMessage());
        assertTrue(error.getMessage().contains("Segment.n"), error.getMessage());
    }

    static void others() throws InterruptedException {
        var permits = new Semaphore(0) {};
        var latch = new CountDownLatch(1) {};
        var readers = new ReentrantReadWriteLock() {};
        var stamps = new StampedLock() {};
        var n = new AtomicInteger();
        var other = Programs.go("other", () -> {
            readers.writeLock().lock();
            n.incrementAndGet();
            readers.writeLock().unlock();
            permits.release();
            latch.countDown();
        });
        permits.acquire();
        latch.await();
        stamps.unlockWrite(stamps.writeLock());
        readers.readLock().lock();
        Programs.check(n.get() == 1, "n is " + n);
        readers.readLock().unlock();
        other.join();
    }

    @Test
    void othersOfTheProgram_anonymousToo_areModelled() {
        Explore.all(SubclassesTest::others);
    }

    static void hashed() throws InterruptedException {
        var set = new HashSet<AtomicInteger>();
        var map = new HashMap<Object, AtomicInteger>() {
            @Override
            public AtomicInteger put(Object key, AtomicInteger value) {
                return super.put(key, value);
            }
        };
        for (int i = 0; i < 5; i++) {
            set.add(new AtomicInteger(i));
            map.put(new Object(), new AtomicInteger(i));
        }
        var other = Programs.go("other", () -> set.forEach(AtomicInteger::incrementAndGet));
        set.forEach(AtomicInteger::incrementAndGet);
        other.join();
        int before = -1;
        for (AtomicInteger n : map.values()) {
            Programs.check(n.get() == before + 1, "order of " + map.values());
            before = n.get();
        }
    }

    /// Objects without a hash code of their own are in another order each time, in a hash set; not here.
    @Test
    void hashedByIdentity_order_isTheSameInEachSchedule() {
        Explore.all(SubclassesTest::hashed);
    }
}
