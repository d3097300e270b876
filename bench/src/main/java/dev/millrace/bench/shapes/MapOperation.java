package dev.millrace.bench.shapes;

import static dev.millrace.bench.shapes.SharedMap.OPERATIONS;
import static dev.millrace.bench.shapes.SharedMap.SIZE;
import static dev.millrace.bench.shapes.SharedMap.key;

import java.util.Map;
import java.util.function.Supplier;

/// What Go's own benchmarks do with a map: from so many keys on, so many operations. In the names "hits" are 1,023 of 1,024, "misses" the rest.
///
/// @param filled how many keys the map has at first
/// @param least how many operations do something, at least
/// @param loop what one goroutine does
record MapOperation(int filled, long least, Loop loop) {
    private static final int HITS = SIZE - 1;
    private static final int BALANCED = 128;
    private static final long MOSTLY = OPERATIONS - OPERATIONS / SIZE - 1;
    private static final long SELDOM = OPERATIONS / SIZE;

    /// Operations of one goroutine. Answers how many of them did something.
    interface Loop {
        long run(SharedMap map, int from, int to);
    }

    /// One operation; answers whether it did something.
    private interface Step {
        boolean go(SharedMap map, int i);
    }

    private static final Map<String, MapOperation> ALL = Map.ofEntries(
            each("LoadMostlyHits", HITS, MOSTLY, (map, i) -> map.load(key(i % SIZE)) != null),
            each("LoadMostlyMisses", 1, SELDOM, (map, i) -> map.load(key(i % SIZE)) != null),
            each("LoadOrStoreBalanced", BALANCED, OPERATIONS / 2 - BALANCED,
                    (map, i) -> map.loadOrStore(halfOld(i), halfOld(i))),
            each("LoadOrStoreUnique", 0, 0, (map, i) -> map.loadOrStore(key(i), key(i))),
            each("LoadOrStoreCollision", 1, OPERATIONS, (map, _) -> map.loadOrStore(key(0), key(0))),
            each("LoadAndDeleteBalanced", BALANCED, BALANCED, (map, i) -> map.loadAndDelete(halfOld(i))),
            each("LoadAndDeleteUnique", 0, 0, (map, i) -> map.loadAndDelete(key(i))),
            each("LoadAndDeleteCollision", 1, 1, (map, _) -> {
                boolean deleted = map.loadAndDelete(key(0));
                if (deleted) {
                    map.store(key(0), key(0));
                }
                return deleted;
            }),
            Map.entry("Range", new MapOperation(SIZE, OPERATIONS / SIZE * SIZE, MapOperation::range)),
            with("AdversarialAlloc", 0, 0, Adversary::new),
            each("AdversarialDelete", SIZE, 1, MapOperation::replaceOneOfAll),
            each("DeleteCollision", 1, OPERATIONS, (map, _) -> {
                map.delete(key(0));
                return true;
            }),
            each("SwapCollision", 1, OPERATIONS, (map, _) -> map.swap(key(0), key(0))),
            each("SwapMostlyHits", HITS, MOSTLY, (map, i) -> swapOrPass(map, i, HITS)),
            each("SwapMostlyMisses", 1, SELDOM, (map, i) -> swapOrPass(map, i, 1)),
            each("CompareAndSwapCollision", 1, 1, (map, _) -> {
                boolean swapped = map.compareAndSwap(key(0), key(0), key(42));
                if (swapped) {
                    map.compareAndSwap(key(0), key(42), key(0));
                }
                return swapped;
            }),
            each("CompareAndSwapNoExistingKey", 0, 0, (map, i) -> map.compareAndSwap(key(i), key(0), key(0))),
            each("CompareAndSwapValueNotEqual", 1, 0, (map, _) -> map.compareAndSwap(key(0), key(1), key(2))),
            each("CompareAndSwapMostlyHits", HITS, MOSTLY, (map, i) -> {
                Integer key = old(i, HITS);
                return map.compareAndSwap(key, key, key);
            }),
            each("CompareAndSwapMostlyMisses", 1, SELDOM, (map, i) -> {
                Integer key = old(i, 1);
                return map.compareAndSwap(key, key, key);
            }),
            each("CompareAndDeleteCollision", 1, 1, (map, _) -> deleteAndStore(map, key(0))),
            each("CompareAndDeleteMostlyHits", HITS, OPERATIONS / 2, (map, i) -> deleteAndStore(map, old(i, HITS))),
            each("CompareAndDeleteMostlyMisses", 1, 1, (map, i) -> deleteAndStore(map, old(i, 1))),
            each("Clear", 0, OPERATIONS, (map, i) -> {
                map.clear();
                map.store(key(i % 256), key(i % 256));
                return true;
            }));

    static MapOperation named(String name) {
        return ALL.get(name);
    }

    private static Map.Entry<String, MapOperation> each(String name, int filled, long least, Step step) {
        return with(name, filled, least, () -> step);
    }

    private static Map.Entry<String, MapOperation> with(
            String name, int filled, long least, Supplier<? extends Step> step) {
        return Map.entry(name, new MapOperation(filled, least, (map, from, to) -> {
            Step own = step.get();
            long good = 0;
            for (int i = from; i < to; i++) {
                good += own.go(map, i) ? 1 : 0;
            }
            return good;
        }));
    }

    /// One of the first keys, or a new one.
    private static Integer old(int i, int first) {
        return key(i % SIZE < first ? i % SIZE : i);
    }

    private static Integer halfOld(int i) {
        return key(i % (2 * BALANCED) < BALANCED ? i % (2 * BALANCED) : i);
    }

    private static boolean swapOrPass(SharedMap map, int i, int hits) {
        if (i % SIZE < hits) {
            return map.swap(key(i % SIZE), key(i % SIZE));
        }
        map.swap(key(i), key(i));
        map.delete(key(i));
        return false;
    }

    private static boolean deleteAndStore(SharedMap map, Integer key) {
        boolean deleted = map.compareAndDelete(key, key);
        if (deleted) {
            map.store(key, key);
        }
        return deleted;
    }

    private static boolean replaceOneOfAll(SharedMap map, int i) {
        boolean found = map.load(key(i)) != null;
        if (i % SIZE == 0) {
            map.range((key, _) -> {
                map.delete(key);
                return false;
            });
            map.store(key(i), key(i));
        }
        return found;
    }

    /// As many times as fill the operations, so that figures are per key.
    private static long range(SharedMap map, int from, int to) {
        var seen = new long[1];
        for (int i = from; i < to; i++) {
            if (i % SIZE == 0) {
                map.range((_, _) -> {
                    seen[0]++;
                    return true;
                });
            }
        }
        return seen[0];
    }

    /// Stores less and less often, always where it just found nothing.
    private static final class Adversary implements Step {
        private int stores;
        private int loads;

        @Override
        public boolean go(SharedMap map, int i) {
            boolean found = map.load(key(i)) != null;
            if (++loads > stores) {
                map.loadOrStore(key(i), key(i));
                loads = 0;
                stores++;
            }
            return found;
        }
    }
}
