package dev.millrace.bench.shapes;

import dev.millrace.sync.Pool;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A pool of items that know how often they were used. A fork loads one subclass only, so that these calls cost nothing.
abstract class Reuse {
    static final int USES = 200_000;

    private static final int STARVING_TAKEN = 100;
    private static final int STARVING_GIVEN = 67;

    private final Queue<Item> made = new ConcurrentLinkedQueue<>();
    private boolean forgets;
    private long expected;

    static final class Item {
        private long uses;
        private boolean taken;
    }

    abstract Item get();

    abstract void put(Item item);

    /// Notes the items that are made, so that their uses can be counted, also of those that the pool has lost.
    final Item make() {
        var item = new Item();
        if (!forgets) {
            made.add(item);
        }
        return item;
    }

    /// So many virtual threads share the uses. Each takes `held` items, uses each once, and puts them back.
    final int run(int held, int goroutines) throws InterruptedException {
        var crew = new Crew();
        int each = USES / goroutines / held;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                var own = new Item[held];
                for (int n = 0; n < each; n++) {
                    for (int k = 0; k < held; k++) {
                        own[k] = get();
                    }
                    for (int k = 0; k < held; k++) {
                        own[k].uses++;
                        put(own[k]);
                    }
                }
            });
        }
        crew.await();
        expected += USES;
        long uses = made.stream().mapToLong(item -> item.uses).sum();
        if (uses != expected) {
            throw new IllegalStateException("used " + uses + " times, not " + expected);
        }
        return made.size();
    }

    /// So many virtual threads share the uses. Each takes a hundred items and puts 67 back.
    final long starve(int goroutines) throws InterruptedException {
        forgets = true; // a third of what is taken is made
        var crew = new Crew();
        int each = USES / goroutines / STARVING_TAKEN;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                var own = new Item[STARVING_TAKEN];
                for (int n = 0; n < each; n++) {
                    for (int k = 0; k < STARVING_TAKEN; k++) {
                        Item item = get();
                        if (item.taken) {
                            throw new IllegalStateException("one item for two");
                        }
                        item.taken = true;
                        own[k] = item;
                    }
                    for (int k = 0; k < STARVING_GIVEN; k++) {
                        own[k].taken = false;
                        put(own[k]);
                    }
                }
            });
        }
        crew.await();
        return (long) each * goroutines;
    }

    static final class ByPool extends Reuse {
        private final Pool<Item> pool = Pool.of(this::make);

        @Override
        Item get() {
            return pool.get();
        }

        @Override
        void put(Item item) {
            pool.put(item);
        }
    }

    static final class ByArrayBlockingQueue extends Reuse {
        private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(1_024);

        @Override
        Item get() {
            Item item = queue.poll();
            return item == null ? make() : item;
        }

        @Override
        void put(Item item) {
            queue.offer(item);
        }
    }

    static final class ByConcurrentLinkedDeque extends Reuse {
        private final ConcurrentLinkedDeque<Item> deque = new ConcurrentLinkedDeque<>();

        @Override
        Item get() {
            Item item = deque.pollFirst();
            return item == null ? make() : item;
        }

        @Override
        void put(Item item) {
            deque.addFirst(item);
        }
    }
}
