package dev.millrace.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.chan.Chan;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.explore.Explored;
import dev.millrace.testing.junit.Explore;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

@SuppressWarnings("NonAtomicVolatileUpdate") // tests of the guide "Every order": some are meant to fail, and it shows what they say
class EveryOrder {
    // region counter
    static final class Counter {
        private volatile int n;

        void increment() {
            n++;
        }

        int get() {
            return n;
        }
    }

    @Explore
    void counter_twoIncrements_areBothThere() throws InterruptedException {
        var counter = new Counter();
        var other = Thread.ofVirtual().name("other").start(counter::increment);
        counter.increment();
        other.join();
        assertEquals(2, counter.get());
    }
    // endregion

    // region race
    static final class Guarded {
        private int n;

        synchronized void increment() {
            n++;
        }

        int get() {
            return n; // and the lock?
        }
    }

    @Explore
    void guarded_readWithoutLock_isARace() throws InterruptedException {
        var guarded = new Guarded();
        var other = Thread.ofVirtual().name("other").start(guarded::increment);
        guarded.get();
        other.join();
    }
    // endregion

    // region twin
    @Explore(preemptions = 3, random = 500, priorities = 500)
    void channel_twoSenders_bothAreReceived() {
        var chan = Chan.<Integer>buffered(1);
        var wg = new WaitGroup();
        wg.go(() -> chan.send(1));
        wg.go(() -> chan.send(2));
        assertEquals(3, chan.receive() + chan.receive());
        wg.await();
    }
    // endregion

    // region static
    static final class Tickets {
        private static volatile int sold;

        static void sell() {
            if (sold == 0) { // there is one
                sold++;
            }
        }
    }

    @Explore
    void tickets_twoBuyers_oneIsSold() throws InterruptedException {
        var other = Thread.ofVirtual().name("other").start(Tickets::sell);
        Tickets.sell();
        other.join();
        assertEquals(1, Tickets.sold);
    }
    // endregion

    // region pool
    @Explore(preemptions = 1)
    void pool_twoTasks_bothAreCounted() {
        var n = new AtomicInteger();
        try (var pool = Executors.newFixedThreadPool(2)) {
            pool.execute(n::incrementAndGet);
            pool.execute(n::incrementAndGet);
        }
        assertEquals(2, n.get());
    }
    // endregion

    static Explored anyFramework() {
        // region any
        return dev.millrace.testing.explore.Explore.options().preemptions(3).all(() -> {
            var chan = Chan.<String>unbuffered();
            var wg = new WaitGroup();
            wg.go(() -> chan.send("a"));
            assertEquals("a", chan.receive());
            wg.await();
        });
        // endregion
    }
}
