package dev.millrace.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.chan.Chan;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.explore.Explored;
import dev.millrace.testing.junit.Explore;

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
