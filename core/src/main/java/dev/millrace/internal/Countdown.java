package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A counter that releases everybody who waits when it comes to 0.
///
/// One word holds the count and a bit that says whether somebody waits. The bit is set only under the lock and only while the
/// count is above 0, and cleared under the lock in the same step that makes the count 0; so who waits belongs to exactly one
/// descent to 0, and a new ascent can begin at once.
public class Countdown implements Reason {
    /// The wait ended because the count was 0.
    public static final Object ZERO = Waiter.READY;

    /// A foreign interrupt ended the wait.
    public static final Object INTERRUPTED = Waiter.INTERRUPTED;

    private static final long WAITED = 1L << 32;
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Countdown.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object blocker;
    private final @Nullable StackTraceElement made = Sites.ofMaking();
    private final Scheduler scheduler;
    private final SpinLock lock = new SpinLock();
    private volatile long word;
    private @Nullable Cohort cohort; // guarded by lock; null: nobody waits for the next 0

    /// Those who wait for the same descent to 0. It goes when they are released: who gives up finds by it whether it
    /// still stands in a list that others may change.
    private static final class Cohort {
        @Nullable Link first;
    }

    /// @param blocker what dumps show for those who wait
    public Countdown(Object blocker) {
        this(blocker, Scheduler.current());
    }

    /// For an owner that was made earlier, with its `scheduler`.
    public Countdown(Object blocker, Scheduler scheduler) {
        this.blocker = blocker;
        this.scheduler = scheduler;
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
            if (next < 0) {
                throw new IllegalStateException(
                        "sync: negative WaitGroup counter: it is " + (int) w + ", and " + delta + " was to be added"
                                + Sites.madeAt(made, false));
            }
            if (next > Integer.MAX_VALUE) {
                throw new IllegalStateException(
                        "sync: WaitGroup counter overflow: it is " + (int) w + ", and " + delta + " was to be added");
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
        var waiter = new Waiter(scheduler);
        Cohort mine = enqueue(waiter);
        if (mine == null) {
            return ZERO;
        }
        Object outcome = null;
        try {
            outcome = Wait.under(node, waiter, this);
        } finally {
            if (outcome != ZERO) {
                dequeue(waiter, mine);
            }
        }
        return outcome;
    }

    /// Waits until the count is 0, whatever interrupts come.
    public final void awaitUninterruptibly() {
        if (count() != 0) {
            var waiter = new Waiter(scheduler);
            if (enqueue(waiter) != null) {
                waiter.awaitUninterruptibly(this);
            }
        }
    }

    /// Answers the cohort that the waiter belongs to, null when the count is 0.
    private @Nullable Cohort enqueue(Waiter waiter) {
        Cohort fresh = new Cohort();
        lock.lock();
        boolean waits;
        for (;;) {
            long w = word;
            waits = (int) w != 0;
            if (!waits || WORD.compareAndSet(this, w, w | WAITED)) {
                break;
            }
        }
        Cohort mine = null;
        if (waits) {
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

    // For reports.

    /// The one thread that brings it to 0, where that is known; null where goroutines do, which say so themselves
    /// ([Goroutine#helps]).
    protected @Nullable Thread counter() {
        return null;
    }

    @Override
    public final Object awaited() {
        return this;
    }

    @Override
    public final Object shown() {
        return blocker;
    }

    @Override
    public final String toString() {
        return blocker.toString();
    }
}
