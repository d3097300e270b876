package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Child;
import dev.millrace.go.Until;
import dev.millrace.verify.Item;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// What depends on no collection coming between is tried several times: one may come at any moment.
class PoolTest {
    private static void soon(String what, BooleanSupplier attempt) {
        for (int i = 0; i < 100; i++) {
            if (attempt.getAsBoolean()) {
                return;
            }
        }
        throw new AssertionError("not once in 100 times: " + what);
    }

    @Test
    @Item("PO-01")
    void get_emptyPool_nullOrTheFactorysItem() {
        Pool<String> bare = Pool.withoutFactory();
        assertNull(bare.get());
        var made = new AtomicInteger();
        Pool<Integer> pool = Pool.of(made::incrementAndGet);
        assertEquals(1, pool.get());
        assertEquals(2, pool.get());
        assertNull(Pool.of(() -> null).get(), "what the factory answers is given");
    }

    @Test
    @Item("PO-01")
    void get_factoryThrows_throwsThatAndThePoolWorks() {
        var thrown = new IllegalStateException("planted");
        Pool<String> pool = Pool.of(() -> {
            throw thrown;
        });
        assertSame(thrown, assertThrows(IllegalStateException.class, pool::get));
        soon("an item that was put", () -> {
            pool.put("a");
            try {
                return pool.get().equals("a");
            } catch (IllegalStateException e) {
                return false;
            }
        });
        assertThrows(NullPointerException.class, () -> Pool.of(null));
    }

    @Test
    @Item("PO-02")
    void put_null_isIgnored() {
        var pool = Pool.of(() -> "made");
        pool.put(null);
        assertEquals("sync.Pool (0 items)", pool.toString());
        assertEquals(new PoolSnapshot(0), pool.snapshot());
        assertEquals("made", pool.get());
        assertEquals(0, pool.drain());
    }

    @Test
    @Item("PO-03")
    void get_afterPutOnOneThread_answersTheItem() {
        Pool<Object> pool = Pool.withoutFactory();
        var item = new Object();
        soon("the item", () -> {
            pool.put(item);
            return pool.get() == item && pool.get() == null;
        });
    }

    @Test
    @Item("PO-03")
    void get_afterManyPutsOnOneThread_answersEachOnce() {
        soon("all of them", () -> {
            Pool<Integer> pool = Pool.withoutFactory();
            var put = new HashSet<Integer>();
            for (int i = 0; i < 1000; i++) {
                pool.put(i);
                put.add(i);
            }
            String text = pool.toString();
            var got = new ArrayList<Integer>();
            for (Integer item = pool.get(); item != null; item = pool.get()) {
                got.add(item);
            }
            assertEquals(got.size(), Set.copyOf(got).size(), "one was given twice");
            return Set.copyOf(got).equals(put) && text.equals("sync.Pool (1000 items)");
        });
    }

