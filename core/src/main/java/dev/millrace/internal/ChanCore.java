package dev.millrace.internal;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A channel: a ring of values, a queue of receivers, a queue of senders, and one lock for them. The protocol is written down
/// in `docs/design/channel-protocol.md`; in short:
///
///  - All changes happen under the lock. A partner is *claimed* there, with what passes between the two already written,
///    and woken after it.
///  - *Direct hand-off*: an operation that finds partners waiting serves the one who has waited longest. The value of a sender
///    that waits goes to the end of the buffer as soon as there is room.
///  - *Barging*, from a certain capacity on and with several waiters on a side: instead, one of them is woken to try
///    again ([Waiter#RETRY]), and meanwhile others may go first. At most one such waiter per side is on its way
///    (`receiverComing`, `senderComing`); it sees to the next. Who finds the buffer full while a receiver is on its way, or empty while a
///    sender is, waits like the others, if it may. A waiter that lost too many races is served directly.
///
/// What holds whenever the lock is free:
///
/// ```
///   receivers wait and the buffer has values  =>  receiverComing
///   senders wait and the buffer has room      =>  senderComing
///   the channel has ended                     =>  nobody waits
/// ```
@SuppressWarnings("NullAway") // what a party in a queue carries, and what stands in a place that is taken, is never null
public class ChanCore extends ChanQueues {
    /// The answer of [#trySend] when there is no room.
    public static final Object FULL = new Mark("FULL");

    private static final Object[] NO_PLACES = {};

    private final Overflow overflow;
    private final boolean barges;
    private final int capacity;
    final Scheduler scheduler;
    private final String name;
    private final Consumer<Object> undelivered;
    private final @Nullable TimeSource source;

    // All guarded by the lock; read without it as a hint, or between stamp() and unchanged().
    private @Nullable Object[] ring;
    private int head;
    private @Nullable Closure closure;
    private boolean receiverComing;
    private boolean senderComing;
    private boolean closedBySender; // apart from the closure, for a channel that was abandoned before
    private long dropped;

    private @Nullable Blocked sending; // what thread dumps show; made when first needed, perhaps twice
    private @Nullable Blocked receiving;
    private @Nullable Patience patience; // made when somebody first waits, perhaps twice

    /// A channel that belongs to `owner`; one for which nobody waits in vain ([Overflow#NEVER]) to nobody.
    ///
    /// @param places the buffer's; with [Overflow#GROW] how many it has at first
    /// @param name for messages; empty for none
    /// @param undelivered is given each value that was accepted and will not be received, outside all locks
    public static ChanCore make(
            Scheduler owner, int places, Overflow overflow, String name, Consumer<Object> undelivered) {
        return owner == Scheduler.real() || overflow == Overflow.NEVER
                ? new ChanCore(Scheduler.real(), places, overflow, name, undelivered)
                : OwnedChan.owned(owner, places, overflow, name, undelivered);
    }

    /// A channel that nobody sends to: its values are instants that come. See [TimeSource].
    static ChanCore make(String name, long nanos, long period) {
        Scheduler owner = Scheduler.current();
        return owner == Scheduler.real()
                ? new ChanCore(owner, name, nanos, period)
                : OwnedChan.owned(owner, name, nanos, period);
    }

    ChanCore(Scheduler owner, int places, Overflow overflow, String name, Consumer<Object> undelivered) {
        this.overflow = overflow;
        this.barges = overflow == Overflow.WAIT && places >= Tuning.BARGING_CAPACITY;
        this.capacity = overflow == Overflow.GROW ? Integer.MAX_VALUE : places;
        this.scheduler = owner;
        this.name = name;
        this.undelivered = undelivered;
        this.source = null;
        this.ring = places == 0 ? NO_PLACES : new Object[places];
    }

    ChanCore(Scheduler owner, String name, long nanos, long period) {
        this.overflow = Overflow.WAIT;
        this.barges = false;
        this.capacity = 0;
        this.scheduler = owner;
        this.name = name;
        this.undelivered = _ -> {};
        this.ring = NO_PLACES;
        this.source = new TimeSource(this, nanos, period);
    }

