package dev.millrace.bench.shapes;

import dev.millrace.sync.SyncMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/// A map in which each key has itself as its value. A fork loads one subclass only, so that these calls cost nothing. The keys are made
/// before, so nobody's figures have boxes in them.
abstract class SharedMap {
    static final int OPERATIONS = 200_000;
    static final int SIZE = 1_024;
    private static final int ASKED_TWICE = OPERATIONS / 2;
    private static final Integer[] KEYS = IntStream.range(0, OPERATIONS).boxed().toArray(Integer[]::new);

    abstract Integer load(Integer key);

    abstract void store(Integer key, Integer value);

    /// Whether it was there.
    abstract boolean loadOrStore(Integer key, Integer value);

    /// Whether it was there.
    abstract boolean loadAndDelete(Integer key);

    abstract void delete(Integer key);

    /// Whether it was there.
    abstract boolean swap(Integer key, Integer value);

    abstract boolean compareAndSwap(Integer key, Integer old, Integer value);

    abstract boolean compareAndDelete(Integer key, Integer old);

    abstract void range(BiPredicate<Integer, Integer> body);

    abstract void clear();

    static Integer key(int number) {
        return KEYS[number];
    }

    final void fill() {
        fill(SIZE);
    }

    private void fill(int keys) {
        for (int i = 0; i < keys; i++) {
            store(KEYS[i], KEYS[i]);
        }
    }

    /// Two virtual threads share the operations. Answers how many of these did something.
    final long run(MapOperation operation) throws InterruptedException {
        fill(operation.filled());
        var crew = new Crew();
        var good = new AtomicLong();
        int each = OPERATIONS / 2;
        for (int first = 0; first < OPERATIONS; first += each) {
            int from = first;
            crew.go(() -> good.addAndGet(operation.loop().run(this, from, from + each)));
        }
        crew.await();
        if (good.get() < operation.least()) {
            throw new IllegalStateException(
                    good + " operations did something, at least " + operation.least() + " should");
        }
        return good.get();
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
        int each = ASKED_TWICE / goroutines;
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
        check(found.get(), ASKED_TWICE);
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

        @Override
        boolean loadAndDelete(Integer key) {
            return map.loadAndDelete(key) != null;
        }

        @Override
        void delete(Integer key) {
            map.delete(key);
        }

        @Override
        boolean swap(Integer key, Integer value) {
            return map.swap(key, value) != null;
        }

        @Override
        boolean compareAndSwap(Integer key, Integer old, Integer value) {
            return map.compareAndSwap(key, old, value);
        }

        @Override
        boolean compareAndDelete(Integer key, Integer old) {
            return map.compareAndDelete(key, old);
        }

        @Override
        void range(BiPredicate<Integer, Integer> body) {
            map.range(body);
        }

        @Override
        void clear() {
            map.clear();
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

        @Override
        boolean loadAndDelete(Integer key) {
            return map.remove(key) != null;
        }

        @Override
        void delete(Integer key) {
            map.remove(key);
        }

        @Override
        boolean swap(Integer key, Integer value) {
            return map.put(key, value) != null;
        }

        @Override
        boolean compareAndSwap(Integer key, Integer old, Integer value) {
            return map.replace(key, old, value);
        }

        @Override
        boolean compareAndDelete(Integer key, Integer old) {
            return map.remove(key, old);
        }

        /// Weakly consistent: a key that was deleted and stored meanwhile may come twice, which ours and Go's exclude.
        @Override
        void range(BiPredicate<Integer, Integer> body) {
            for (Map.Entry<Integer, Integer> entry : map.entrySet()) {
                if (!body.test(entry.getKey(), entry.getValue())) {
                    return;
                }
            }
        }

        @Override
        void clear() {
            map.clear();
        }
    }
}
