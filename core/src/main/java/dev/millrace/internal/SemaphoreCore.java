package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A weighted semaphore: so many tokens, which are held, each time several at once.
///
/// While nobody stands in anybody's way, `size` and `held` are one word, and one compare-and-set does it:
///
/// ```
///   take n        (size, held)  ->  (size, held + n)    while held + n <= size
///   give n back   (size, held)  ->  (size, held - n)    while n <= held
///   any of them   within a section ([SeqLock]) of this object, when the word is PINNED
/// ```
///
/// The word is pinned and opened only within a section, and while it is pinned nobody changes anything but within one. So whoever is in a
/// section and has pinned it sees a semaphore that stands still until the section ends. That is how it takes part in the one instant of a
/// select: an attempt in vain leaves the word pinned, and while the select holds the sections of all its cases, none that it has found not
/// ready can become ready. A pin that is left behind costs the next one a section, which opens the word. Sizes that do not fit into half a
/// word leave it pinned for ever.
///
/// There are two queues in the order of arrival, guarded by the section. Who asks stands there as a [Party] whose `item` is the number
/// of tokens.
///
///  - `waiters`: those who ask for no more than `size`. Strictly one after the other: nobody is let in before the first, also when
///    he asks for less or for nothing.
///  - `excess`: those who ask for more than `size`. They stand in nobody's way, and only [#resize] can help them.
///
/// What holds whenever nobody is within a section:
///
/// ```
///   somebody is in waiters  =>  PINNED, and the first of them asks for more than size - held
///   the word is open        =>  it has size and held, and held <= size
///   who stands in waiters asks for at most size, who stands in excess for more
/// ```
///
/// Tokens are given by claiming the party within the section: to be claimed is to hold them. A claim that fails (the context, the
/// interrupt, or another case of the select was faster) takes nothing. So each change that may let somebody in is followed by [#admit]: a
/// release, a resize, and the leaving of one who gave up. `held` may be above `size` for a while, after that was lowered.
@SuppressWarnings("NullAway") // a party in a queue has its item
public class SemaphoreCore extends Selectable {
    private static final long PINNED = -1;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(SemaphoreCore.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final @Nullable StackTraceElement made = Sites.ofMaking();
    final Scheduler scheduler;

    private volatile long state; // PINNED, or size in the upper half and held in the lower

    // Guarded by the section; read without it as a hint, or between stamp() and unchanged().
    private long size;
    private long held; // while the word is pinned
    private @Nullable Link waiters;
    private @Nullable Link excess;

    /// @param name for messages; empty for none
    /// @throws IllegalArgumentException when `size` is negative
    public static SemaphoreCore make(String name, long size) {
        Scheduler owner = Scheduler.current();
        return owner == Scheduler.real()
                ? new SemaphoreCore(owner, name, size)
                : OwnedSemaphore.owned(owner, name, size);
    }

    SemaphoreCore(Scheduler owner, String name, long size) {
        this.scheduler = owner;
        this.name = Objects.requireNonNull(name, "name");
        this.size = sized(size);
        STATE.set(this, size > Integer.MAX_VALUE ? PINNED : size << 32);
    }

    private static long sized(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("semaphore: size must be >= 0, was " + size);
        }
        return size;
    }

    /// `n`, which somebody asks for.
    ///
    /// @throws IllegalArgumentException when it is negative
    static long weight(long n) {
        if (n < 0) {
            throw new IllegalArgumentException("semaphore: weight must be >= 0, was " + n);
        }
        return n;
    }

    // Taking.

    /// Takes `n` tokens if they are free and nobody waits.
    public boolean tryAcquire(long n) {
        weight(n);
        if (takeOpen(n)) {
            return true;
        }
        int stamp = stamp();
        boolean none = !isFree(n);
        return !(none && unchanged(stamp)) && takeNow(n);
    }

    /// Takes `n` tokens, and waits for that. Null when it has them; else it has none, and the answer is the [Ending] of `node` or
    /// [Waiter#INTERRUPTED].
    public @Nullable Object acquire(@Nullable Node node, long n) {
        weight(n);
        if (takeOpen(n) || takeNow(n)) {
            return null;
        }
        var waiter = new Waiter(Owner.counting(scheduler, node));
        waiter.item = n;
        var blocker = new Blocked(this, n);
        lock();
        boolean got = take(n);
        if (!got) {
            queue(waiter);
        }
        settle();
        unlock();
        return got ? null : await(node, waiter, blocker);
    }