    // Sending.

    /// Sends `item`, and waits for that. Null when it was sent; else nothing was, and the answer is a [Closure], an [Ending]
    /// of `node`, or [Waiter#INTERRUPTED].
    public @Nullable Object send(@Nullable Node node, Object item) {
        if (overflow != Overflow.WAIT) {
            Object outcome = trySend(item);
            if (outcome != FULL) {
                return outcome;
            }
            if (overflow == Overflow.DROP_NEWEST) {
                drop(item);
                return null;
            }
        } else if (looksAccepting()) {
            Object outcome = sendNow(item, true);
            if (outcome != FULL) {
                return outcome;
            }
        }
        return sendWaiting(node, item);
    }

    /// Sends `item` if nobody needs to wait for that: null, a [Closure], or [#FULL].
    public @Nullable Object trySend(Object item) {
        return switch (overflow) {
            case GROW -> sendGrowing(item);
            case DROP_OLDEST -> sendDropping(item);
            case WAIT, DROP_NEWEST, NEVER -> {
                int stamp = stamp();
                boolean full = !looksAccepting();
                yield full && unchanged(stamp) ? FULL : sendNow(item, false);
            }
        };
    }

    private boolean looksAccepting() {
        return receivers != null || count < ring.length || closure != null;
    }

    private @Nullable Object sendNow(Object item, boolean mayWait) {
        lock();
        Closure end = closure;
        if (end != null) {
            unlock();
            return end;
        }
        boolean accepted = accept(item, mayWait);
        unlockAndWake();
        return accepted ? null : FULL;
    }

    private @Nullable Object sendGrowing(Object item) {
        for (;;) {
            Object outcome = sendNow(item, false);
            if (outcome != FULL) {
                return outcome;
            }
            var larger = new Object[Math.max(16, Math.multiplyExact(ring.length, 2))];
            lock();
            if (count == ring.length && ring.length < larger.length && closure == null) {
                copyTo(larger);
                ring = larger;
                head = 0;
            }
            unlock();
        }
    }

    private @Nullable Object sendDropping(Object item) {
        Object oldest = null;
        lock();
        Closure end = closure;
        if (end == null && !accept(item, false)) {
            oldest = poll();
            append(item);
        }
        unlockAndWake();
        if (oldest != null) {
            drop(oldest);
        }
        return end;
    }

    private @Nullable Object sendWaiting(@Nullable Node node, Object item) {
        Waiter waiter = new Waiter(counting(node));
        var races = new Races();
        boolean woken = false; // this is the sender that is coming
        for (;;) {
            lock();
            if (woken) {
                senderComing = false;
            }
            Closure end = closure;
            if (end != null) {
                unlock();
                return end;
            }
            if (accept(item, true)) {
                if (woken) {
                    balance();
                }
                unlockAndWake();
                return null;
            }
            if (waiter == null) {
                unlock();
                woken = false;
                waiter = new Waiter(counting(node));
                waiter.hungry = races.lost(scheduler);
                continue;
            }
            waiter.item = item;
            queueSender(waiter, races.any());
            unlockAndWake();
            Object outcome = await(node, waiter, true);
            if (outcome == Waiter.READY) {
                return null;
            }
            if (outcome != Waiter.RETRY) {
                return outcome == Waiter.CLOSED ? closure : outcome;
            }
            waiter = null;
            woken = true;
        }
    }

    // Receiving.

    /// Receives a value, and waits for one. The value; or, when none was received, a [Closure], an [Ending] of `node`, or
    /// [Waiter#INTERRUPTED].
    public Object receive(@Nullable Node node) {
        if (looksGiving()) {
            Object got = receiveNow(true);
            if (got != null) {
                return got;
            }
        }
        return receiveWaiting(node);
    }

