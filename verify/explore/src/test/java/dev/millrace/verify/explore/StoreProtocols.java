package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.sync.Pool;
import dev.millrace.sync.SyncMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Pools and maps.
final class StoreProtocols {
    private StoreProtocols() {}

    private static final class Item {
        final AtomicInteger users = new AtomicInteger();
    }

    private static void use(@Nullable Item item) {
        if (item != null) {
            check(item.users.incrementAndGet() == 1, "an item has two users");
            item.users.decrementAndGet();
        }
    }

    /// Three items in one stripe, of which one stands in the slot, and two takers.
    static void poolTwoTakers() throws Exception {
        Pool<@Nullable Item> pool = Pool.withoutFactory();
        for (int i = 0; i < 3; i++) {
            pool.put(new Item());
        }
        var got = new AtomicInteger();
        Suite.Body take = () -> {
            Item item = pool.get();
            use(item);
            got.addAndGet(item == null ? 0 : 1);
            if (item != null) {
                check(item.users.getAndAdd(10) == 0, "an item has two users"); // and it is kept
            }
        };
        var a = go("a", take);
        var b = go("b", take);
        take.run();
        Suite.join(a);
        Suite.join(b);
        got.addAndGet(pool.drain(item -> check(item.users.getAndAdd(10) == 0, "an item has two users")));
        check(got.get() == 3, "of three items there were " + got.get());
    }

    /// Taken, used, and put back by two.
    static void poolTakeAndPut() throws Exception {
        Pool<@Nullable Item> pool = Pool.withoutFactory();
        pool.put(new Item());
        Suite.Body use = () -> {
            for (int i = 0; i < 2; i++) {
                Item item = pool.get();
                use(item);
                pool.put(item);
            }
        };
        var a = go("a", use);
        use.run();
        Suite.join(a);
        check(pool.drain() <= 1, "one item has become two");
    }

    /// Two that put into one stripe at once: threads whose numbers are four apart share one.
    static void poolTwoPutters() throws Exception {
        Pool<@Nullable Item> pool = Pool.withoutFactory();
        Suite.join(go("first", () -> pool.put(new Item())));
        Suite.Body put = () -> pool.put(new Item());
        var a = go("a", put);
        for (int i = 0; i < 3; i++) {
            Suite.join(go("number " + i, () -> {}));
        }
        var b = go("b", put);
        Suite.join(a);
        Suite.join(b);
        int all = pool.drain(StoreProtocols::use);
        check(all == 3 || all == 2, "of three items there were " + all); // in a slot one may overwrite the other
    }

    static void poolPutAgainstDrain() throws Exception {
        Pool<@Nullable Item> pool = Pool.withoutFactory();
        pool.put(new Item());
        pool.put(new Item());
        var drained = new AtomicInteger();
        var a = go("a", () -> drained.addAndGet(pool.drain(StoreProtocols::use)));
        pool.put(new Item());
        Suite.join(a);
        drained.addAndGet(pool.drain(StoreProtocols::use));
        check(drained.get() == 3, "of three items there were " + drained.get());
    }

    static void mapLoadOrStore() throws Exception {
        var map = new SyncMap<String, Integer>();
        var stored = new AtomicInteger();
        var seen = new AtomicInteger();
        Suite.Body of1 = () -> once(map.loadOrStore("k", 1), stored, seen);
        var a = go("a", () -> once(map.loadOrStore("k", 2), stored, seen));
        of1.run();
        Suite.join(a);
        check(stored.get() == 1, "stored by " + stored.get());
        Integer now = map.load("k");
        check(now != null && seen.get() == 2 * now, "seen " + seen.get() + ", there is " + now);
    }

    private static void once(SyncMap.Loaded<Integer> got, AtomicInteger stored, AtomicInteger seen) {
        seen.addAndGet(got.value());
        stored.addAndGet(got.loaded() ? 0 : 1);
    }

    static void mapCompareAndSwap() throws Exception {
        var map = new SyncMap<String, Integer>();
        map.store("k", 0);
        Suite.Body add = () -> {
            for (;;) {
                Integer old = map.load("k");
                if (old != null && map.compareAndSwap("k", old, old + 1)) {
                    return;
                }
            }
        };
        var a = go("a", add);
        add.run();
        Suite.join(a);
        check(Integer.valueOf(2).equals(map.load("k")), "there is " + map.load("k"));
    }

    static void mapTakers() throws Exception {
        var map = new SyncMap<String, Integer>();
        map.store("k", 1);
        var got = new AtomicInteger();
        var a = go("a", () -> got.addAndGet(map.loadAndDelete("k") == null ? 0 : 1));
        var b = go("b", () -> got.addAndGet(map.compareAndDelete("k", 1) ? 1 : 0));
        Integer was = map.swap("k", 2);
        got.addAndGet(was == null ? 0 : 1);
        Suite.join(a);
        Suite.join(b);
        Integer left = map.load("k");
        // Each value is taken at most once, and 1 by somebody for certain.
        check(got.get() == (left == null ? 2 : 1), "taken " + got.get() + ", left " + left);
    }
}
