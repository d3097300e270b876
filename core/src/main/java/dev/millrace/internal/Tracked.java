package dev.millrace.internal;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A goroutine's entry where the registry must not keep it alive: then the garbage collector proves leaks.
///
/// Who could wake a goroutine refers to its thread: a waiter in a channel's queue, a timer, a context's list. Who refers to it
/// and is himself reachable may do so some day. When nobody is, the collector takes the thread, and with it all that only its stack keeps;
/// an entry whose thread has gone although the goroutine never ended is one that could not be woken any more: a leak for certain.
///
/// So references go from the thread to its goroutine, to this entry, and never back but weakly. Of the goroutine the entry
/// keeps what tells people which it was, nothing of a user's. It stays in its list for good, and is counted: as Go does, which
/// never takes a leaked goroutine away.
///
/// Used only where the JVM's own list lets threads go too. It costs an object and two references that the collector looks at.
///
/// Protocol: the lists, one per stripe, are guarded by the stripe's lock. An entry is added before its thread starts, while the starter holds
/// the thread, and removed by the thread itself: what is in a list and cleared has not ended.
public final class Tracked extends WeakReference<Thread> {
    private static final Stripe[] STRIPES = new Stripe[Tuning.REGISTRY_STRIPES];

    static {
        for (int i = 0; i < STRIPES.length; i++) {
            STRIPES[i] = new Stripe();
        }
    }

    /// A thread that never ran, for those who ask a goroutine for its own when that has just gone.
    private static final Thread GONE = Thread.ofVirtual().name("(collected)").unstarted(() -> {});

    /// How a goroutine was when somebody looked.
    ///
    /// @param waitsFor see [Goroutine#waitsFor()]
    public record Look(String waitsFor, List<StackTraceElement> stack) {}

    private final WeakReference<Goroutine> goroutine;
    private final long id;
    private final String name;
    private final String context;
    private final long creator;
    private final @Nullable Origin origin;
    private volatile @Nullable Look seen;
    private @Nullable Tracked older; // guarded by the stripe's lock
    private @Nullable Tracked newer; // same

    Tracked(Thread thread, Goroutine g) {
        super(thread);
        goroutine = new WeakReference<>(g);
        id = thread.threadId();
        name = g.name();
        Node node = g.node();
        context = node == null ? "" : node.name();
        creator = g.creator();
        origin = g.origin();
    }

    Thread thread() {
        Thread there = get();
        return there == null ? GONE : there;
    }

    /// Its number.
    public long id() {
        return id;
    }

    /// Its name, empty for none.
    public String name() {
        return name;
    }

    /// The name of its context, empty for none.
    public String context() {
        return context;
    }

    /// The thread that started it.
    public long creator() {
        return creator;
    }

    /// Where it comes from, null when nobody wanted to know.
    public @Nullable Origin origin() {
        return origin;
    }

    /// How it was when [#look()] was called last; null when it was not there then.
    public @Nullable Look seen() {
        return seen;
    }

    static void add(Tracked t) {
        Stripe stripe = stripe(t.id);
        stripe.lock();
        Tracked newest = stripe.newest;
        t.older = newest;
        if (newest != null) {
            newest.newer = t;
        }
        stripe.newest = t;
        stripe.count++;
        stripe.unlock();
    }

    static void remove(Tracked t) {
        Stripe stripe = stripe(t.id);
        stripe.lock();
        Tracked older = t.older;
        Tracked newer = t.newer;
        if (older != null) {
            older.newer = newer;
        }
        if (newer != null) {
            newer.older = older;
        } else {
            stripe.newest = older;
        }
        t.older = null;
        t.newer = null;
        stripe.count--;
        stripe.unlock();
    }

    static @Nullable Goroutine find(Thread thread) {
        Stripe stripe = stripe(thread.threadId());
        stripe.lock();
        Tracked t = stripe.newest;
        while (t != null && !t.refersTo(thread)) {
            t = t.older;
        }
        stripe.unlock();
        return t == null ? null : t.goroutine.get();
    }

    static long count() {
        long count = 0;
        for (Stripe stripe : STRIPES) {
            stripe.lock();
            count += stripe.count;
            stripe.unlock();
        }
        return count;
    }

    /// Those that live. The list keeps the goroutines, and not their threads.
    static List<Goroutine> living() {
        var living = new ArrayList<Goroutine>();
        for (Tracked t : all()) {
            Goroutine g = t.goroutine.get();
            if (g != null && !t.refersTo(null)) {
                living.add(g);
            }
        }
        return living;
    }

    /// Those that can never be woken any more, as far as collections have shown. Empty where the registry keeps its goroutines.
    public static List<Tracked> lost() {
        return all().stream().filter(t -> t.refersTo(null)).toList();
    }

    /// Notes of all that live what they wait for and where: afterwards nobody could tell.
    public static void look() {
        for (Tracked t : all()) {
            Thread thread = t.get();
            Goroutine g = t.goroutine.get();
            if (thread != null && g != null) {
                t.seen = new Look(g.waitsFor(), List.of(thread.getStackTrace()));
            }
        }
    }

    private static List<Tracked> all() {
        var all = new ArrayList<Tracked>();
        for (Stripe stripe : STRIPES) {
            int room;
            do {
                room = stripe.count + 64;
                all.ensureCapacity(all.size() + room);
            } while (!stripe.copyTo(all, room));
        }
        return all;
    }

    private static Stripe stripe(long id) {
        return STRIPES[(int) id & STRIPES.length - 1];
    }

    private static final class Stripe extends SpinLock {
        @Nullable Tracked newest;

        int count;

        /// Copies when no more than `room` are there: the list does not grow under the lock.
        boolean copyTo(List<Tracked> all, int room) {
            lock();
            boolean fits = count <= room;
            if (fits) {
                for (Tracked t = newest; t != null; t = t.older) {
                    all.add(t);
                }
            }
            unlock();
            return fits;
        }
    }
}
