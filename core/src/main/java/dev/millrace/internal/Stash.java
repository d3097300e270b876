package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Items that wait for somebody to need them, and are dropped when nobody does. What a pool is made of.
///
/// There is one [Stripe] for a few threads each, chosen by the thread's number (nobody can ask for the carrier), or one for all where
/// such a number must not decide, nor when the collector runs: there it drops nothing but under memory pressure. A stripe has
/// a slot for one item and a stack for the others.
///
/// ```
///   slot:   null --- put: release write of the item ---> item --- take: exchange with null ---> null
///   stack:  push, pop, drop under the stripe's lock
/// ```
///
///  1. An item leaves a slot by an exchange, and a stack under its lock: so only one taker has it.
///  2. A put that finds the slot null writes without a comparison. Two at once: the later write wins, and the other item
///     is lost, which the owner allows. It is never there twice.
///  3. `low` is the least number of items that the stack has had since the last collection. Those below it were there then, and
///     nobody has needed them since: the next collection drops them, the others come closer to the bottom. What stands in
///     the slot goes to the top of the stack.
///  4. All stripes hang on one soft reference: rather than run out of memory the collector takes everything.
///
/// Never two stripes' locks at once; nothing is allocated under one.
public final class Stash {
    private static final Object[] NONE = {};

    // Null when the collector has taken all.
    private volatile SoftReference<Stripe[]> stripes = new SoftReference<>(null);

    /// Takes an item out; null when none was seen.
    public @Nullable Object take() {
        Stripe[] all = stripes.get();
        if (all == null) {
            return null;
        }
        int own = own(all);
        for (int i = 0; i < all.length; i++) {
            Object item = all[own + i & all.length - 1].take();
            if (item != null) {
                return item;
            }
        }
        return null;
    }

    /// Puts `item` in.
    public void put(Object item) {
        Stripe[] all = stripes.get();
        if (all == null) {
            all = renew();
        }
        all[own(all)].put(item);
    }

    private static int own(Stripe[] all) {
        return (int) Thread.currentThread().threadId() & all.length - 1;
    }

    // Two at once: the stripes of one are lost, with what was put there.
    private Stripe[] renew() {
        boolean repeatable = Scheduler.current().isRepeatable();
        var all = new Stripe[repeatable ? 1 : Tuning.STASH_STRIPES];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Stripe();
        }
        if (!repeatable) {
            new Ageing(all).watch();
        }
        stripes = new SoftReference<>(all);
        return all;
    }

    /// Gives each item that is there to `to`, outside all locks; answers how many.
    public int drain(Consumer<Object> to) {
        Stripe[] all = stripes.get();
        int drained = 0;
        if (all != null) {
            for (Stripe stripe : all) {
                // No more than were there: others may put all the time.
                for (int n = stripe.count(); n > 0; n--) {
                    Object item = stripe.take();
                    if (item == null) {
                        break;
                    }
                    drained++;
                    to.accept(item);
                }
            }
        }
        return drained;
    }

    /// About how many are there.
    public int count() {
        Stripe[] all = stripes.get();
        int count = 0;
        if (all != null) {
            for (Stripe stripe : all) {
                count += stripe.count();
            }
        }
        return count;
    }

    private static void age(Stripe[] all) {
        for (Stripe stripe : all) {
            stripe.age();
        }
    }

    /// As if a collection had been. For tests.
    void age() {
        Stripe[] all = stripes.get();
        if (all != null) {
            age(all);
        }
    }

    /// Drops what nobody needs, after each collection.
    private static final class Ageing extends AfterGc<Stripe[]> {
        Ageing(Stripe[] all) {
            super(all);
        }

        @Override
        void collected(Stripe[] all) {
            age(all);
        }
    }

    private abstract static class Places extends SpinLock {
        static final VarHandle SLOT;

        static {
            try {
                SLOT = MethodHandles.lookup().findVarHandle(Places.class, "slot", Object.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        volatile @Nullable Object slot;

        @Nullable Object[] stack = NONE;
        int count;
        int low;
    }

    private static final class Stripe extends Places {
        // Keeps each stripe's fields off its neighbours' cache lines. In a subclass, or the JVM would put them before the others.
        @SuppressWarnings("unused")
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pA, pB, pC, pD, pE, pF;

        @Nullable Object take() {
            if (slot != null) {
                Object item = SLOT.getAndSet(this, null);
                if (item != null) {
                    return item;
                }
            }
            return count == 0 ? null : pop(); // read without the lock: who misses an item looks elsewhere, or makes one
        }

        private @Nullable Object pop() {
            Object item = null;
            lock();
            if (count > 0) {
                item = stack[--count];
                stack[count] = null;
                low = Math.min(low, count);
            }
            unlock();
            return item;
        }

        void put(Object item) {
            if (slot == null) {
                SLOT.setRelease(this, item);
            } else {
                push(item);
            }
        }

        private void push(Object item) {
            @Nullable Object[] larger = NONE;
            while (!push(item, larger)) {
                larger = new Object[Math.max(8, 2 * stack.length)];
            }
        }

        /// Moves to `larger` when there is no room, and that is larger. False when not even that helps.
        private boolean push(Object item, @Nullable Object[] larger) {
            lock();
            if (count == stack.length && larger.length > count) {
                System.arraycopy(stack, 0, larger, 0, count);
                stack = larger;
            }
            boolean room = count < stack.length;
            if (room) {
                stack[count++] = item;
            }
            unlock();
            return room;
        }

        void age() {
            lock();
            drop(low);
            unlock();
            Object last = SLOT.getAndSet(this, null);
            if (last != null) {
                push(last);
            }
            lock();
            low = count;
            unlock();
        }

        /// Under the lock.
        private void drop(int old) {
            System.arraycopy(stack, old, stack, 0, count - old);
            for (int i = count - old; i < count; i++) {
                stack[i] = null;
            }
            count -= old;
            if (count == 0) {
                stack = NONE;
            }
        }

        int count() {
            return count + (slot == null ? 0 : 1);
        }
    }
}
