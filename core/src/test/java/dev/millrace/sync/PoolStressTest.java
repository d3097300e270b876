package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PoolStressTest {
    /// Who has it says so, and finds out when somebody else has it too.
    private static final class Thing {
        final AtomicInteger users = new AtomicInteger();
    }

    private record Seen(long uses, int shared) {}

    /// Threads of both kinds use things for about a second; collections come while they do.
    private static Seen use(Supplier<Thing> get, Consumer<Thing> put, Consumer<Consumer<Thing>> drain, long millis)
            throws Exception {
        var stop = new AtomicBoolean();
        var shared = new AtomicInteger();
        var uses = new AtomicLong();
        var threads = new ArrayList<Thread>();
        Runnable user = () -> {
            var random = ThreadLocalRandom.current();
            var mine = new ArrayList<Thing>();
            while (!stop.get()) {
                int n = random.nextInt(10) == 0 ? 20 : 1;
                for (int i = 0; i < n; i++) {
                    Thing thing = get.get();
                    if (thing.users.incrementAndGet() != 1) {
                        shared.incrementAndGet();
                    }
                    mine.add(thing);
                }
                uses.addAndGet(n);
                if (random.nextInt(50) == 0) {
                    Thread.yield();
                }
                for (Thing thing : mine) {
                    thing.users.decrementAndGet();
                    put.accept(thing);
                }
                mine.clear();
            }
        };
        for (int t = 0; t < 2; t++) {
            threads.add(Thread.ofPlatform().daemon().start(user));
        }
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.startVirtualThread(user));
        }
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() - end < 0 && shared.get() == 0) {
            drain.accept(thing -> {
                if (thing.users.incrementAndGet() != 1) {
                    shared.incrementAndGet();
                }
            });
            System.gc();
        }
        stop.set(true);
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        return new Seen(uses.get(), shared.get());
    }

    @Test
    @Item("PO-04")
    @Hazard(38)
    void items_manyThreadsDrainAndCollections_haveOneUserAtATime() throws Exception {
        var made = new AtomicInteger();
        Pool<Thing> pool = Pool.of(() -> {
            made.incrementAndGet();
            return new Thing();
        });
        Seen seen = use(pool::get, pool::put, pool::drain, 1000);
        assertEquals(0, seen.shared());
        assertTrue(made.get() < seen.uses(), "items come back: " + made + " made, " + seen);
    }

    /// A pool that looks before it takes, and sometimes lets others run in between.
    @Test
    @Item("PO-04")
    void canary_poolThatGivesOneTwice_isFound() throws Exception {
        var slots = new Thing[8];
        Seen seen = use(
                () -> {
                    for (int i = 0; i < slots.length; i++) {
                        Thing thing = slots[i];
                        if (thing != null) {
                            if (ThreadLocalRandom.current().nextInt(20) == 0) {
                                Thread.yield();
                            }
                            slots[i] = null;
                            return thing;
                        }
                    }
                    return new Thing();
                },
                thing -> slots[ThreadLocalRandom.current().nextInt(slots.length)] = thing,
                _ -> {},
                10_000);
        assertTrue(seen.shared() > 0, "not found: " + seen);
    }

    /// What was put before is seen after.
    @Test
    void put_plainWritesBefore_areSeenAfterGet() throws Exception {
        final class Box {
            int a;
            int b;
        }
        Pool<Box> pool = Pool.of(Box::new);
        var stop = new AtomicBoolean();
        var torn = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (!stop.get()) {
                    Box one = pool.get();
                    Box two = pool.get(); // so that stacks and the others' places are used
                    for (Box box : List.of(one, two)) {
                        if (box.a != box.b) {
                            torn.incrementAndGet();
                        }
                        box.a++;
                        box.b++;
                    }
                    pool.put(two);
                    pool.put(one);
                }
            }));
        }
        long end = System.nanoTime() + 500_000_000L;
        while (System.nanoTime() - end < 0) {
            System.gc();
        }
        stop.set(true);
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        assertEquals(0, torn.get());
    }
}
