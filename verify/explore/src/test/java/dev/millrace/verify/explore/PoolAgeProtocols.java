package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.internal.AtRest;
import dev.millrace.internal.Stash;
import java.util.concurrent.atomic.AtomicInteger;

/// What a pool is made of, and what collections do to it.
final class PoolAgeProtocols {
    private PoolAgeProtocols() {}

    private static final class Item {
        final AtomicInteger takers = new AtomicInteger();
    }

    private static Stash of(int items) {
        var stash = new Stash();
        for (int i = 0; i < items; i++) {
            stash.put(new Item());
        }
        return stash;
    }

    private static boolean take(Stash stash) {
        Object item = stash.take();
        if (item != null) {
            check(((Item) item).takers.incrementAndGet() == 1, "an item has two takers");
        }
        return item != null;
    }

    private static int drain(Stash stash) {
        return stash.drain(item -> check(((Item) item).takers.incrementAndGet() == 1, "an item has two takers"));
    }

    /// There is one for each, also for who finds that the slot has just been emptied.
    static void enoughForTwo() throws Exception {
        Stash stash = of(3);
        var other = go("other", () -> check(take(stash), "an item that was there all the time was not seen"));
        check(take(stash), "an item that was there all the time was not seen");
        Suite.join(other);
        check(drain(stash) == 1, "one has got two");
    }

    /// The first item of all, while somebody looks.
    static void firstOfAll() throws Exception {
        var stash = new Stash();
        var other = go("other", () -> stash.put(new Item()));
        boolean got = take(stash);
        Suite.join(other);
        check(drain(stash) == (got ? 0 : 1), "got " + got);
    }

    /// What nobody has taken between two collections is gone after the second, and not after the first.
    static void collections() {
        Stash stash = of(3);
        AtRest.collection(stash);
        check(stash.count() == 3, "of three there are " + stash.count());
        check(take(stash), "none");
        stash.put(new Item());
        AtRest.collection(stash);
        check(stash.count() == 1, "of one there are " + stash.count());
        AtRest.collection(stash);
        check(stash.count() == 0 && !take(stash), "of none there are " + stash.count());
    }

    /// A collection while one takes and one puts: no item is lost but those of the bottom, and none is there twice.
    static void collectionAgainstTake() throws Exception {
        Stash stash = of(3);
        var got = new AtomicInteger();
        var other = go("other", () -> {
            for (int i = 0; i < 2; i++) {
                got.addAndGet(take(stash) ? 1 : 0);
            }
        });
        AtRest.collection(stash);
        Suite.join(other);
        got.addAndGet(drain(stash));
        check(got.get() == 3, "of three items there were " + got.get());
    }

    /// By the collector itself, which tells a pool for as long as that lives.
    static void realCollections() {
        Stash stash = of(1);
        System.gc();
        check(stash.count() == 1, "after one collection there are " + stash.count());
        System.gc();
        check(stash.count() == 0, "after two collections there are " + stash.count());
    }
}
