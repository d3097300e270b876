package dev.millrace.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The engine of select: cases, and how one of them is chosen and happens. For one thread at a time; may run again and again.
///
/// A run:
///
///  1. One pass over the cases in random order, made as it goes: the first that looks ready is attempted under its own
///     lock. What is ready costs one lock, however many cases there are.
///  2. When nothing was ready: the locks of all, in the order of their numbers; every case is tried again; then either
///     all are queued, with one [Waiter], or, with a default, nothing is. All locks are given back.
///  3. The wait. Who claims the waiter has done the case. Then the others leave their queues.
///
/// Events (the end of a context, of a process) stay once they have come. So they are asked outside the channels' locks, and listened to
/// only after those were given back.
public final class SelectCore implements Patience.Awaited {
    /// Nothing was ready, and there is a default.
    public static final int DEFAULT = -1;

    /// The time was over.
    public static final int TIMED_OUT = -2;

    /// A foreign interrupt came first; the interrupt status is set again.
    public static final int INTERRUPTED = -3;

    /// The observed node ended first.
    public static final int ENDED = -4;

    /// As many as Go takes.
    public static final int MOST_CASES = 65_536;

    private static final Comparator<Offer> BY_NUMBER = Comparator.comparingLong(SelectCore::number);

    private final boolean ordered;
    private Offer[] offers = new Offer[4];
    private int size;
    private int[] order = {0, 1, 2, 3};
    private Offer @Nullable [] locked; // those with a target, by number; null when it has to be made anew
    private long seed = Scheduler.current().random() | 1;
    private boolean silent; // some case may become ready without its stamp telling: then only all locks do
    private boolean owned; // some case belongs to a bubble: it is looked who runs this
    private @Nullable Thread runner;
    private @Nullable Offer last; // what the last run did
    private final Patience patience = new Patience();

    /// @param ordered whether the first ready case is taken, in the order in which they were added; else any, all alike
    public SelectCore(boolean ordered) {
        this.ordered = ordered;
    }

    // Cases.

    public Offer receive(ChanCore chan) {
        return add(new Offer(this, size, chan, false, false, null));
    }

    public Offer send(ChanCore chan, @Nullable Object item) {
        Offer offer = add(new Offer(this, size, chan, true, false, null));
        offer.item = item;
        return offer;
    }

    /// A case that locks `lock`, for reading if `reads`.
    public Offer acquire(LockCore lock, boolean reads) {
        return add(new Offer(this, size, lock, false, reads, null));
    }

    /// A case that happens when `node` has ended; never when it is null.
    public Offer event(@Nullable Node node) {
        owned |= node != null && node.scheduler != Scheduler.real();
        return add(new Offer(this, size, null, false, false, node));
    }

    /// A case that takes `n` tokens.
    public Offer acquire(SemaphoreCore semaphore, long n) {
        Object item = SemaphoreCore.weight(n);
        Offer offer = add(new Offer(this, size, semaphore, true, false, null)); // sending: what it asks for stays from run to run
        offer.item = item;
        return offer;
    }

    private Offer add(Offer offer) {
        mayChange();
        if (size == MOST_CASES) {
            throw new IllegalStateException("a select has at most " + MOST_CASES + " cases");
        }
        if (size == offers.length) {
            Offer[] more = Arrays.copyOf(offers, size * 2);
            order = Arrays.copyOf(order, size * 2);
            for (int i = size; i < order.length; i++) {
                order[i] = i;
            }
            offers = more;
        }
        offers[size++] = offer;
        locked = null;
        Selectable target = offer.target;
        if (target != null) {
            silent |= !target.isToldByStamp();
            owned |= target.owner() != Scheduler.real();
        }
        return offer;
    }

    /// Refuses a change of the cases while the select runs. A best effort: for one thread at a time.
    void mayChange() {
        if (runner != null) {
            throw new IllegalStateException("cases cannot be changed while the select runs");
        }
    }

    public int size() {
        return size;
    }

    public Offer offer(int index) {
        return offers[index];
    }

    // Running.

    /// Does one case that is ready: its index, or [#DEFAULT].
    public int poll() {
        enter();
        try {
            int index = first();
            if (index == DEFAULT && (silent || !nothingWasReady())) {
                lockAll();
                index = readyUnderLocks();
                unlockAllAndWake();
                if (index == DEFAULT) {
                    index = firstEvent(); // one that has not come by now had not come then
                }
            }
            return last(index);
        } finally {
            runner = null;
        }
    }