    private @Nullable Object await(@Nullable Node node, Waiter waiter, Object blocker) {
        Object outcome = null;
        try {
            outcome = Wait.under(node, waiter, blocker);
        } catch (Throwable t) { // no memory, or no stack
            outcome = waiter.claim(Waiter.INTERRUPTED) ? null : waiter.outcome();
            if (outcome != Waiter.READY) {
                throw t;
            }
        } finally {
            if (outcome != Waiter.READY) {
                lock();
                leave(waiter);
                unlockAndWake();
            }
        }
        return outcome == Waiter.READY ? null : outcome;
    }

    /// Takes `n` tokens by the word alone. False when it is pinned, or has fewer.
    private boolean takeOpen(long n) {
        int pauses = Tuning.FIRST_BACK_OFF;
        for (long s; (s = state) >= 0 && n <= free(s); pauses = Spin.backOff(pauses)) {
            if (STATE.compareAndSet(this, s, s + n)) {
                return true;
            }
        }
        return false;
    }

    private boolean takeNow(long n) {
        lock();
        boolean got = take(n);
        settle();
        unlock();
        return got;
    }

    private boolean isFree(long n) {
        long s = state;
        return s >= 0 ? n <= free(s) : waiters == null && n <= size - held;
    }

    private static long free(long open) {
        return (open >>> 32) - (int) open;
    }

    // Giving back.

    /// Gives `n` tokens back.
    ///
    /// @throws IllegalStateException when fewer are held; nothing is changed then
    public void release(long n) {
        weight(n);
        if (giveBackOpen(n)) {
            return;
        }
        lock();
        boolean enough = giveBack(n, null);
        long before = held;
        unlockAndWake();
        if (!enough) {
            throw moreThanHeld(before, n);
        }
    }

    /// Gives `n` tokens back by the word alone. False when it is pinned, or fewer are held.
    private boolean giveBackOpen(long n) {
        int pauses = Tuning.FIRST_BACK_OFF;
        for (long s; (s = state) >= 0 && n <= (int) s; pauses = Spin.backOff(pauses)) {
            if (STATE.compareAndSet(this, s, s - n)) {
                return true;
            }
        }
        return false;
    }

    /// Gives `n` tokens back, unless `over` says that this has been done; then, and in the same step, it says so. Of several who come at once
    /// one gives back, and who is refused has changed nothing.
    ///
    /// @throws IllegalStateException when fewer are held
    public void releaseOnce(long n, AtomicBoolean over) {
        lock();
        boolean first = !over.get();
        boolean enough = first && giveBack(n, over);
        long before = held;
        unlockAndWake();
        if (first && !enough) {
            throw moreThanHeld(before, n);
        }
    }

    private IllegalStateException moreThanHeld(long before, long n) {
        return new IllegalStateException(
                "semaphore: released more than held: " + before + " are held, and " + n + " were to be released"
                        + Sites.madeAt(made, false));
    }

    /// Sets how many tokens there are, and lets in who can be now.
    ///
    /// @throws IllegalArgumentException when `n` is negative
    public void resize(long n) {
        sized(n);
        lock();
        pin();
        long before = size;
        size = n;
        if (n > before) {
            excess = sort(excess);
        } else {
            waiters = sort(waiters);
        }
        admit();
        settle();
        unlockAndWake();
    }

    // Everything here runs within the section.

    /// Sees to it that all stands still until the section ends, and what is held is in `held`.
    private void pin() {
        if (state >= 0) {
            held = (int) (long) STATE.getAndSet(this, PINNED);
        }
    }

    /// Opens the word, which was pinned, unless somebody waits who may be let in.
    private void settle() {
        if (waiters == null && held <= size && size <= Integer.MAX_VALUE) {
            STATE.setRelease(this, size << 32 | held);
        }
    }

    /// Says in `over` that they are given back, before anybody can have them. False, and nothing is changed, when fewer are held.
    private boolean giveBack(long n, @Nullable AtomicBoolean over) {
        pin();
        boolean enough = n <= held;
        if (enough) {
            if (over != null) {
                over.set(true);
            }
            held -= n;
            admit();
        }
        settle();
        return enough;
    }

    /// Takes `n` tokens if they are free and nobody waits. The word is pinned then, whatever the answer.
    private boolean take(long n) {
        pin();
        boolean free = waiters == null && n <= size - held;
        if (free) {
            held += n;
        }
        return free;
    }

