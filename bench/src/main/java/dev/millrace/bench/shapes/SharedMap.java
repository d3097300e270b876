package dev.millrace.bench.shapes;

import dev.millrace.sync.SyncMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// A map in which each key has itself as its value. A fork loads one subclass only, so that these calls cost nothing. The keys are made
/// before, so nobody's figures have boxes in them.
abstract class SharedMap {
    static final int OPERATIONS = 200_000;
    private static final int SIZE = 1_024;
    private static final Integer[] KEYS =
            IntStream.range(0, OPERATIONS / 2).boxed().toArray(Integer[]::new);

    abstract Integer load(Integer key);

    abstract void store(Integer key, Integer value);

    /// Whether it was there.
    abstract boolean loadOrStore(Integer key, Integer value);

    final void fill() {
        for (int i = 0; i < SIZE; i++) {
            store(KEYS[i], KEYS[i]);
        }
    }

    /// So many virtual threads share the operations. One in `every` of a thread's is a store, the others are loads.
    final long load(int every, int goroutines) throws InterruptedException {
        var crew = new Crew();
        var found = new AtomicLong();
        int each = OPERATIONS / goroutines;
        for (int i = 0; i < goroutines; i++) {
            int start = i * 31;
            crew.go(() -> {
                int at = start;
                int loads = 0;
                long right = 0;
                for (int n = 0; n < each; n++) {
                    at = at + 7 & SIZE - 1;
                    Integer key = KEYS[at];
                    if (++loads == every) {
                        loads = 0;
                        store(key, key);
                    } else if (load(key) == at) {
                        right++;
                    }
                }
                found.addAndGet(right);
            });
        }
        crew.await();
        check(found.get(), (long) goroutines * (each - each / every));
        return found.get();
    }

    /// So many virtual threads share the operations. Each asks for keys of its own, for each of them twice.
    final long loadOrStore(int goroutines) throws InterruptedException {
        var crew = new Crew();
        var found = new AtomicLong();
        int each = KEYS.length / goroutines;
        for (int i = 0; i < goroutines; i++) {
            int start = i * each;
            crew.go(() -> {
                long loaded = 0;
                for (int n = 0; n < each; n++) {
                    Integer key = KEYS[start + n];
                    for (int again = 0; again < 2; again++) {
                        loaded += loadOrStore(key, key) ? 1 : 0;
                    }
                }
                found.addAndGet(loaded);
            });
        }
        crew.await();
        check(found.get(), KEYS.length);
        return found.get();
    }

    private static void check(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException("found " + found + ", expected " + expected);
        }
    }

    static final class OfMillrace extends SharedMap {
        private final SyncMap<Integer, Integer> map = new SyncMap<>();

        @Override
        Integer load(Integer key) {
            return map.load(key);
        }

        @Override
        void store(Integer key, Integer value) {
            map.store(key, value);
        }

        @Override
        boolean loadOrStore(Integer key, Integer value) {
            return map.loadOrStore(key, value).loaded();
        }
    }

    static final class OfJdk extends SharedMap {
        private final ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();

        @Override
        Integer load(Integer key) {
            return map.get(key);
        }

        @Override
        void store(Integer key, Integer value) {
            map.put(key, value);
        }

        @Override
        boolean loadOrStore(Integer key, Integer value) {
            return map.putIfAbsent(key, value) != null;
        }
    }
}
