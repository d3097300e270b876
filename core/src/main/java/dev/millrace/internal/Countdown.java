package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A counter that releases everybody who waits when it comes to 0.
///
/// One word holds the count and a bit that says whether somebody waits. The bit is set only under the lock and only while the
/// count is above 0, and cleared under the lock in the same step that makes the count 0; so who waits belongs to exactly one
/// descent to 0, and a new ascent can begin at once.
///
/// *Whose it is.* A counter belongs to the scheduler that it was made with. But one that is shared ([#isShared()]) belongs to whoever
/// makes it leave 0, until it is 0 again, and meanwhile nobody else may change it. The bit OWNED says that this is a bubble, and `owner`
/// which one; both are set in the step that leaves 0. As soon as there are bubbles all additions are made under the lock
/// (`addWatched`): `unwatched`, the highest count that may be reached without, goes below 0. Who does not see that yet is in no bubble,
/// and has not read a word with OWNED either: that was written after it.
public class Countdown {
    /// The wait ended because the count was 0.
    public static final Object ZERO = Waiter.READY;

    /// A foreign interrupt ended the wait.
    public static final Object INTERRUPTED = Waiter.INTERRUPTED;

    private static final long WAITED = 1L << 32;
    private static final long OWNED = 1L << 33;
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Countdown.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long unwatched = Integer.MAX_VALUE; // plain, as Scheduler.others is, and set together with it

    private final Object blocker;
    private final @Nullable StackTraceElement made = Sites.ofMaking();
    private Scheduler owner; // of a shared one: valid while OWNED, guarded by lock
    private final SpinLock lock = new SpinLock();
    private volatile long word;
    private @Nullable Cohort cohort; // guarded by lock; null: nobody waits for the next 0

    /// Those who wait for the same descent to 0. It goes when they are released: who gives up finds by it whether it
    /// still stands in a list that others may change.
    private static final class Cohort {
        @Nullable Link first;
    }

    /// Instead of a cohort: the counter belongs to somebody else by now.
    private static final Cohort MOVED = new Cohort();

    /// @param blocker what thread dumps show for those who wait
    public Countdown(Object blocker) {
        this(blocker, Scheduler.current());
    }

    /// For an owner that was made earlier, with its `scheduler`.
    public Countdown(Object blocker, Scheduler scheduler) {
        this.blocker = blocker;
        this.owner = scheduler;
    }

    /// From now on it is looked who adds.
    static void watch() {
        unwatched = -1;
    }

    /// Whether it belongs to whoever makes it leave 0.
    protected boolean isShared() {
        return false;
    }

    /// For a shared one: what is thrown when it is changed by somebody to whom it does not belong.
    protected Error strange(String message) {
        throw new AssertionError(message);
    }

    public final int count() {
        return (int) word;
    }

    /// Adds `delta`.
    ///
    /// @throws IllegalStateException when the count would leave its range; it is unchanged then
    public final void add(int delta) {
        for (;;) {
            long w = word;
            long next = (int) w + (long) delta;
            if (next < 0 || next > unwatched) {
                addWatched(delta);
                return;
            }
            if (next == 0 && (w & WAITED) != 0) {
                if (release(w)) {
                    return;
                }
            } else if (WORD.compareAndSet(this, w, (w & WAITED) | next)) {
                return;
            }
        }
    }

    /// The same, with a look at who adds; and what has to be refused.
    private void addWatched(int delta) {
        Scheduler caller = isShared() ? Scheduler.current() : owner;
        for (;;) {
            Link first = null;
            lock.lock();
            long w = word;
            int count = (int) w;
            Scheduler whose = ownerOf(w);
            long next = count + (long) delta;
            boolean strange = count != 0 && whose != caller;
            if (strange || next < 0 || next > Integer.MAX_VALUE) {
                lock.unlock();
                if (strange) {
                    throw strange(count, delta, whose);
                }
                throw outOfRange(count, delta, next);
            }
            long bits = w & (WAITED | OWNED);
            if (count == 0 && isShared()) {
                owner = caller;
                bits = caller == Scheduler.real() ? 0 : OWNED;
            }
            boolean done = WORD.compareAndSet(this, w, next == 0 ? 0 : bits | next);
            if (done && next == 0 && cohort != null) {
                first = cohort.first;
                cohort = null;
            }
            lock.unlock();
            if (first != null) {
                wakeAll(first);
            }
            if (done) {
                return;
            }
        }
    }

