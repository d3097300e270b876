package dev.millrace.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The goroutines that live now. Striped by thread number, so that those who spawn at once seldom meet; a stripe is an
/// intrusive list under a spin lock.
///
/// Where the JVM itself does not keep virtual threads (`-Djdk.trackAllThreads=false`), neither does this: see [Tracked].
public final class Registry {
    /// The JDK's switch, read as the JDK reads it.
    private static final String SWITCH = System.getProperty("jdk.trackAllThreads", "true");

    /// Whether goroutines are registered weakly. A constant: the compiler leaves the other way out.
    static final boolean WEAK = !SWITCH.isEmpty() && !Boolean.parseBoolean(SWITCH);

    private static final Stripe[] STRIPES = new Stripe[Tuning.REGISTRY_STRIPES];

    static {
        for (int i = 0; i < STRIPES.length; i++) {
            STRIPES[i] = new Stripe();
        }
    }

    private Registry() {}

    /// Whether goroutines that nothing can wake are found out: [Tracked].
    public static boolean isWeak() {
        return WEAK;
    }

    static void add(Goroutine g) {
        if (WEAK) {
            Tracked.add(g.tracked());
            return;
        }
        Stripe stripe = stripe(g);
        stripe.lock();
        Goroutine newest = stripe.newest;
        g.older = newest;
        if (newest != null) {
            newest.newer = g;
        }
        stripe.newest = g;
        stripe.count++;
        stripe.unlock();
    }

    static void remove(Goroutine g) {
        if (WEAK) {
            Tracked.remove(g.tracked());
            return;
        }
        Stripe stripe = stripe(g);
        stripe.lock();
        Goroutine older = g.older;
        Goroutine newer = g.newer;
        if (older != null) {
            older.newer = newer;
        }
        if (newer != null) {
            newer.older = older;
        } else {
            stripe.newest = older;
        }
        g.older = null;
        g.newer = null;
        stripe.count--;
        stripe.unlock();
    }

    private static Stripe stripe(Goroutine g) {
        return STRIPES[(int) g.id() & STRIPES.length - 1];
    }

    /// The goroutine that runs on `thread`, null when there is none. Takes as long as its stripe is; for the rare ones that bind
    /// nothing, in rare operations.
    static @Nullable Goroutine find(Thread thread) {
        if (WEAK) {
            return Tracked.find(thread);
        }
        Stripe stripe = STRIPES[(int) thread.threadId() & (STRIPES.length - 1)];
        stripe.lock();
        Goroutine g = stripe.newest;
        while (g != null && g.thread() != thread) {
            g = g.older;
        }
        stripe.unlock();
        return g;
    }

    /// How many goroutines live. Exact when none starts or ends meanwhile.
    public static long count() {
        if (WEAK) {
            return Tracked.count();
        }
        long count = 0;
        for (Stripe stripe : STRIPES) {
            stripe.lock();
            count += stripe.count;
            stripe.unlock();
        }
        return count;
    }

    /// The goroutines that live, in no order. Each stripe is seen at one instant.
    public static List<Goroutine> all() {
        if (WEAK) {
            return Tracked.living();
        }
        var all = new ArrayList<Goroutine>();
        for (Stripe stripe : STRIPES) {
            int room;
            do {
                room = stripe.count + 64;
                all.ensureCapacity(all.size() + room);
            } while (!stripe.copyTo(all, room));
        }
        return all;
    }

    private static final class Stripe extends SpinLock {
        @Nullable Goroutine newest;

        int count;

        // Stripes lie side by side, and neighbouring numbers belong to goroutines that start and end at the same time: keep each
        // stripe's fields off its neighbours' cache lines.
        @SuppressWarnings("unused")
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pA, pB;

        /// Copies when no more than `room` are there: the list does not grow under the lock.
        boolean copyTo(List<Goroutine> all, int room) {
            lock();
            boolean fits = count <= room;
            if (fits) {
                for (Goroutine g = newest; g != null; g = g.older) {
                    all.add(g);
                }
            }
            unlock();
            return fits;
        }
    }
}