    /// Does one case, and waits until one is ready: its index, or [#TIMED_OUT], [#INTERRUPTED], or [#ENDED] when the
    /// observed `node` came first; the caller has looked at it before.
    ///
    /// @param nanos how long to wait at most; for ever with [Scheduler#FOREVER]
    public int run(@Nullable Node node, long nanos) {
        enter();
        try {
            int index = first();
            if (index == DEFAULT && nanos > 0 && patience.linger(this)) {
                index = first();
            }
            return last(index >= 0 ? index : await(node, nanos));
        } finally {
            runner = null;
        }
    }

    private void enter() {
        Thread me = Thread.currentThread();
        if (runner != null) {
            throw new IllegalStateException(
                    runner == me
                            ? "this select runs already: a handler must not run its own select"
                            : "this select runs already, on " + runner + ": each goroutine needs its own");
        }
        if (owned) {
            refuseFromOutside();
        }
        runner = me;
        Offer before = last;
        if (before != null) {
            before.forget();
            last = null;
        }
    }

    /// Before anything else, and for all cases: whether it is refused does not depend on what is ready.
    private void refuseFromOutside() {
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            if (offer.enabled && offer.target != null) {
                Owner.check(offer.target.owner(), "select on", offer.target);
            } else if (offer.enabled && offer.event != null) {
                Owner.check(offer.event.scheduler, "select on the end of", Owner.label(offer.event));
            }
        }
    }

    private int last(int index) {
        Offer done = index >= 0 ? offers[index] : null;
        last = done;
        if (silent && done != null && done.target != null) {
            done.target.happened(done);
        }
        return index;
    }

    private int first() {
        return ordered && silent ? firstInOrder() : firstReady();
    }

    /// [#firstReady()] for a select that is ordered and has cases that no stamp tells of: all locks are taken, and so the case that is
    /// done was ready at an instant at which none before it was, but for events that came meanwhile.
    private int firstInOrder() {
        int n = size;
        for (int i = 0; i < n; i++) {
            Offer offer = offers[i];
            if (offer.enabled && (offer.target == null ? hasHappened(offer) : isOver(offer))) {
                offer.closed = false; // until it is the one that is done
                n = i;
            }
        }
        lockAll();
        Offer always = null;
        int index = DEFAULT;
        for (int i = 0; i < n && index == DEFAULT && always == null; i++) {
            Offer offer = offers[i];
            Selectable target = offer.target;
            if (target != null && offer.enabled) {
                if (target.attempt(offer)) {
                    index = i;
                } else if (target.isAlwaysReady(offer)) {
                    always = offer; // it has to make room, which is done outside the locks
                }
            }
        }
        unlockAllAndWake();
        if (always != null && always.target != null && always.target.attemptAlone(always)) {
            return always.index;
        }
        if (index == DEFAULT && n < size) {
            offers[n].closed = offers[n].sending;
            return n;
        }
        return index;
    }

    /// Whether `offer` sends and its sender has come to its end: then that is what happens.
    private static boolean isOver(Offer offer) {
        if (offer.sending) {
            if (offer.item == null) {
                throw new IllegalStateException("case " + offer.index + " sends, and was given no value");
            }
            if (offer.isOver()) {
                offer.closed = true;
                return true;
            }
        }
        return false;
    }

    private int firstReady() {
        Offer[] all = offers;
        int again = 0;
        for (int i = 0, n = size; i < n; i++) {
            Offer offer = all[ordered ? i : next(i, n)];
            if (!offer.enabled) {
                continue;
            }
            Selectable target = offer.target;
            if (target == null) {
                if (hasHappened(offer)) {
                    if (!ordered || stillNotReady(i, null)) {
                        return offer.index;
                    }
                    i = fromTheFirst(again++);
                }
                continue;
            }
            if (isOver(offer)) {
                return offer.index;
            }
            offer.seen = target.stamp();
            if (target.looksReady(offer)) {
                if (ordered && i > 0) {
                    target.lock();
                    if (!stillNotReady(i, target)) {
                        target.unlock();
                        i = fromTheFirst(again++); // one before has become ready, perhaps first: look again
                        continue;
                    }
                    boolean done = target.attempt(offer);
                    target.unlockAndWake();
                    if (done) {
                        return offer.index;
                    }
                    if (!target.isAlwaysReady(offer)) {
                        offer.seen = 1;
                        continue;
                    }
                }
                if (target.attemptAlone(offer)) {
                    return offer.index;
                }
                offer.seen = 1;
            }
        }
        return DEFAULT;
    }

    /// Where an ordered pass begins anew, outside all locks. Not at once: a case before may only be locked, by somebody who needs the processor to go on.
    private static int fromTheFirst(int again) {
        Spin.pause(again);
        return -1;
    }

    /// Whether none of the first `n` cases has become ready since the pass looked at it. The caller holds the lock of `held`, at which more of
    /// them may stand.
    private boolean stillNotReady(int n, @Nullable Selectable held) {
        for (int i = 0; i < n; i++) {
            Offer offer = offers[i];
            if (!offer.enabled) {
                continue;
            }
            boolean changed = (held != null && offer.target == held) ? !held.unchangedButHeld(offer.seen)
                    : hasChanged(offer);
            if (changed || hasComeByItself(offer)) {
                return false;
            }
        }
        return true;
    }

    /// Whether there was one instant, after the pass that found no case ready, at which none was: the events and instants have not come
    /// by now, and since they were looked at no lock of a channel was taken.
    private boolean nothingWasReady() {
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            if (offer.enabled && hasComeByItself(offer)) {
                return false;
            }
        }
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            if (offer.enabled && hasChanged(offer)) {
                return false;
            }
        }
        return true;
    }

    /// What nobody's lock tells of: an event that has come, an instant that is past.
    private static boolean hasComeByItself(Offer offer) {
        Selectable target = offer.target;
        return target == null ? hasHappened(offer) : target.comesByItself() && target.looksReady(offer);
    }

    private static boolean hasChanged(Offer offer) {
        return offer.target != null && !offer.target.unchanged(offer.seen);
    }

    /// The case that comes `i`-th in a random order: one step of a Fisher-Yates shuffle. That the array still has the order
    /// of the last run does not matter.
    private int next(int i, int n) {
        int[] o = order;
        int left = n - i;
        if (left > 1) {
            long s = seed; // xorshift64*: G. Marsaglia, "Xorshift RNGs", 2003; S. Vigna, 2016
            s ^= s >>> 12;
            s ^= s << 25;
            s ^= s >>> 27;
            seed = s;
            int j = i + (int) ((((s * 0x2545F4914F6CDD1DL) >>> 32) * left) >>> 32);
            int chosen = o[j];
            o[j] = o[i];
            o[i] = chosen;
        }
        return o[i];
    }

    /// Whether some channel looks ready. Events are not asked: that may be dear.
    @Override
    public boolean hasCome() {
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            Selectable target = offer.target;
            if (target != null && offer.enabled && (target.stamp() & 1) == 0 && target.looksReady(offer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasHappened(Offer offer) {
        Node event = offer.event;
        return event != null && event.ending() != null;
    }

    /// Exact for the channels: at the instant at which all locks are held none was ready when the answer is [#DEFAULT]. Events are not
    /// asked here: a context that is asked may have to end, with all that follows.
    private int readyUnderLocks() {
        for (int i = 0, n = size; i < n; i++) {
            Offer offer = offers[ordered ? i : next(i, n)];
            Selectable target = offer.target;
            if (target != null && offer.enabled && target.attempt(offer)) {
                return offer.index;
            }
        }
        return DEFAULT;
    }

    private int firstEvent() {
        for (int i = 0, n = size; i < n; i++) {
            Offer offer = offers[ordered ? i : next(i, n)];
            if (offer.target == null && offer.enabled && hasHappened(offer)) {
                return offer.index;
            }
        }
        return DEFAULT;
    }

    private int await(@Nullable Node node, long nanos) {
        Scheduler scheduler = Scheduler.current();
        var waiter = new Waiter(counting(scheduler, node));
        Wait.WakeUp timer = nanos < Scheduler.FOREVER ? new Wait.WakeUp(waiter) : null;
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            offer.ear = offer.event != null && offer.enabled ? new Offer.Ear(offer, waiter) : null;
        }
        lockAll();
        int index = readyUnderLocks();
        if (index == DEFAULT && nanos > 0) {
            for (int i = 0; i < size; i++) {
                Offer offer = offers[i];
                if (offer.target != null && offer.enabled) {
                    offer.begin(waiter);
                    offer.target.enqueue(offer);
                }
            }
        }
        unlockAllAndWake();
        if (index != DEFAULT) {
            return index;
        }
        if (nanos <= 0) {
            index = firstEvent(); // one that has not come by now had not come under the locks
            return index == DEFAULT ? TIMED_OUT : index;
        }
        Object outcome = Waiter.INTERRUPTED;
        try {
            listen(waiter);
            if (timer != null) {
                waiter.timed();
                scheduler.schedule(timer, Scheduler.after(scheduler.nanoTime(), nanos));
            }
            outcome = Wait.under(node, waiter, this);
        } catch (Throwable t) { // no memory, or no stack
            if (waiter.claim(Waiter.INTERRUPTED) || !(waiter.outcome() instanceof Offer)) {
                if (timer != null) {
                    scheduler.cancel(timer);
                }
                leave(null);
                throw t;
            }
            outcome = waiter.outcome();
        }
        if (timer != null && outcome != Waiter.TIMED_OUT) {
            scheduler.cancel(timer);
        }
        leave(outcome);
        if (outcome instanceof Offer offer) {
            return offer.index;
        }
        return outcome == Waiter.TIMED_OUT ? TIMED_OUT : outcome == Waiter.INTERRUPTED ? INTERRUPTED : ENDED;
    }

    /// Who counts the wait: the caller's bubble when nothing else can end it. The select itself belongs to nobody; it may be used in one
    /// bubble after another.
    private Scheduler counting(Scheduler here, @Nullable Node node) {
        Scheduler counting = Owner.counting(here, node);
        if (here != Scheduler.real()) {
            for (int i = 0; i < size; i++) {
                Offer offer = offers[i];
                Selectable target = offer.target;
                Node event = offer.event;
                if (offer.enabled
                        && ((target != null && !target.neverComes() && target.owner() != here)
                                || (event != null && event.scheduler != here))) {
                    counting = Scheduler.real();
                }
            }
        }
        return counting;
    }

    private void listen(Waiter waiter) {
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            Offer.Ear ear = offer.ear;
            if (offer.target != null && offer.enabled) {
                offer.target.queueChanged();
            }
            if (ear != null && offer.event != null && !offer.event.add(ear) && hasHappened(offer)) {
                waiter.claim(offer);
                return;
            }
        }
    }

    /// Leaves no trace in the queues.
    private void leave(@Nullable Object winner) {
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            if (offer == winner || !offer.enabled) {
                offer.ear = null;
                continue;
            }
            Selectable target = offer.target;
            if (target != null) {
                target.lock();
                target.dequeue(offer);
                target.unlockAndWake(); // its leaving may let in who waited only because of it
                target.queueChanged();
                offer.forget();
            } else if (offer.event != null && offer.ear != null) {
                offer.event.remove(offer.ear);
                offer.ear = null;
            }
        }
    }

    // Locks.

    private static long number(Offer offer) {
        return offer.target == null ? 0 : offer.target.number();
    }

    private Offer[] locked() {
        Offer[] all = locked;
        if (all == null) {
            int n = 0;
            all = new Offer[size];
            for (int i = 0; i < size; i++) {
                if (offers[i].target != null) {
                    all[n++] = offers[i];
                }
            }
            all = n == size ? all : Arrays.copyOf(all, n);
            Arrays.sort(all, BY_NUMBER);
            locked = all;
        }
        return all;
    }

    /// Takes the locks of all channels, each once, in the order of their numbers. Those of disabled cases too: it is rare.
    private void lockAll() {
        Offer[] all = locked();
        for (Selectable busy = tryLockAll(all); busy != null; busy = tryLockAll(all)) {
            busy.lock(); // waits while it holds no other
            busy.unlock();
        }
    }

    /// Null when all are locked; else one that was busy, and none is. Who holds locks must not yield or park: others, perhaps on
    /// threads that nobody takes a processor from, would keep the locks' owner from going on.
    private static @Nullable Selectable tryLockAll(Offer[] all) {
        Selectable last = null;
        for (int i = 0; i < all.length; i++) {
            Selectable target = all[i].target;
            if (target != null && target != last) {
                for (int spins = 0; !target.tryLock(); spins++) {
                    if (spins >= Tuning.SPINS_WITHIN_LOCKS) {
                        unlockFirst(all, i);
                        return target;
                    }
                    Thread.onSpinWait();
                }
                last = target;
            }
        }
        return null;
    }

    private static void unlockFirst(Offer[] all, int n) {
        Selectable last = null;
        for (int i = 0; i < n; i++) {
            Selectable target = all[i].target;
            if (target != null && target != last) {
                target.unlock();
                last = target;
            }
        }
    }

    private void unlockAllAndWake() {
        Link woken = null;
        Selectable last = null;
        Offer[] all = locked();
        for (int i = all.length - 1; i >= 0; i--) {
            Selectable target = all[i].target;
            if (target != null && target != last) {
                woken = target.woken == null ? woken : target.woken;
                target.woken = null;
                target.unlock();
                last = target;
            }
        }
        Waiter.wakeAll(woken);
    }

    /// For reports, while the thread that runs it is parked: the cases that take part.
    List<Offer> cases() {
        var all = new ArrayList<Offer>();
        for (int i = 0; i < size; i++) {
            if (offers[i].enabled && offers[i].canHappen()) {
                all.add(offers[i]);
            }
        }
        return all;
    }

    /// What dumps show, see [SelectText].
    @Override
    public String toString() {
        return SelectText.of(offers, size);
    }
}