    /// Receives a value if one is there: the value, a [Closure], or null.
    public @Nullable Object tryReceive() {
        int stamp = stamp();
        boolean none = !looksGiving();
        return none && unchanged(stamp) ? null : receiveNow(false);
    }

    /// Whether an answer of a receive is a value, and not the reason why there is none.
    public static boolean isValue(Object got) {
        return !(got instanceof Closure) && !(got instanceof Ending) && got != Waiter.INTERRUPTED;
    }

    private boolean looksGiving() {
        return count > 0 || senders != null || closure != null || (source != null && source.isDue());
    }

    private @Nullable Object receiveNow(boolean mayWait) {
        lock();
        Object got = take(mayWait);
        if (got == null) {
            got = closure;
        }
        unlockAndWake();
        return got;
    }

    private Object receiveWaiting(@Nullable Node node) {
        Waiter waiter = new Waiter(counting(node));
        var races = new Races();
        boolean woken = false; // this is the receiver that is coming
        for (;;) {
            lock();
            if (woken) {
                receiverComing = false;
            }
            Object got = take(true);
            if (got == null) {
                got = closure;
            }
            if (got != null) {
                if (woken) {
                    balance();
                }
                unlockAndWake();
                return got;
            }
            if (waiter == null) {
                unlock();
                woken = false;
                waiter = new Waiter(counting(node));
                waiter.hungry = races.lost(scheduler);
                continue;
            }
            queueReceiver(waiter, races.any());
            unlockAndWake();
            Object outcome = await(node, waiter, false);
            if (outcome == Waiter.READY) {
                return waiter.item;
            }
            if (outcome != Waiter.RETRY) {
                return outcome == Waiter.CLOSED ? closure : outcome;
            }
            waiter = null;
            woken = true;
        }
    }

    // Waiting.

    /// Where there is a buffer neither side needs the other at once: so who finds the lock taken leaves it alone for longer.
    @Override
    int firstMiss() {
        return ring.length > 1 ? Tuning.SPINS_TO_MOST : 0;
    }

    /// Who counts a wait: nobody can end one for what never comes, whoever made the constant.
    private Scheduler counting(@Nullable Node node) {
        return Owner.counting(overflow == Overflow.NEVER ? Scheduler.current() : scheduler, node);
    }

