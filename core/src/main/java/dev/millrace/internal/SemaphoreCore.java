package dev.millrace.internal;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A weighted semaphore: so many tokens, which are held, each time several at once.
///
/// All is guarded by the one lock: `size`, `held`, and two queues in the order of arrival. Who asks stands there as a
/// [Party] whose `item` is the number of tokens.
///
///  - `waiters`: those who ask for no more than `size`. Strictly one after the other: nobody is let in before the first, also when
///    he asks for less or for nothing.
///  - `excess`: those who ask for more than `size`. They stand in nobody's way, and only [#resize] can help them.
///
/// What holds whenever the lock is free:
///
/// ```
///   somebody is in waiters  =>  the first of them asks for more than size - held
///   who stands in waiters asks for at most size, who stands in excess for more
/// ```
///
/// Tokens are given by claiming the party under the lock: to be claimed is to hold them. A claim that fails (the context, the
/// interrupt, or another case of the select was faster) takes nothing. So each change that may let somebody in is followed by [#admit]: a
/// release, a resize, and the leaving of one who gave up. `held` may be above `size` for a while, after that was lowered.
@SuppressWarnings("NullAway") // a party in a queue has its item
public class SemaphoreCore extends Selectable {
    private final String name;
    private final @Nullable StackTraceElement made = Sites.ofMaking();
    final Scheduler scheduler;

    // All guarded by the lock; read without it as a hint, or between stamp() and unchanged().
    private long size;
    private long held;
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
        int stamp = stamp();
        boolean none = !isFree(n);
        return !(none && unchanged(stamp)) && takeNow(n);
    }

    /// Takes `n` tokens, and waits for that. Null when it has them; else it has none, and the answer is the [Ending] of `node` or
    /// [Waiter#INTERRUPTED].
    public @Nullable Object acquire(@Nullable Node node, long n) {
        weight(n);
        if (takeNow(n)) {
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

    private boolean takeNow(long n) {
        lock();
        boolean got = take(n);
        unlock();
        return got;
    }

    private boolean isFree(long n) {
        return waiters == null && n <= size - held;
    }

    // Giving back.

    /// Gives `n` tokens back.
    ///
    /// @throws IllegalStateException when fewer are held; nothing is changed then
    public void release(long n) {
        weight(n);
        lock();
        boolean enough = giveBack(n);
        long before = held;
        unlockAndWake();
        if (!enough) {
            throw moreThanHeld(before, n);
        }
    }

    /// Gives `n` tokens back, unless `over` says that this has been done; then, and in the same step, it says so. Of several who come at once
    /// one gives back, and who is refused has changed nothing.
    ///
    /// @throws IllegalStateException when fewer are held
    public void releaseOnce(long n, AtomicBoolean over) {
        lock();
        boolean first = !over.get();
        boolean enough = first && giveBack(n);
        if (enough) {
            over.set(true);
        }
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
        long before = size;
        size = n;
        if (n > before) {
            excess = sort(excess);
        } else {
            waiters = sort(waiters);
        }
        admit();
        unlockAndWake();
    }

    // Everything here runs under the lock.

    /// False, and nothing is changed, when fewer are held.
    private boolean giveBack(long n) {
        boolean enough = n <= held;
        if (enough) {
            held -= n;
            admit();
        }
        return enough;
    }

    private boolean take(long n) {
        boolean free = isFree(n);
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
    boolean attempt(Offer offer) {
        return take((long) offer.item);
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
        long n = size - held;
        if (!unchanged(stamp)) {
            lock();
            n = size - held;
            unlock();
        }
        return Math.max(0, n);
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
        long taken = held;
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
