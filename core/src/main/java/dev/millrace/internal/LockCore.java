package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A lock for one writer or many readers: a word, a queue of writers, a queue of readers. A mutex is one that nobody reads.
///
/// The word is the number of readers, the bit HELD (a writer has it; then there are no readers), and the bit SLOW.
///
/// ```
///   acquire          0     ->  HELD      while SLOW is clear: one compare-and-set
///   release          HELD  ->  0         the same
///   acquireShared    n     ->  n + 1     the same
///   releaseShared    n + 1 ->  n         the same
///   any of them      under the section ([SeqLock]) of this object, when SLOW is set
/// ```
///
/// SLOW is set and cleared only within a section, and once it is set nobody changes the word but within one. So whoever holds the
/// section and has set it (*pinned* the word) sees a lock that stands still until the section ends. That is how a lock takes part in the
/// one instant of a select: an attempt in vain leaves the word pinned, so while the select holds the sections of all its
/// cases, none that it has found not ready can become ready. A pin that is left behind costs the next release a section, which clears it.
///
/// What holds whenever nobody is within a section:
///
/// ```
///   W1  the lock is free and a writer waits    =>  somebody is coming
///   W2  a reader waits                         =>  HELD, or a writer waits or is coming
///   W3  somebody waits, and nobody is coming   =>  SLOW
/// ```
///
/// *A release* that finds somebody waiting frees the lock and wakes whose turn it is to try again ([Waiter#RETRY]): after a writer all readers that
/// wait, else the first writer. Those who were woken are *coming*; the next writer is woken when no reader is coming any more. Until they have
/// come others may be faster (barging), and do not even meet a section: so a lock never stays taken for somebody who has to wait for a
/// processor first. Who is coming takes the section in any case, whatever has happened to its context meanwhile; only there it is
/// counted off. A reader that is coming does not stay behind writers that wait. Who came too late goes back to the head of the queue.
/// After some races, or a millisecond, it is hungry, and then the lock is handed to it: it is taken before the other runs. So it is with a
/// case of a select.
///
/// *A writer that waits* keeps new readers out while nobody is coming: so they cannot keep it from being woken. One that gives up takes the section, leaves the queue,
/// and if it was the last, lets in the readers that waited only because of it.
///
/// `settle` makes all of this hold again and writes the word; every section that changes something ends with it.
@SuppressWarnings("NullAway") // the links of a list are never null
public final class LockCore extends Selectable implements Patience.Awaited {
    /// The most readers at a time.
    public static final int MOST_READERS = (1 << 30) - 1;