    private Object await(@Nullable Node node, Waiter waiter, boolean sender) {
        boolean over = false;
        try {
            if (source != null) {
                source.adjust();
            } else if (capacity <= 1 && overflow == Overflow.WAIT) {
                patience().linger(waiter);
            }
            Object early = waiter.outcome();
            if (early != null) {
                over = true;
                return early;
            }
            Object outcome = Wait.under(node, waiter, sender ? sendingReason() : receivingReason());
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
                leave(waiter, sender);
                unlock();
                queueChanged();
            }
        }
    }

    @Override
    void queueChanged() {
        if (source != null) {
            source.adjust();
        }
    }

    private static boolean isByPartner(@Nullable Object outcome) {
        return outcome == Waiter.READY || outcome == Waiter.RETRY || outcome == Waiter.CLOSED;
    }

    private Patience patience() {
        Patience known = patience;
        if (known == null) {
            known = new Patience();
            patience = known;
        }
        return known;
    }

    private void queueSender(Party party, boolean first) {
        if (overflow != Overflow.NEVER) {
            senders = queue(senders, party, first);
        }
    }

    private void queueReceiver(Party party, boolean first) {
        if (overflow != Overflow.NEVER) {
            receivers = queue(receivers, party, first);
        }
    }

    private Link queue(@Nullable Link list, Party party, boolean first) {
        Link was = Link.append(list, party);
        return first ? party : was;
    }

    private void leave(Party party, boolean sender) {
        if (party.isLinked()) {
            if (sender && senders != null) {
                senders = Link.remove(senders, party);
            } else if (!sender && receivers != null) {
                receivers = Link.remove(receivers, party);
            }
        }
    }

    /// The races that a woken waiter has lost in one wait.
    private static final class Races {
        private int lost;
        private long first;

        boolean any() {
            return lost > 0;
        }

        /// Counts one more. True when it is time to be served directly.
        boolean lost(Scheduler scheduler) {
            long now = scheduler.nanoTime();
            if (lost++ == 0) {
                first = now;
            }
            return lost >= Tuning.RACES_BEFORE_HUNGER || now - first > Tuning.HUNGER_NANOS;
        }
    }

    // The state. Everything here runs under the lock.

    /// Gives `item` to a receiver that waits, or puts it into the buffer. False when neither is possible; also, where the caller may wait,
    /// when the buffer is full and a receiver is on its way, who will make room. Else each of those who wait would be woken for one value.
    private boolean accept(Object item, boolean mayWait) {
        if (receivers != null && give(item, mayWait)) {
            return true;
        }
        if (count == ring.length) {
            return false;
        }
        append(item);
        return true;
    }

    /// False when no receiver is left, or it is better to wait.
    private boolean give(Object item, boolean mayWait) {
        Link first;
        while ((first = receivers) != null) {
            Party party = (Party) first;
            if (count < ring.length && retries(party, receiverComing)) {
                if (!receiverComing) {
                    receivers = Link.remove(first, first);
                    receiverComing = claim(party, Waiter.RETRY);
                    if (!receiverComing) {
                        continue;
                    }
                }
                append(item);
                return true;
            }
            if (mayWait && receiverComing && party.mayRetry()) {
                return false;
            }
            boolean behind = count > 0; // others were sent before
            party.item = behind ? ring[head] : item;
            receivers = Link.remove(first, first);
            if (claim(party, Waiter.READY)) {
                if (behind) {
                    poll();
                    append(item);
                }
                return true;
            }
            party.item = null;
        }
        return false;
    }

    /// Null when there is nothing; also, where the caller may wait, when there are but senders of whom one is on its way.
    private @Nullable Object take(boolean mayWait) {
        if (count > 0) {
            Object item = poll();
            if (senders != null) {
                admitSenders();
            }
            return item;
        }
        Link first;
        while ((first = senders) != null) { // there is no buffer, or its senders are on their way
            Party party = (Party) first;
            if (mayWait && senderComing && party.mayRetry()) {
                return null;
            }
            senders = Link.remove(first, first);
            Object item = party.item;
            if (claim(party, Waiter.READY)) {
                return item;
            }
        }
        return source == null ? null : takeFromSource(source);
    }

    private @Nullable Object takeFromSource(TimeSource from) {
        Object item = closure == null ? from.peek() : null;
        if (item != null) {
            from.take();
        }
        return item;
    }

    /// Lets senders that wait make use of room in the buffer.
    private void admitSenders() {
        Link first;
        while ((first = senders) != null && count < ring.length) {
            Party party = (Party) first;
            if (retries(party, senderComing)) {
                if (senderComing) {
                    return;
                }
                senders = Link.remove(first, first);
                senderComing = claim(party, Waiter.RETRY);
                continue;
            }
            senders = Link.remove(first, first);
            Object item = party.item;
            if (claim(party, Waiter.READY)) {
                append(item);
            }
        }
    }

    /// Lets receivers that wait make use of values in the buffer.
    private void serveReceivers() {
        Link first;
        while ((first = receivers) != null && count > 0) {
            Party party = (Party) first;
            if (retries(party, receiverComing)) {
                if (receiverComing) {
                    return;
                }
                receivers = Link.remove(first, first);
                receiverComing = claim(party, Waiter.RETRY);
                continue;
            }
            receivers = Link.remove(first, first);
            party.item = ring[head];
            if (claim(party, Waiter.READY)) {
                poll();
            } else {
                party.item = null;
            }
        }
    }

    /// Gives the source's value to the first receiver that waits for it.
    void serveFromSource() {
        lock();
        Link first;
        Object item;
        while (source != null && (first = receivers) != null && (item = source.peek()) != null) {
            Party party = (Party) first;
            receivers = Link.remove(first, first);
            party.item = item;
            if (claim(party, Waiter.READY)) {
                source.take();
            } else {
                party.item = null;
            }
        }
        unlockAndWake();
    }

    /// Whether a receiver waits. Under the lock.
    boolean isAwaited() {
        return receivers != null;
    }

    /// Makes hold again what must hold when the lock is free, after somebody has come and gone.
    private void balance() {
        int before;
        do {
            serveReceivers();
            before = count;
            admitSenders();
        } while (count > before && receivers != null && !receiverComing);
    }

    /// Whether `party`, the first in its queue, is woken to try again, or left until the one who is coming has come.
    private boolean retries(Party party, boolean coming) {
        return barges && (coming || party.next != party) && party.mayRetry();
    }

    private void append(@Nullable Object item) {
        int i = head + count;
        int length = ring.length;
        ring[i < length ? i : i - length] = item;
        count++;
    }

    private @Nullable Object poll() {
        int i = head;
        Object item = ring[i];
        ring[i] = null;
        head = ++i < ring.length ? i : 0;
        count--;
        return item;
    }

    private void copyTo(@Nullable Object[] target) {
        int front = Math.min(count, ring.length - head);
        System.arraycopy(ring, head, target, 0, front);
        System.arraycopy(ring, 0, target, front, count - front);
    }

    // The end.

    /// Ends the channel for its senders. Null when that was done; else it had been closed before, and the answer is how it ended. What
    /// is in the buffer is still received, unless there is a cause: then it goes undelivered.
    public @Nullable Closure close(Closure how) {
        lock();
        Closure before = closure;
        boolean again = closedBySender;
        closedBySender = true;
        if (before != null) {
            unlock();
            return again ? before : null;
        }
        finish(how, how.cause() != null);
        return null;
    }

    /// Ends the channel for its receivers; what is in the buffer goes undelivered. False when it was abandoned before.
    public boolean abandon(Closure how) {
        lock();
        Closure before = closure;
        if (before != null && before.abandoned()) {
            unlock();
            return false;
        }
        if (before != null && count == 0) {
            unlock();
            return true;
        }
        finish(how, true);
        return true;
    }

    /// Ends the section that was begun. Receivers are released before senders, as Go does.
    private void finish(Closure how, boolean discard) {
        closure = how;
        @Nullable Object[] left = NO_PLACES;
        int from = head;
        int n = 0;
        if (discard) {
            left = ring;
            n = count;
            ring = NO_PLACES;
            head = 0;
            count = 0;
        }
        Link first;
        while ((first = receivers) != null) {
            Party party = (Party) first;
            receivers = Link.remove(first, first);
            if (count == 0) {
                claim(party, Waiter.CLOSED);
            } else {
                party.item = ring[head];
                if (claim(party, Waiter.READY)) {
                    poll();
                }
            }
        }
        while ((first = senders) != null) {
            senders = Link.remove(first, first);
            claim((Party) first, Waiter.CLOSED);
        }
        unlockAndWake();
        queueChanged();
        for (int i = 0; i < n; i++) {
            Object item = left[(from + i) % left.length];
            if (item != null) {
                drop(item);
            }
        }
    }

    private void drop(Object item) {
        lock();
        dropped++;
        unlock();
        try {
            undelivered.accept(item);
        } catch (Throwable t) {
            Uncaught.giveLater(t); // the operation has happened: whoever did it is not to blame
        }
    }

    // Selects.

    @Override
    boolean looksReady(Offer offer) {
        return offer.sending ? neverWaits() || looksAccepting() : looksGiving();
    }

    @Override
    boolean comesByItself() {
        return source != null;
    }

    @Override
    Scheduler owner() {
        return scheduler;
    }

    @Override
    boolean neverComes() {
        return overflow == Overflow.NEVER;
    }

    @Override
    boolean isAlwaysReady(Offer offer) {
        return offer.sending && neverWaits();
    }

    private boolean neverWaits() {
        return overflow != Overflow.WAIT && overflow != Overflow.NEVER;
    }

    @Override
    boolean attemptAlone(Offer offer) {
        if (!isAlwaysReady(offer)) {
            return super.attemptAlone(offer);
        }
        offer.closed = send(null, offer.item) != null;
        return true;
    }

    @Override
    boolean attempt(Offer offer) {
        if (!offer.sending) {
            Object got = take(false);
            offer.item = got;
            offer.closed = got == null && closure != null;
            return got != null || offer.closed;
        }
        offer.closed = closure != null;
        return offer.closed || accept(offer.item, false);
    }

    @Override
    void enqueue(Offer offer) {
        if (offer.sending) {
            queueSender(offer, false);
        } else {
            queueReceiver(offer, false);
        }
    }

    @Override
    void dequeue(Offer offer) {
        leave(offer, offer.sending);
    }

    // Looking.

    /// How many values are in the buffer.
    public int length() {
        int stamp = stamp();
        int n = count;
        if (unchanged(stamp)) {
            return n;
        }
        lock();
        n = count;
        unlock();
        return n;
    }

    /// How many it can hold; [Integer#MAX_VALUE] when it grows.
    public int capacity() {
        return capacity;
    }

    public Overflow overflow() {
        return overflow;
    }

    public String name() {
        return name;
    }

    TimeSource source() {
        return Objects.requireNonNull(source);
    }

    /// Whom it belongs to.
    public Scheduler scheduler() {
        return scheduler;
    }

    /// Whether nothing ever passes through it: Go's nil channel.
    boolean isNever() {
        return overflow == Overflow.NEVER;
    }

    /// How it ended, null while it is open.
    public @Nullable Closure closure() {
        lock();
        Closure end = closure;
        unlock();
        return end;
    }

    /// What [#look()] sees, at one instant.
    ///
    /// @param longestWait nanoseconds since the one who waits longest was queued; 0 when nobody waits
    public record View(
            int length, int senders, int receivers, long longestWait, long dropped, @Nullable Closure closure) {}

    /// Takes as long as the queues are, under the lock.
    public View look() {
        lock();
        int n = count;
        int sending = Party.count(senders);
        int receiving = Party.count(receivers);
        long longest = Math.max(Party.longestWait(senders), Party.longestWait(receivers));
        long lost = dropped;
        Closure end = closure;
        unlock();
        return new View(n, sending, receiving, longest, lost, end);
    }

    private Blocked sendingReason() {
        Blocked reason = sending;
        if (reason == null) {
            reason = new Blocked(this, "chan send");
            sending = reason;
        }
        return reason;
    }

    private Blocked receivingReason() {
        Blocked reason = receiving;
        if (reason == null) {
            reason = new Blocked(this, "chan receive");
            receiving = reason;
        }
        return reason;
    }

    /// What somebody waits for: Go's words for it, and the channel.
    record Blocked(ChanCore chan, String what) implements Reason {
        @Override
        public Object awaited() {
            return chan;
        }

        boolean sends() {
            return what.equals("chan send");
        }

        @Override
        public String toString() {
            return chan.overflow == Overflow.NEVER ? what + " (nil chan)" : what + " on " + chan;
        }
    }

    @Override
    String called() {
        return name.isEmpty() ? "" : "channel \"" + name + "\"";
    }

    /// `channel "jobs" (3 of 8)`.
    @Override
    public String toString() {
        String called = name.isEmpty() ? "channel" : "channel \"" + name + "\"";
        String state = closure() == null ? "" : ", closed";
        if (overflow == Overflow.NEVER) {
            return called + " (nil)";
        }
        return switch (capacity) {
            case 0 -> called + " (unbuffered" + state + ")";
            case Integer.MAX_VALUE -> called + " (" + length() + state + ")";
            default -> called + " (" + length() + " of " + capacity + state + ")";
        };
    }
}