    private IllegalStateException outOfRange(int count, int delta, long next) {
        return new IllegalStateException(
                next < 0
                        ? "sync: negative WaitGroup counter: it is " + count + ", and " + delta + " was to be added"
                                + Sites.madeAt(made, false)
                        : "sync: WaitGroup counter overflow: it is " + count + ", and " + delta + " was to be added");
    }

    private Error strange(int count, int delta, Scheduler whose) {
        boolean outside = whose == Scheduler.real();
        return strange("sync: WaitGroup.Add called from "
                + (outside || Scheduler.current() == Scheduler.real()
                        ? "inside and outside of a bubble"
                        : "multiple bubbles")
                + ": the counter is " + count + ", of " + (outside ? "no bubble" : whose) + ", and " + delta
                + " was to be added on " + Owner.caller() + Sites.madeAt(made, false));
    }

    /// Whom the counter belongs to when its word is `w`. Under the lock, unless it is not shared.
    private Scheduler ownerOf(long w) {
        return isShared() && (w & OWNED) == 0 ? Scheduler.real() : owner;
    }

    private Scheduler owner() {
        lock.lock();
        Scheduler whose = ownerOf(word);
        lock.unlock();
        return whose;
    }

    private boolean release(long w) {
        lock.lock();
        boolean zero = WORD.compareAndSet(this, w, 0L);
        Link first = null;
        if (zero && cohort != null) {
            first = cohort.first;
            cohort = null;
        }
        lock.unlock();
        if (first != null) {
            wakeAll(first);
        }
        return zero;
    }

    @SuppressWarnings("NullAway") // the links of a list are never null
    private static void wakeAll(Link first) {
        Link last = first.prev;
        last.next = null;
        for (Link link = first; link != null;) {
            Link next = link.next;
            link.next = null;
            link.prev = null;
            Waiter waiter = (Waiter) link;
            if (waiter.claim(ZERO)) {
                waiter.wake();
            }
            link = next;
        }
    }

    /// Waits until the count is 0, or `node` ends: answers [#ZERO], [#INTERRUPTED], or the node's [Ending].
    public final Object await(@Nullable Node node) {
        if (count() == 0) {
            return ZERO;
        }
        Waiter waiter;
        Cohort mine;
        do {
            Scheduler whose = owner();
            waiter = new Waiter(counting(whose, node));
            mine = enqueue(waiter, whose);
        } while (mine == MOVED);
        if (mine == null) {
            return ZERO;
        }
        Object outcome = null;
        try {
            outcome = Wait.under(node, waiter, blocker);
        } finally {
            if (outcome != ZERO) {
                dequeue(waiter, mine);
            }
        }
        return outcome;
    }

    /// Waits until the count is 0, whatever interrupts come.
    public final void awaitUninterruptibly() {
        Waiter waiter;
        Cohort mine = null;
        do {
            if (count() == 0) {
                return;
            }
            Scheduler whose = owner();
            waiter = new Waiter(counting(whose, null));
            mine = enqueue(waiter, whose);
        } while (mine == MOVED);
        if (mine != null) {
            waiter.awaitUninterruptibly(blocker);
        }
    }

    /// Who waits for what others count may wait, but nobody counts that.
    private static Scheduler counting(Scheduler whose, @Nullable Node node) {
        return Owner.counting(whose == Scheduler.current() ? whose : Scheduler.real(), node);
    }

    /// Answers the cohort that the waiter belongs to, null when the count is 0, [#MOVED] when it does not belong to `whose`.
    private @Nullable Cohort enqueue(Waiter waiter, Scheduler whose) {
        Cohort fresh = new Cohort();
        lock.lock();
        boolean waits;
        boolean moved;
        for (;;) {
            long w = word;
            waits = (int) w != 0;
            moved = waits && ownerOf(w) != whose;
            if (!waits || moved || WORD.compareAndSet(this, w, w | WAITED)) {
                break;
            }
        }
        Cohort mine = moved ? MOVED : null;
        if (waits && !moved) {
            mine = cohort == null ? fresh : cohort;
            cohort = mine;
            mine.first = Link.append(mine.first, waiter);
        }
        lock.unlock();
        return mine;
    }

    private void dequeue(Waiter waiter, Cohort mine) {
        lock.lock();
        Link first = mine.first;
        if (mine == cohort && first != null) {
            mine.first = Link.remove(first, waiter);
        }
        lock.unlock();
    }

    /// How many wait now.
    public final int waiting() {
        lock.lock();
        int n = 0;
        Link first = cohort == null ? null : cohort.first;
        Link link = first;
        if (link != null) {
            do {
                n++;
                link = link.next;
            } while (link != null && link != first);
        }
        lock.unlock();
        return n;
    }
}