    private static final int HELD = 1 << 30;
    private static final int SLOW = 1 << 31;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(LockCore.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean mutex; // for texts
    private final Scheduler scheduler = Scheduler.current();
    private final String name;
    private final @Nullable LockOrder order; // null: made outside debug mode

    volatile int state;

    // Guarded by the section; read without it as hints.
    private @Nullable Link writers;
    private @Nullable Link readers;
    private boolean writerComing;
    private int readersComing;

    private @Nullable Patience patience; // made when somebody first waits, perhaps twice
    private @Nullable Blocked writing; // what thread dumps show; the same
    private @Nullable Blocked reading;

    /// @param mutex whether nobody will read
    /// @param name for messages; empty for none
    public LockCore(boolean mutex, String name) {
        this.mutex = mutex;
        this.name = name;
        this.order = Debug.on() ? new LockOrder(this) : null;
        if (isWatched()) {
            this.state = SLOW;
        }
    }

    /// Whether SLOW is always set, so that nothing is missed: in debug mode, and for a bubble's lock.
    private boolean isWatched() {
        return order != null || scheduler != Scheduler.real();
    }

    // Writing.

    /// Locks, and waits for that, whatever interrupts come.
    public void acquire() {
        if (!STATE.compareAndSet(this, 0, HELD)) {
            acquireSlowly(null, false);
        }
    }

    /// Locks, and waits for that. Null when it was done; else it was not, and the answer is an [Ending] of `node` or
    /// [Waiter#INTERRUPTED].
    public @Nullable Object acquire(@Nullable Node node) {
        return STATE.compareAndSet(this, 0, HELD) ? null : acquireSlowly(node, true);
    }

    /// Locks if nobody needs to wait for that.
    public boolean tryAcquire() {
        for (;;) {
            int s = state;
            if (s > 0) {
                return false;
            }
            if (s < 0) {
                Owner.check(scheduler, "lock of", this);
                return s == SLOW && tryWithin(false);
            }
            if (STATE.compareAndSet(this, 0, HELD)) {
                return true;
            }
        }
    }

    /// Unlocks. False, and nothing is changed, when no writer has it.
    public boolean release() {
        return STATE.compareAndSet(this, HELD, 0) || releaseSlowly();
    }

    private boolean releaseSlowly() {
        for (int s; (s = state) >= 0;) {
            if (s != HELD) {
                return false;
            }
            if (STATE.compareAndSet(this, HELD, 0)) {
                return true;
            }
        }
        Owner.check(scheduler, "unlock of", this);
        LockOrder.Hold hold = order == null ? null : order.releasing(false);
        lock();
        int taken = pin();
        boolean held = taken == HELD;
        settle(held ? 0 : taken, held);
        unlockAndWake();
        if (order != null) {
            order.released(false, hold, held);
        }
        return held;
    }

    private @Nullable Object acquireSlowly(@Nullable Node node, boolean interruptible) {
        Owner.check(scheduler, "lock of", this);
        if (order != null) {
            order.waits(false);
        }
        for (int i = 0; i < Tuning.MISSES_BEFORE_QUEUE && (state == 0 || waitsALittle()); i++) {
            if (STATE.compareAndSet(this, 0, HELD)) {
                return null;
            }
        }
        Object outcome = acquireWaiting(node, interruptible, false);
        if (outcome == null && order != null) {
            order.acquired(false);
        }
        return outcome;
    }

    private boolean waitsALittle() {
        return isTaken() && patience().lingerForLock(this);
    }

    // Reading.

    /// Locks for reading, and waits for that, whatever interrupts come.
    ///
    /// @throws IllegalStateException when there are too many readers
    public void acquireShared() {
        int s = state;
        if (s < 0 || s >= MOST_READERS || !STATE.compareAndSet(this, s, s + 1)) {
            acquireSharedSlowly(null, false);
        }
    }

    /// Locks for reading, and waits for that. Null when it was done; else as [#acquire(Node)].
    ///
    /// @throws IllegalStateException when there are too many readers
    public @Nullable Object acquireShared(@Nullable Node node) {
        int s = state;
        return s >= 0 && s < MOST_READERS && STATE.compareAndSet(this, s, s + 1)
                ? null
                : acquireSharedSlowly(node, true);
    }

    /// Locks for reading if nobody needs to wait for that.
    public boolean tryAcquireShared() {
        for (int s, pauses = Tuning.FIRST_BACK_OFF; (s = state) >= 0; pauses = Spin.backOff(pauses)) {
            if (s >= MOST_READERS) {
                return false;
            }
            if (STATE.compareAndSet(this, s, s + 1)) {
                return true;
            }
        }
        return tryWithin(true); // also when it looks held: readers may just have been let in
    }

    /// Unlocks for reading. False, and nothing is changed, when nobody reads.
    public boolean releaseShared() {
        int s = state;
        return (s > 0 && s <= MOST_READERS && STATE.compareAndSet(this, s, s - 1)) || releaseSharedSlowly();
    }

    private boolean releaseSharedSlowly() {
        for (int s, pauses = missed(); (s = state) >= 0; pauses = Spin.backOff(pauses)) {
            if (s == 0 || s == HELD) {
                return false;
            }
            if (STATE.compareAndSet(this, s, s - 1)) {
                return true;
            }
        }
        Owner.check(scheduler, "read unlock of", this);
        LockOrder.Hold hold = order == null ? null : order.releasing(true);
        lock();
        int taken = pin();
        boolean held = taken > 0 && taken != HELD;
        settle(held ? taken - 1 : taken, false);
        unlockAndWake();
        if (order != null) {
            order.released(true, hold, held);
        }
        return held;
    }

    private @Nullable Object acquireSharedSlowly(@Nullable Node node, boolean interruptible) {
        Owner.check(scheduler, "read lock of", this);
        if (order != null) {
            order.waits(true);
        }
        if (!looksReadable()) {
            patience().lingerForLock(this::looksReadable);
        }
        for (int s, pauses = missed(); (s = state) >= 0 && s < MOST_READERS; pauses = Spin.backOff(pauses)) {
            if (STATE.compareAndSet(this, s, s + 1)) {
                return null;
            }
        }
        Object outcome = acquireWaiting(node, interruptible, true);
        if (outcome == null && order != null) {
            order.acquired(true);
        }
        return outcome;
    }

    /// Begins after a compare-and-set in vain: if another reader was faster, this one leaves the word alone for a while. Answers for how
    /// long the next time.
    private int missed() {
        return state > 0 ? Spin.backOff(Tuning.FIRST_BACK_OFF) : Tuning.FIRST_BACK_OFF;
    }

    // Waiting.

    private @Nullable Object acquireWaiting(@Nullable Node node, boolean interruptible, boolean reads) {
        Waiter waiter = null;
        int lost = 0;
        long since = 0;
        boolean coming = false; // this one was woken, and has not been counted off
        boolean failed = false;
        try {
            for (;;) {
                if (coming && !looksFree(reads)) {
                    patience().lingerAgain(reads ? this::looksReadable : this);
                }
                if (waiter == null && (failed || !looksFree(reads))) {
                    waiter = new Waiter(Owner.counting(scheduler, node));
                    waiter.hungry = lost >= Tuning.RACES_BEFORE_HUNGER
                            || (lost > 0 && scheduler.nanoTime() - since > Tuning.HUNGER_NANOS);
                }
                lock();
                int taken = pin();
                boolean got = may(reads, taken, coming);
                boolean tooMany = reads && taken == MOST_READERS;
                if (!got && !tooMany && waiter == null) {
                    settle(taken, false);
                    unlockAndWake();
                    failed = true;
                    continue;
                }
                if (coming) {
                    hasCome(reads);
                    coming = false;
                }
                if (!got && !tooMany) {
                    queue(waiter, reads, lost > 0);
                }
                settle(!got ? taken : reads ? taken + 1 : HELD, false);
                unlockAndWake();
                if (got) {
                    return null;
                }
                if (tooMany) {
                    throw new IllegalStateException("sync: too many readers of RWMutex: there are " + taken + suffix());
                }
                Object outcome = await(node, waiter, interruptible, reads);
                if (outcome != Waiter.RETRY) {
                    return outcome == Waiter.READY ? null : outcome;
                }
                coming = true;
                if (lost++ == 0) {
                    since = waiter.since == 0 ? scheduler.nanoTime() : waiter.since;
                }
                waiter = null;
                failed = false;
            }
        } catch (Throwable t) { // no memory, or no stack
            if (coming) {
                lock();
                hasCome(reads);
                settle(pin(), true);
                unlockAndWake();
            }
            throw t;
        }
    }

    private void hasCome(boolean reads) {
        if (reads) {
            readersComing--;
        } else {
            writerComing = false;
        }
    }

    private void queue(Waiter waiter, boolean reads, boolean first) {
        if (reads) {
            Link was = Link.append(readers, waiter);
            readers = first ? waiter : was;
        } else {
            Link was = Link.append(writers, waiter);
            writers = first ? waiter : was;
        }
    }

    private Object await(@Nullable Node node, Waiter waiter, boolean interruptible, boolean reads) {
        boolean over = false;
        try {
            Object reason = reads ? readingReason() : writingReason();
            Object outcome =
                    interruptible ? Wait.under(node, waiter, reason) : waiter.awaitUninterruptibly(reason);
            over = isByPartner(outcome);
            return outcome;
        } catch (Throwable t) { // no memory, or no stack
            Object outcome = waiter.claim(Waiter.INTERRUPTED) ? null : waiter.outcome();
            over = isByPartner(outcome);
            if (outcome == null || !over) {
                throw t;
            }
            return outcome; // the partner was faster: it has happened
        } finally {
            if (!over) {
                lock();
                leave(waiter, reads);
                unlockAndWake();
            }
        }
    }

    private static boolean isByPartner(@Nullable Object outcome) {
        return outcome == Waiter.READY || outcome == Waiter.RETRY;
    }

    private Patience patience() {
        Patience known = patience;
        if (known == null) {
            known = new Patience();
            patience = known;
        }
        return known;
    }

    /// Whether a writer could lock now, as a hint.
    @Override
    public boolean hasCome() {
        return !isTaken();
    }

    private boolean isTaken() {
        return (state & ~SLOW) != 0;
    }

    private boolean looksReadable() {
        return (state & HELD) == 0 && (writers == null || isComing());
    }

    private boolean looksFree(boolean reads) {
        return reads ? looksReadable() : !isTaken();
    }

    private boolean isComing() {
        return writerComing || readersComing > 0;
    }

    // The state. Everything here runs within the section.

    /// Sees to it that the word stands still until the section ends. Answers it, without SLOW.
    private int pin() {
        int s = state;
        if (s >= 0) {
            s = (int) STATE.getAndBitwiseOr(this, SLOW);
        }
        return s & ~SLOW;
    }

    /// Whether the lock, which is `taken`, can be taken too: by a newcomer, or by one who was `coming`.
    private boolean may(boolean reads, int taken, boolean coming) {
        return reads ? taken < MOST_READERS && (coming || writers == null || isComing()) : taken == 0;
    }

    /// Makes hold what must hold, with `taken` as who has the lock (HELD, or so many readers), and writes the word, which was pinned.
    /// Until it is written whoever was handed the lock finds SLOW set, and waits for the section.
    ///
    /// @param byWriter whether a writer has given the lock back: then it is the readers' turn
    private void settle(int taken, boolean byWriter) {
        int now = taken;
        if (now == 0 && byWriter) {
            now = admitReaders();
        }
        if (now == 0 && !isComing()) {
            now = serveWriters();
        }
        if (now != HELD && readers != null && writers == null && !writerComing) {
            now += admitReaders();
        }
        boolean slow = isWatched() || ((writers != null || readers != null) && !isComing());
        STATE.setRelease(this, slow ? now | SLOW : now);
    }

    /// Wakes all readers that wait, and hands the lock to the hungry ones; answers how many those are.
    private int admitReaders() {
        int n = 0;
        Link first;
        while ((first = readers) != null) {
            Party party = (Party) first;
            readers = Link.remove(first, first);
            if (!party.mayRetry()) {
                n += claim(party, Waiter.READY) ? 1 : 0;
            } else if (claim(party, Waiter.RETRY)) {
                readersComing++;
            }
        }
        return n;
    }

    /// Wakes the first writer, or hands the lock to it when it is hungry; answers what the word is then.
    private int serveWriters() {
        Link first;
        while ((first = writers) != null) {
            Party party = (Party) first;
            writers = Link.remove(first, first);
            if (!party.mayRetry()) {
                if (claim(party, Waiter.READY)) {
                    return HELD;
                }
            } else if (claim(party, Waiter.RETRY)) {
                writerComing = true;
                return 0;
            }
        }
        return 0;
    }

    private void leave(Party party, boolean reads) {
        if (party.isLinked()) {
            if (reads && readers != null) {
                readers = Link.remove(readers, party);
            } else if (!reads && writers != null) {
                writers = Link.remove(writers, party);
            }
        }
        settle(pin(), false);
    }

    private boolean tryWithin(boolean reads) {
        Owner.check(scheduler, reads ? "read lock of" : "lock of", this);
        lock();
        int taken = pin();
        boolean got = may(reads, taken, false);
        settle(!got ? taken : reads ? taken + 1 : HELD, false);
        unlockAndWake();
        if (got && order != null) {
            order.acquired(reads);
        }
        return got;
    }

    // Selects.

    @Override
    Scheduler owner() {
        return scheduler;
    }

    @Override
    boolean looksReady(Offer offer) {
        return looksFree(offer.reads);
    }

    @Override
    boolean isToldByStamp() {
        return false;
    }

    @Override
    boolean attempt(Offer offer) {
        int taken = pin(); // and it stays so when this is in vain
        boolean got = may(offer.reads, taken, false);
        if (got) {
            settle(offer.reads ? taken + 1 : HELD, false);
        }
        return got;
    }

    @Override
    void happened(Offer offer) {
        if (order != null) {
            order.acquired(offer.reads);
        }
    }

    @Override
    void enqueue(Offer offer) {
        if (offer.reads) {
            readers = Link.append(readers, offer);
        } else {
            writers = Link.append(writers, offer);
        }
    }

    @Override
    void dequeue(Offer offer) {
        leave(offer, offer.reads);
    }

    // Looking.

    public String name() {
        return name;
    }

    /// Whether a writer has the lock.
    public boolean isHeld() {
        return (exactly() & HELD) != 0;
    }

    /// How many read.
    public int readerCount() {
        return exactly() & MOST_READERS;
    }

    private int exactly() {
        int s = state;
        if (s < 0) {
            lock();
            s = state;
            unlock();
        }
        return s;
    }

    /// What [#look()] sees, at one instant.
    ///
    /// Who is on its way to the lock counts as waiting.
    ///
    /// @param longestWait nanoseconds since the one who waits longest was queued; 0 when nobody waits
    public record View(boolean held, int readers, int waitingWriters, int waitingReaders, long longestWait) {}

    /// Takes as long as the queues are, within the section.
    public View look() {
        lock();
        int s = state;
        int writing = Party.count(writers) + (writerComing ? 1 : 0);
        int waiting = Party.count(readers) + readersComing;
        long longest = Math.max(Party.longestWait(writers), Party.longestWait(readers));
        unlock();
        return new View((s & HELD) != 0, s & MOST_READERS, writing, waiting, longest);
    }

    /// Who has it now; empty when it was made outside debug mode.
    public List<LockOrder.Hold> holds() {
        return order == null ? List.of() : order.holds();
    }

    @Nullable LockOrder order() {
        return order;
    }

    /// Where it was made; known in debug mode only.
    public @Nullable StackTraceElement site() {
        return order == null ? null : order.site();
    }

    /// For the message about an unlock that nobody may do: which lock, and where it was unlocked last, as far as that is known.
    public String suffix() {
        String called = name.isEmpty() ? "" : ": \"" + name + "\"";
        StackTraceElement last = order == null ? null : order.lastRelease();
        String text = last == null
                ? called
                : (called.isEmpty() ? ": it" : called) + " was unlocked last at " + Sites.text(last);
        return text + Sites.madeAt(site(), text.isEmpty());
    }

    private Blocked writingReason() {
        Blocked reason = writing;
        if (reason == null) {
            reason = new Blocked(this, mutex ? "sync.Mutex.Lock" : "sync.RWMutex.Lock");
            writing = reason;
        }
        return reason;
    }

    private Blocked readingReason() {
        Blocked reason = reading;
        if (reason == null) {
            reason = new Blocked(this, "sync.RWMutex.RLock");
            reading = reason;
        }
        return reason;
    }

    /// What somebody waits for: Go's words for it, and the lock.
    private record Blocked(LockCore lock, String what) implements Reason {
        @Override
        public Object awaited() {
            return lock;
        }

        @Override
        public String toString() {
            return what + " on " + lock;
        }
    }

    /// What messages call it: `mutex "jobs"`; without a name, in debug mode, by where it was made.
    public String label() {
        String kind = mutex ? "mutex" : "rwmutex";
        StackTraceElement made = site();
        return !name.isEmpty() ? kind + " \"" + name + "\"" : made != null ? kind + " made at " + Sites.text(made)
                : kind;
    }

    @Override
    String called() {
        return name.isEmpty() ? "" : label();
    }

    /// `rwmutex "jobs" (3 readers, 1 waiting)`.
    @Override
    public String toString() {
        View now = look();
        int waiting = now.waitingWriters + now.waitingReaders;
        String state = now.held
                ? "locked"
                : now.readers == 0 ? "unlocked" : now.readers == 1 ? "1 reader" : now.readers + " readers";
        return label() + " (" + state + (waiting == 0 ? "" : ", " + waiting + " waiting") + ")";
    }
}
