package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A counter that releases everybody who waits when it comes to 0.
///
/// One word holds the count and a bit that says whether somebody waits. The bit is set only under the lock and only while the
/// count is above 0, and cleared under the lock in the same step that makes the count 0; so who waits belongs to exactly one
/// descent to 0, and a new ascent can begin at once.
///
/// *Events.* Who wants to hear of the descent and not wait for it gets an event ([#atZero]), which the cohort keeps: so it belongs to exactly
/// one descent, too. Asking sets the bit like waiting does, and the bit EVENT with it. Who makes the count 0 ends the event, outside the
/// lock and after all waiters are woken. That needs more stack than a section has made sure of, so it is looked before the step when
/// the word has that bit; a word that gets it meanwhile is another word, and the step is tried again.
///
/// *Whose it is.* A counter belongs to the scheduler that it was made with. But one that is shared ([#isShared()]) belongs to whoever
/// makes it leave 0, until it is 0 again, and meanwhile nobody else may change it. The bit OWNED says that this is a bubble, and `owner`
/// which one; both are set in the step that leaves 0. As soon as there are bubbles all additions are made under the lock
/// (`addWatched`): `unwatched`, the highest count that may be reached without, goes below 0. Who does not see that yet is in no bubble,
/// and has not read a word with OWNED either: that was written after it.
public class Countdown implements Reason {
    /// The wait ended because the count was 0.
    public static final Object ZERO = Waiter.READY;

    /// A foreign interrupt ended the wait.
    public static final Object INTERRUPTED = Waiter.INTERRUPTED;

    private static final long WAITED = 1L << 32;
    private static final long OWNED = 1L << 33;
    private static final long EVENT = 1L << 34;
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
        @Nullable ContextBase event; // ends with the descent; made by the first who asks for it
    }

    /// Instead of a cohort: the counter belongs to somebody else by now.
    private static final Cohort MOVED = new Cohort();

    /// @param blocker what dumps show for those who wait
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
            } else if (WORD.compareAndSet(this, w, (w & (WAITED | EVENT)) | next)) {
                return;
            }
        }
    }

    /// The same, with a look at who adds; and what has to be refused.
    private void addWatched(int delta) {
        Scheduler caller = isShared() ? Scheduler.current() : owner;
        for (;;) {
            Link first = null;
            ContextBase event = null;
            Room.needForEvent();
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
            long bits = w & (WAITED | EVENT | OWNED);
            if (count == 0 && isShared()) {
                owner = caller;
                bits = caller == Scheduler.real() ? 0 : OWNED;
            }
            boolean done = WORD.compareAndSet(this, w, next == 0 ? 0 : bits | next);
            if (done && next == 0 && cohort != null) {
                first = cohort.first;
                event = cohort.event;
                cohort = null;
            }
            lock.unlock();
            if (first != null) {
                wakeAll(first);
            }
            if (event != null) {
                event.occur();
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
        if ((w & EVENT) != 0) {
            Room.needForEvent();
        }
        lock.lock();
        boolean zero = WORD.compareAndSet(this, w, 0L);
        Link first = null;
        ContextBase event = null;
        if (zero && cohort != null) {
            first = cohort.first;
            event = cohort.event;
            cohort = null;
        }
        lock.unlock();
        if (first != null) {
            wakeAll(first);
        }
        if (event != null) {
            event.occur();
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
            mine = enqueue(waiter, null, whose);
        } while (mine == MOVED);
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
        Waiter waiter;
        Cohort mine = null;
        do {
            if (count() == 0) {
                return;
            }
            Scheduler whose = owner();
            waiter = new Waiter(counting(whose, null));
            mine = enqueue(waiter, null, whose);
        } while (mine == MOVED);
        if (mine != null) {
            waiter.awaitUninterruptibly(this);
        }
    }

    /// The event that the descent which is under way comes to 0, the same for all who ask during it; null when the count is 0.
    ///
    /// @param make makes an event that belongs to a scheduler; it is called before the lock is taken, and what it makes may not be needed
    public final @Nullable ContextBase atZero(Function<Scheduler, ContextBase> make) {
        while (count() != 0) {
            Scheduler whose = owner();
            Cohort mine = enqueue(null, make.apply(whose), whose);
            if (mine != MOVED) {
                return mine == null ? null : mine.event;
            }
        }
        return null;
    }

    /// Who waits for what others count may wait, but nobody counts that.
    private static Scheduler counting(Scheduler whose, @Nullable Node node) {
        return Owner.counting(whose == Scheduler.current() ? whose : Scheduler.real(), node);
    }

    /// Answers the cohort that the waiter belongs to, null when the count is 0, [#MOVED] when it does not belong to `whose`. With an event
    /// instead of a waiter the cohort keeps it, unless it has one.
    private @Nullable Cohort enqueue(@Nullable Waiter waiter, @Nullable ContextBase event, Scheduler whose) {
        Cohort fresh = new Cohort();
        long bits = event == null ? WAITED : WAITED | EVENT;
        lock.lock();
        boolean waits;
        boolean moved;
        for (;;) {
            long w = word;
            waits = (int) w != 0;
            moved = waits && ownerOf(w) != whose;
            if (!waits || moved || WORD.compareAndSet(this, w, w | bits)) {
                break;
            }
        }
        Cohort mine = moved ? MOVED : null;
        if (waits && !moved) {
            mine = cohort == null ? fresh : cohort;
            cohort = mine;
            if (waiter != null) {
                mine.first = Link.append(mine.first, waiter);
            } else if (mine.event == null) {
                mine.event = event;
            }
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

    /// What [#look()] sees, at one instant.
    ///
    /// @param waiting how many wait, those excluded who wait for the event
    /// @param longestWait nanoseconds since the one who waits longest has parked; 0 when nobody waits
    public record View(int count, int waiting, long longestWait) {}

    /// Takes as long as the queue is, under the lock.
    public final View look() {
        lock.lock();
        Link first = cohort == null ? null : cohort.first;
        int count = count();
        int waiting = Party.count(first);
        long longest = Party.longestWait(first);
        lock.unlock();
        return new View(count, waiting, longest);
    }

    /// How many wait now.
    public final int waiting() {
        return look().waiting();
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