    @Test
    void get_manyThreadsHavePut_findsTheItemsOfAll() {
        int n = 64; // at all places of the pool, in the slots and not
        soon("what the others put", () -> {
            Pool<Integer> pool = Pool.withoutFactory();
            for (int i = 0; i < n; i++) {
                int item = i;
                try {
                    Until.ended(Thread.startVirtualThread(() -> pool.put(item)));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            var got = new HashSet<Integer>();
            for (Integer item = pool.get(); item != null; item = pool.get()) {
                got.add(item);
            }
            return got.size() == n;
        });
    }

    @Test
    void drain_items_answersHowManyAndForgetsThem() {
        soon("all drained", () -> {
            Pool<Integer> pool = Pool.withoutFactory();
            for (int i = 0; i < 10; i++) {
                pool.put(i);
            }
            int drained = pool.drain();
            assertNull(pool.get());
            assertEquals("sync.Pool (0 items)", pool.toString());
            return drained == 10;
        });
    }

    @Test
    void drain_consumerThrows_keepsTheOthers() {
        soon("two left", () -> {
            Pool<Integer> pool = Pool.withoutFactory();
            for (int i = 0; i < 3; i++) {
                pool.put(i);
            }
            var seen = new ArrayList<Integer>();
            assertThrows(IllegalStateException.class, () -> pool.drain(item -> {
                seen.add(item);
                throw new IllegalStateException("planted");
            }));
            pool.drain(seen::add);
            return Set.copyOf(seen).equals(Set.of(0, 1, 2)) && seen.size() == 3;
        });
    }

    @Test
    void drain_consumerPutsBack_ends() {
        Pool<Integer> pool = Pool.withoutFactory();
        for (int i = 0; i < 5; i++) {
            pool.put(i);
        }
        assertTrue(pool.drain(pool::put) <= 5);
    }

    // What is not kept.

    private static List<WeakReference<Object>> putNew(Pool<Object> pool, int n) {
        var refs = new ArrayList<WeakReference<Object>>();
        for (int i = 0; i < n; i++) {
            var item = new Object();
            pool.put(item);
            refs.add(new WeakReference<>(item));
        }
        return refs;
    }

    private static long living(List<WeakReference<Object>> refs) {
        return refs.stream().filter(r -> !r.refersTo(null)).count();
    }

    private static void collected(String what, List<WeakReference<Object>> refs) throws Exception {
        Until.until(what, () -> {
            System.gc();
            return living(refs) == 0;
        });
    }

    @Test
    @Item("PO-05")
    void items_nobodyTakes_areCollectableAfterSomeCollections() throws Exception {
        Pool<Object> pool = Pool.withoutFactory();
        for (int round = 0; round < 3; round++) {
            collected("dropped, round " + round, putNew(pool, 100));
            assertEquals("sync.Pool (0 items)", pool.toString());
        }
    }

    /// Items survive the first collection after they were put, as in Go, where another one would take all of a cache of weak
    /// references. That the cleaner runs late, or another collection comes, is possible at any time.
    @Test
    @Item("PO-05")
    void items_afterOneCollection_areStillThere() {
        soon("they survived", () -> {
            Pool<Object> pool = Pool.withoutFactory();
            var refs = putNew(pool, 20);
            System.gc();
            return living(refs) == 20 && pool.get() != null;
        });
    }

    /// One that is used all the time stays; those below it, which nobody needs, go.
    @Test
    @Item("PO-05")
    void items_usedBetweenCollections_stayWhileTheOthersGo() throws Exception {
        Pool<Object> pool = Pool.withoutFactory();
        var idle = putNew(pool, 50);
        soon("the one in use is there after the idle ones have gone", () -> {
            var used = new Object();
            pool.put(used);
            for (int i = 0; i < 200 && living(idle) > 1; i++) {
                System.gc();
                Object item = pool.get();
                if (item == null) {
                    return false;
                }
                pool.put(item);
            }
            return living(idle) <= 1 && pool.get() != null;
        });
    }

    /// The program of the next test: an item that is in use all the time, and memory that is needed for other things.
    static final class Pressure {
        private Pressure() {}

        public static void main(String[] args) throws InterruptedException {
            Pool<Object> pool = Pool.withoutFactory();
            pool.put(new byte[12 << 20]);
            var others = new ArrayList<byte[]>();
            int inVain = 0;
            Object item;
            while ((item = pool.get()) != null) {
                pool.put(item);
                item = null;
                try {
                    others.add(new byte[1 << 18]);
                    inVain = 0;
                } catch (OutOfMemoryError e) {
                    if (++inVain == 100) {
                        throw e;
                    }
                    Thread.sleep(10); // who ages the pool after a collection has it in hand at this instant
                }
            }
            System.out.println("gave way: " + (others.size() > 32));
        }
    }

    /// Rather than run out of memory the JVM takes what is pooled, however much it is used.
    @Test
    @Item("PO-05")
    void items_memoryIsShort_giveWay() throws Exception {
        var outcome = new Child()
                .option("-Xmx32m")
                .option("-XX:+UseSerialGC")
                .run(Pressure.class);
        assertEquals(new Child.Outcome(0, "gave way: true\n", ""), outcome);
    }

    @Test
    @Item("PO-05")
    void drain_items_holdsNothing() {
        Pool<Object> pool = Pool.withoutFactory();
        soon("collected at once", () -> {
            var refs = putNew(pool, 100);
            pool.drain();
            System.gc(); // one, so it is not for their age
            return living(refs) == 0;
        });
        assertEquals("sync.Pool (0 items)", pool.toString());
    }

    @Test
    @Item("PO-05")
    void get_item_isHeldNoMore() {
        Pool<Object> pool = Pool.withoutFactory();
        soon("collected at once", () -> {
            var refs = putNew(pool, 100);
            while (pool.get() != null) {}
            System.gc();
            return living(refs) == 0;
        });
    }

    private static List<WeakReference<Object>> forgottenPool(boolean keptByItsItems) {
        Pool<Object> pool = Pool.withoutFactory();
        var refs = putNew(pool, 100);
        if (keptByItsItems) {
            pool.put(new Object[] {pool});
        }
        refs.add(new WeakReference<>(pool));
        return refs;
    }

    @Test
    @Item("PO-05")
    void pool_thatEverybodyForgot_isCollectedWithItsItems() throws Exception {
        collected("the pool and its items", forgottenPool(false));
        collected("a pool that its own item refers to", forgottenPool(true));
    }

    @Test
    @Item("PO-06")
    void pool_null_fails() {
        Pool<String> none = null;
        assertThrows(NullPointerException.class, () -> none.get());
        assertThrows(NullPointerException.class, () -> none.put("a"));
    }

    @Test
    void getAndPut_anItemThatIsThere_allocateNothing() {
        var pool = Pool.of(Object::new);
        Allocation.none(() -> pool.put(pool.get()));
        assertTrue(Allocation.isSeen(() -> pool.put(new Object())), "the measure must see one");
    }
}
