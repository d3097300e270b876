package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.atomic.Bool;
import dev.millrace.go.Until;
import dev.millrace.verify.Item;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncMapTest {
    private static <K, V> List<K> keysOf(SyncMap<K, V> map) {
        var keys = new ArrayList<K>();
        map.range((key, _) -> keys.add(key));
        return keys;
    }

    // The operations, one by one.

    @Test
    @Item("MP-02")
    void loadOrStore_firstAndSecond_answersWhichWasThere() {
        var map = new SyncMap<String, Integer>();
        assertEquals(new SyncMap.Loaded<>(1, false), map.loadOrStore("k", 1));
        assertEquals(new SyncMap.Loaded<>(1, true), map.loadOrStore("k", 2));
        assertEquals(1, map.load("k"));
    }

    @Test
    @Item("MP-02")
    void loadAndDelete_presentAndAbsent_answersTheOldValueOrNull() {
        var map = new SyncMap<String, Integer>();
        map.store("k", 1);
        assertEquals(1, map.loadAndDelete("k"));
        assertNull(map.loadAndDelete("k"));
        assertNull(map.load("k"));
        assertFalse(map.contains("k"));
    }

    @Test
    @Item("MP-02")
    void swap_presentAndAbsent_answersTheOldValueOrNull() {
        var map = new SyncMap<String, Integer>();
        assertNull(map.swap("k", 1));
        assertTrue(map.contains("k"));
        assertEquals(1, map.swap("k", 2));
        assertEquals(2, map.load("k"));
    }

    @Test
    @Item("MP-03")
    void compare_absentKeyWithNull_isFalse() {
        var map = new SyncMap<String, Integer>();
        assertFalse(map.compareAndSwap("k", null, 1));
        assertFalse(map.compareAndDelete("k", null));
        assertFalse(map.contains("k"));
        map.store("k", 1);
        assertFalse(map.compareAndSwap("k", null, 2), "nor does a value equal null");
        assertFalse(map.compareAndDelete("k", null));
        assertEquals(1, map.load("k"));
    }

    /// Equal to every other one of the same number; asked for, it notes who asked.
    private static final class Number {
        final int n;
        int asked;

        Number(int n) {
            this.n = n;
        }

        @Override
        public boolean equals(Object other) {
            asked++;
            return other instanceof Number number && number.n == n;
        }

        @Override
        public int hashCode() {
            return n;
        }
    }

    @Test
    @Item("MP-04")
    void compare_values_byEqualsOfTheArgument() {
        var map = new SyncMap<String, Number>();
        var there = new Number(1);
        var old = new Number(1);
        var next = new Number(2);
        map.store("k", there);
        assertFalse(map.compareAndSwap("k", new Number(7), next));
        assertSame(there, map.load("k"));
        assertTrue(map.compareAndSwap("k", old, next), "another object, equal");
        assertSame(next, map.load("k"));
        assertTrue(old.asked > 0 && there.asked == 0, "the argument is asked");
        assertFalse(map.compareAndDelete("k", old));
        assertTrue(map.compareAndDelete("k", new Number(2)));
        assertFalse(map.contains("k"));
    }

    @Test
    @Item("MP-04")
    void compare_equalsThrows_nothingChanged() {
        var bad = new Object() {
            @Override
            public boolean equals(Object other) {
                throw new IllegalStateException("not comparable");
            }

            @Override
            public int hashCode() {
                return 1;
            }
        };
        var map = new SyncMap<String, Object>();
        map.store("k", 1);
        assertThrows(IllegalStateException.class, () -> map.compareAndSwap("k", bad, 2));
        assertThrows(IllegalStateException.class, () -> map.compareAndDelete("k", bad));
        assertEquals(1, map.load("k"));
        map.store("k", 3);
        assertEquals(3, map.load("k"), "and no lock was left");
    }

    @Test
    @Item("MP-05")
    void nulls_everywhere_areRefusedAndNothingChanged() {
        var map = new SyncMap<String, Integer>();
        map.store("k", 1);
        for (Executable op : List.<Executable>of(
                () -> map.load(null),
                () -> map.contains(null),
                () -> map.store(null, 1),
                () -> map.loadOrStore(null, 1),
                () -> map.loadAndDelete(null),
                () -> map.swap(null, 1),
                () -> map.delete(null),
                () -> map.compareAndSwap(null, 1, 2),
                () -> map.compareAndDelete(null, 1))) {
            assertEquals(
                    "key is null: a SyncMap has no null keys",
                    assertThrows(NullPointerException.class, op).getMessage());
        }
        for (Executable op : List.<Executable>of(
                () -> map.store("k", null),
                () -> map.loadOrStore("k", null),
                () -> map.loadOrStore("other", null),
                () -> map.swap("k", null),
                () -> map.compareAndSwap("k", 1, null),
                () -> map.compareAndSwap("k", null, null))) {
            assertEquals(
                    "value is null: a SyncMap has no null values; to take the key out, delete it",
                    assertThrows(NullPointerException.class, op).getMessage());
        }
        assertThrows(NullPointerException.class, () -> map.range(null));
        assertEquals(Map.of("k", 1), map.snapshot());
    }

    // Random sequences against a map with one lock.

    enum Act {
        LOAD,
        CONTAINS,
        STORE,
        LOAD_OR_STORE,
        LOAD_AND_DELETE,
        SWAP,
        DELETE,
        COMPARE_AND_SWAP,
        COMPARE_AND_DELETE,
        RANGE,
        CLEAR
    }

    private record Op(Act act, String key, Integer old, Integer value) {}

    private static Object real(SyncMap<String, Integer> map, Op op) {
        return switch (op.act()) {
            case LOAD -> map.load(op.key());
            case CONTAINS -> map.contains(op.key());
            case STORE -> {
                map.store(op.key(), op.value());
                yield "";
            }
            case LOAD_OR_STORE -> {
                var answer = map.loadOrStore(op.key(), op.value());
                yield answer.value() + " " + answer.loaded();
            }
            case LOAD_AND_DELETE -> map.loadAndDelete(op.key());
            case SWAP -> map.swap(op.key(), op.value());
            case DELETE -> {
                map.delete(op.key());
                yield "";
            }
            case COMPARE_AND_SWAP -> map.compareAndSwap(op.key(), op.old(), op.value());
            case COMPARE_AND_DELETE -> map.compareAndDelete(op.key(), op.old());
            case RANGE -> {
                var seen = new TreeMap<String, Integer>();
                map.range((key, value) -> {
                    assertNull(seen.put(key, value), "twice");
                    return true;
                });
                yield seen;
            }
            case CLEAR -> {
                map.clear();
                yield "";
            }
        };
    }

    private static synchronized Object reference(Map<String, Integer> map, Op op) {
        Integer there = map.get(op.key());
        boolean same = there != null && there.equals(op.old());
        return switch (op.act()) {
            case LOAD -> there;
            case CONTAINS -> there != null;
            case STORE -> {
                map.put(op.key(), op.value());
                yield "";
            }
            case LOAD_OR_STORE -> {
                if (there == null) {
                    map.put(op.key(), op.value());
                }
                yield there == null ? op.value() + " false" : there + " true";
            }
            case LOAD_AND_DELETE -> map.remove(op.key());
            case SWAP -> map.put(op.key(), op.value());
            case DELETE -> {
                map.remove(op.key());
                yield "";
            }
            case COMPARE_AND_SWAP -> {
                if (same) {
                    map.put(op.key(), op.value());
                }
                yield same;
            }
            case COMPARE_AND_DELETE -> {
                if (same) {
                    map.remove(op.key());
                }
                yield same;
            }
            case RANGE -> new TreeMap<>(map);
            case CLEAR -> {
                map.clear();
                yield "";
            }
        };
    }

    /// The first difference, null when there is none.
    private static String difference(long seed, BiFunction<SyncMap<String, Integer>, Op, Object> apply) {
        var random = new Random(seed);
        for (int sequence = 0; sequence < 400; sequence++) {
            var map = new SyncMap<String, Integer>();
            var model = new HashMap<String, Integer>();
            var trace = new ArrayList<String>();
            for (int i = 0; i < 100; i++) {
                var op = new Op(
                        Act.values()[random.nextInt(i % 20 == 19 ? 11 : 10)], // clear is rare
                        "k" + random.nextInt(5),
                        random.nextInt(5) == 0 ? null : random.nextInt(4),
                        random.nextInt(4));
                Object expected = reference(model, op);
                Object seen = apply.apply(map, op);
                trace.add(op + " -> " + seen);
                if (!String.valueOf(expected).equals(String.valueOf(seen)) || !model.equals(map.snapshot())) {
                    return "seed " + seed + ": expected " + expected + ", " + model + "\n" + String.join("\n", trace);
                }
            }
        }
        return null;
    }

    @Test
    @Item("MP-01")
    void map_randomSequences_agreesWithALockedMap() {
        long seed = Long.getLong("syncmap.seed", System.nanoTime());
        String difference = difference(seed, SyncMapTest::real);
        if (difference != null) {
            fail(difference);
        }
    }

    /// Each operation done wrong in a small way.
    @Test
    @Item("MP-01")
    void canary_brokenOperations_areAllFound() {
        for (Act broken : Act.values()) {
            assertNotEquals(
                    null,
                    difference(7, (map, op) -> {
                        if (op.act() != broken) {
                            return real(map, op);
                        }
                        return switch (broken) {
                            case LOAD -> map.contains(op.key()) ? map.load(op.key()) : 0;
                            case CONTAINS -> op.old().equals(map.load(op.key()));
                            case STORE -> {
                                map.loadOrStore(op.key(), op.value());
                                yield "";
                            }
                            case LOAD_OR_STORE -> {
                                boolean loaded = map.contains(op.key());
                                map.store(op.key(), op.value());
                                yield op.value() + " " + loaded;
                            }
                            case LOAD_AND_DELETE -> map.load(op.key());
                            case SWAP -> {
                                map.store(op.key(), op.value());
                                yield op.value();
                            }
                            case DELETE -> "";
                            case COMPARE_AND_SWAP -> {
                                Integer there = map.load(op.key());
                                boolean same = there == null ? op.old() == null : there.equals(op.old());
                                if (same) {
                                    map.store(op.key(), op.value());
                                }
                                yield same;
                            }
                            case COMPARE_AND_DELETE -> {
                                Integer there = map.loadAndDelete(op.key());
                                yield there != null && there.equals(op.old());
                            }
                            case RANGE -> {
                                var seen = new TreeMap<String, Integer>();
                                map.range((key, value) -> {
                                    seen.put(key, value);
                                    return seen.size() < 3;
                                });
                                yield seen;
                            }
                            case CLEAR -> {
                                map.range((key, _) -> {
                                    map.delete(key);
                                    return !key.equals("k3");
                                });
                                yield "";
                            }
                        };
                    }),
                    broken + " done wrong was not noticed");
        }
    }

    // Range.

    /// Go's own test of this name.
    @Test
    @Item("MP-06")
    void range_whileOthersOverwrite_showsEachKeyOnceWithAValidValue() throws Exception {
        int size = 1 << 10;
        var map = new SyncMap<Integer, Integer>();
        for (int n = 1; n <= size; n++) {
            map.store(n, n);
        }
        var stop = new Bool();
        var writers = new ArrayList<Thread>();
        for (int g = 1; g <= 2; g++) {
            int factor = g;
            writers.add(Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; !stop.load(); i++) {
                    for (int n = 1; n <= size; n++) {
                        if (i % 2 == 0) {
                            map.store(n, n * i * factor);
                        } else {
                            map.load(n);
                        }
                    }
                }
            }));
        }
        try {
            for (int i = 0; i < 200; i++) {
                var seen = new HashSet<Integer>();
                map.range((key, value) -> {
                    assertEquals(0, value % key, "value of " + key);
                    assertTrue(seen.add(key), "twice: " + key);
                    return true;
                });
                assertEquals(size, seen.size());
            }
        } finally {
            stop.store(true);
        }
        for (Thread writer : writers) {
            Until.ended(writer);
        }
    }

    /// A key that lies in the same chain as all others.
    private record Colliding(int n) implements Comparable<Colliding> {
        @Override
        public int hashCode() {
            return 15; // behind the numbers below in a table of 16, and of 32
        }

        @Override
        public int compareTo(Colliding other) {
            return Integer.compare(n, other.n);
        }
    }

    /// Takes every other one of some keys of one chain out, and puts it in again, while `looks` looks. False when that has
    /// seen enough.
    private static void whileKeysMove(
            Consumer<Colliding> delete, Consumer<Colliding> store, BooleanSupplier looks) throws Exception {
        for (int n = 0; n < CHAIN; n++) {
            store.accept(new Colliding(n));
        }
        var stop = new Bool();
        Thread mover = Thread.ofPlatform().daemon().start(() -> {
            while (!stop.load()) {
                for (int n = 0; n < CHAIN; n += 2) {
                    delete.accept(new Colliding(n));
                    store.accept(new Colliding(n));
                }
            }
        });
        try {
            for (int i = 0; i < 3_000_000 && looks.getAsBoolean(); i++) {}
        } finally {
            stop.store(true);
        }
        Until.ended(mover);
    }

    private static final int CHAIN = 6; // of the JDK's map: not yet a tree

    /// Where the JDK's iterator shows a key again: taken out behind it, and put in before it. These keys are among the first
    /// that are shown; behind some that do not move; and half and half.
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 10})
    @Item("MP-06")
    void range_keysTakenOutAndPutIn_showsNoneTwiceAndTheStableOnesAlways(int before) throws Exception {
        var map = new SyncMap<Object, Integer>();
        for (int n = 0; n < before; n++) {
            map.store(n, 1);
        }
        long start = System.nanoTime();
        whileKeysMove(map::delete, key -> map.store(key, 1), () -> {
            var seen = new HashSet<Object>();
            map.range((key, _) -> {
                assertTrue(seen.add(key), "twice: " + key);
                return true;
            });
            for (int n = 0; n < before; n++) {
                assertTrue(seen.contains(n), "not shown: " + n);
            }
            for (int n = 1; n < CHAIN; n += 2) {
                assertTrue(seen.contains(new Colliding(n)), "not shown: " + n);
            }
            return System.nanoTime() - start < 1_000_000_000L;
        });
    }

    @Test
    void canary_theJdksIterator_showsAKeyTwice() throws Exception {
        var map = new ConcurrentHashMap<Colliding, Integer>();
        var twice = new Bool();
        whileKeysMove(map::remove, key -> map.put(key, 1), () -> {
            var seen = new HashSet<Colliding>();
            for (Colliding key : map.keySet()) {
                if (!seen.add(key)) {
                    twice.store(true);
                }
            }
            return !twice.load();
        });
        assertTrue(twice.load(), "the test above would prove nothing");
    }

    @Test
    void sift_keysThatComeAgain_keepsTheFirstOfEach() {
        var random = new Random(3);
        for (int n = 0; n < 300; n++) {
            var keys = new ArrayList<Object>();
            for (int i = 0; i < n; i++) {
                int number = random.nextInt(Math.max(1, n / 2));
                keys.add(n % 2 == 0 ? new Colliding(number) : (Object) (number << 20));
            }
            Object[] array = keys.toArray();
            int kept = Distinct.sift(array, n);
            assertEquals(List.copyOf(new java.util.LinkedHashSet<>(keys)), List.of(array).subList(0, kept));
        }
    }

    @Test
    @Item("MP-06")
    void range_valueChangesBeforeItsTurn_showsTheNewOne() {
        var map = new SyncMap<Integer, String>();
        for (int n = 0; n < 10; n++) {
            map.store(n, "old");
        }
        var seen = new ArrayList<String>();
        map.range((key, value) -> {
            seen.add(value);
            for (int n = 0; n < 10; n++) {
                map.store(n, "new");
            }
            return true;
        });
        assertEquals("old", seen.getFirst());
        assertEquals(List.of("new", "new", "new", "new", "new", "new", "new", "new", "new"), seen.subList(1, 10));
    }

    /// Each new one is the last of the chain that is being read: who read the next one each time would never be done.
    @Test
    void range_bodyMovesEachKeyOnInItsChain_ends() {
        var map = new SyncMap<Colliding, Integer>();
        map.store(new Colliding(0), 0);
        map.store(new Colliding(1), 1);
        var shown = new ArrayList<Integer>();
        map.range((key, _) -> {
            shown.add(key.n());
            map.delete(key);
            map.store(new Colliding(key.n() + 2), 1);
            return shown.size() < 1_000;
        });
        assertTrue(shown.size() <= 10, "shown: " + shown.size());
        assertEquals(shown.size(), new HashSet<>(shown).size(), "twice: " + shown);
    }

    @Test
    void range_bodyAddsAKeyEachTime_endsAndShowsWhatWasThere() {
        var map = new SyncMap<Integer, Integer>();
        for (int n = 0; n < 100; n++) {
            map.store(n, n);
        }
        var shown = new HashSet<Integer>();
        map.range((key, _) -> {
            map.store(key + 1_000, 1);
            assertTrue(shown.add(key), "twice: " + key);
            return true;
        });
        for (int n = 0; n < 100; n++) {
            assertTrue(shown.contains(n), "not shown: " + n);
        }
    }

    @Test
    void range_bodyStopsAtOnce_doesNotReadAllKeys() {
        var map = new SyncMap<Object, Integer>();
        var asked = new int[1];
        for (int n = 0; n < 1_000; n++) {
            int hash = n;
            map.store(new Object() {
                @Override
                public int hashCode() {
                    asked[0]++;
                    return hash;
                }
            }, n);
        }
        asked[0] = 0;
        map.range((_, _) -> false);
        assertTrue(asked[0] < 10, "asked " + asked[0] + " keys");
        map.range((_, _) -> true);
        assertTrue(asked[0] >= 1_000, "asked " + asked[0] + " keys: the line above would prove nothing");
    }

    /// Go's own test of this name.
    @Test
    @Item("MP-07")
    void range_nestedWithStoresAndDeletes_worksAndLeavesNothing() {
        var map = new SyncMap<Object, Object>();
        for (int i = 0; i < 3; i++) {
            map.store(i, "hello");
        }
        map.range((key, value) -> {
            map.range((k, v) -> {
                assertEquals("hello", v);
                map.loadOrStore("nested" + k, "hello");
                return true;
            });
            map.range((k, v) -> {
                assertTrue(map.loadOrStore(k, "other").loaded());
                map.store(k, "hello");
                map.store("dummy", "hello");
                assertEquals("hello", map.loadAndDelete("dummy"));
                return true;
            });
            map.delete(key);
            map.delete("nested" + key);
            return true;
        });
        map.range((key, _) -> {
            map.delete(key);
            return true;
        });
        assertEquals(List.of(), keysOf(map));
        assertEquals("sync.Map (0 keys)", map.toString());
    }

    @Test
    @Item("MP-08")
    void range_bodyAnswersFalse_stops() {
        var map = new SyncMap<Integer, Integer>();
        for (int n = 0; n < 100; n++) {
            map.store(n, n);
        }
        var seen = new ArrayList<Integer>();
        map.range((key, _) -> {
            seen.add(key);
            return seen.size() < 3;
        });
        assertEquals(3, seen.size());
        var thrown = new IllegalStateException("planted");
        assertSame(thrown, assertThrows(IllegalStateException.class, () -> map.range((_, _) -> {
            throw thrown;
        })));
    }

    @Test
    void range_afterClearInside_showsNoMore() {
        var map = new SyncMap<Integer, Integer>();
        for (int n = 0; n < 10; n++) {
            map.store(n, n);
        }
        var seen = new ArrayList<Integer>();
        map.range((key, _) -> {
            map.clear();
            return seen.add(key);
        });
        assertEquals(1, seen.size());
    }

    @Test
    void range_emptyMap_allocatesNothing() {
        var map = new SyncMap<Integer, Integer>();
        Allocation.none(() -> map.range((_, _) -> true));
    }

    // Clear.

    /// Go's own test of this name.
    @Test
    @Item("MP-09")
    void clear_whileOthersStoreAndLoad_leavesNothingAtTheEnd() throws Exception {
        var map = new SyncMap<Integer, Integer>();
        var threads = new ArrayList<Thread>();
        var wrong = new ArrayList<String>();
        for (int t = 0; t < 6; t++) {
            int kind = t % 3;
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    int n = i % 100;
                    if (kind == 0) {
                        map.store(n, n);
                    } else if (kind == 1) {
                        Integer value = map.load(n);
                        if (value != null && value != n) {
                            synchronized (wrong) {
                                wrong.add(n + " has " + value);
                            }
                        }
                    } else if (i % 10 == 0) {
                        map.clear();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            Until.ended(thread);
        }
        assertEquals(List.of(), wrong);
        map.store(1, 1);
        map.clear();
        assertEquals(List.of(), keysOf(map));
        assertNull(map.load(1));
        assertFalse(map.contains(1));
        assertNull(map.loadAndDelete(1));
    }

    // What is not kept, and what people see.

    private static WeakReference<Object> storeAndForget(SyncMap<Object, Object> map, String how) {
        var key = new Object();
        var value = new Object();
        map.store(key, value);
        switch (how) {
            case "delete" -> map.delete(key);
            case "loadAndDelete" -> map.loadAndDelete(key);
            case "compareAndDelete" -> map.compareAndDelete(key, value);
            case "clear" -> map.clear();
            case "delete in range" -> map.range((k, _) -> {
                map.delete(k);
                return true;
            });
            case "swap" -> {
                map.swap(key, "other");
                return new WeakReference<>(value);
            }
            case "kept" -> {}
            default -> throw new IllegalArgumentException(how);
        }
        return new WeakReference<>(key);
    }

    @Test
    @Item("MP-10")
    void deleted_keysAndValues_areCollectable() throws Exception {
        for (String how : List.of("delete", "loadAndDelete", "compareAndDelete", "clear", "delete in range", "swap")) {
            var map = new SyncMap<Object, Object>();
            map.store("other", "stays");
            WeakReference<Object> gone = storeAndForget(map, how);
            Until.until(how + ": collected", () -> {
                System.gc();
                return gone.refersTo(null);
            });
            assertTrue(map.toString().startsWith("sync.Map ("));
        }
    }

    @Test
    void canary_aKeyThatIsThere_isNotCollected() {
        var map = new SyncMap<Object, Object>();
        WeakReference<Object> kept = storeAndForget(map, "kept");
        System.gc();
        System.gc();
        assertFalse(kept.refersTo(null));
        assertEquals("sync.Map (1 keys)", map.toString());
    }

    @Test
    void snapshot_laterWrites_doNotShow() {
        var map = new SyncMap<String, Integer>();
        map.store("a", 1);
        var copy = map.snapshot();
        map.store("b", 2);
        assertEquals(Map.of("a", 1), copy);
        assertThrows(UnsupportedOperationException.class, () -> copy.put("c", 3));
    }
}