    private void queue(Party party) {
        if ((long) party.item > size) {
            excess = Link.append(excess, party);
        } else {
            waiters = Link.append(waiters, party);
        }
    }

    private void leave(Party party) {
        if (party.isLinked()) {
            if ((long) party.item > size) {
                excess = Link.remove(excess, party);
            } else {
                waiters = Link.remove(waiters, party);
                admit();
                settle();
            }
        }
    }

    /// Lets in, from the first on, who can be.
    private void admit() {
        Link first;
        while ((first = waiters) != null) {
            Party party = (Party) first;
            long n = (long) party.item;
            if (n > size - held) {
                return;
            }
            waiters = Link.remove(first, first);
            if (claim(party, Waiter.READY)) {
                held += n;
            }
        }
    }

    /// Sends those of `list` who now belong into the other queue to its end. Answers the rest of the list.
    private @Nullable Link sort(@Nullable Link list) {
        boolean possible = list == waiters;
        Link rest = null;
        while (list != null) {
            Link first = list;
            list = Link.remove(first, first);
            if (((long) ((Party) first).item <= size) == possible) {
                rest = Link.append(rest, first);
            } else if (possible) {
                excess = Link.append(excess, first);
            } else {
                waiters = Link.append(waiters, first);
            }
        }
        return rest;
    }

    // Selects. An offer's item is the number of tokens.

    @Override
    Scheduler owner() {
        return scheduler;
    }

    @Override
    boolean looksReady(Offer offer) {
        return isFree((long) offer.item);
    }

    @Override
    boolean isToldByStamp() {
        return false;
    }

    @Override
    boolean attempt(Offer offer) {
        boolean got = take((long) offer.item); // in vain it stays pinned
        if (got) {
            settle();
        }
        return got;
    }

    @Override
    void enqueue(Offer offer) {
        queue(offer);
    }

    @Override
    void dequeue(Offer offer) {
        leave(offer);
    }

    // Looking.

    public long size() {
        int stamp = stamp();
        long n = size;
        if (unchanged(stamp)) {
            return n;
        }
        lock();
        n = size;
        unlock();
        return n;
    }

    /// How many tokens are free; 0 also when more are held than there are.
    public long available() {
        int stamp = stamp();
        long n = size - heldNow();
        if (!unchanged(stamp)) {
            lock();
            n = size - heldNow();
            unlock();
        }
        return Math.max(0, n);
    }

    private long heldNow() {
        long s = state;
        return s >= 0 ? (int) s : held;
    }

    public String name() {
        return name;
    }

    /// What [#look()] sees, at one instant.
    ///
    /// @param waiting how many wait, those included who ask for more than there is
    /// @param wanted the tokens that they ask for together; [Long#MAX_VALUE] also when it is more
    /// @param longestWait nanoseconds for which the one waits who waits longest; 0 when nobody waits
    public record View(long size, long held, int waiting, long wanted, long longestWait) {}

    /// Takes as long as the queues are, under the lock.
    public View look() {
        int waiting = 0;
        long wanted = 0;
        long longest = 0;
        lock();
        for (int queue = 0; queue < 2; queue++) {
            Link first = queue == 0 ? waiters : excess;
            Link link = first;
            while (link != null) {
                Party party = (Party) link;
                long sum = wanted + (long) party.item;
                wanted = sum < 0 ? Long.MAX_VALUE : sum;
                longest = Math.max(longest, party.waiter().waited());
                waiting++;
                link = link.next == first ? null : link.next;
            }
        }
        long all = size;
        long taken = heldNow();
        unlock();
        return new View(all, taken, waiting, wanted, longest);
    }

    /// What somebody waits for: Go's word for it, how much, and of what.
    private record Blocked(SemaphoreCore semaphore, long n) implements Reason {
        @Override
        public Object awaited() {
            return semaphore;
        }

        @Override
        public String toString() {
            return "semacquire " + n + " of " + semaphore;
        }
    }

    @Override
    String called() {
        return name.isEmpty() ? "" : "semaphore \"" + name + "\"";
    }

    /// `semaphore "db" (3 of 10 held, 2 waiting)`.
    @Override
    public String toString() {
        View now = look();
        return (name.isEmpty() ? "semaphore" : "semaphore \"" + name + "\"") + " (" + now.held + " of " + now.size
                + " held, "
                + now.waiting + " waiting)";
    }
}
