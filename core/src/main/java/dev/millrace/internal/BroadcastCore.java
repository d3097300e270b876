package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Channels that are all given the same values, in the same order.
///
/// Who sends first takes its *turn*: a channel with one place, which holds a token while somebody sends. So it is waited for like any
/// channel, under a context if there is one, first come, first served, and the close of the broadcast closes it.
///
/// The subscribers stand in a list, in the order in which they came. Its lock is held for a few instructions and never while a value
/// goes into a channel. The sender goes through the list by `cursor`, which always points into it: whoever takes a
/// subscriber out moves the cursor on. It goes twice:
///
///  1. Every subscriber that can take the value at once is given it.
///  2. The sender waits for each of the others, in order.
///
/// | | |
/// |---|---|
/// | B1 | `cursor` is null, or stands in the list, or the broadcast is closed |
/// | B2 | a subscriber is given the sends with a number above `after`, in their order: it came before they had their turn |
/// | B3 | `has` and `sender` are touched only by whose turn it is |
/// | B4 | closed ⇒ the list only gets shorter; who takes a subscriber out closes its channel |
///
/// A send that the close cuts short, that is, which has somebody left to serve, fails; one that has served everybody has happened.
public final class BroadcastCore {
    private static final Object TOKEN = new Mark("TURN");

    private final String name;
    private final Scheduler scheduler = Scheduler.current();
    private final ChanCore turn;
    private final SpinLock lock = new SpinLock();

    // All guarded by the lock.
    private @Nullable Link first;
    private int count;
    private long begun; // how many sends had their turn
    private @Nullable Link cursor; // the next one that the running send looks at
    private @Nullable Closure closure;

    private @Nullable Thread sender; // whose turn it is; others read it to compare it with themselves

    /// @param name for messages; empty for none
    public BroadcastCore(String name) {
        this.name = name;
        String of = name.isEmpty() ? "turn of senders" : "turn of " + name;
        this.turn = ChanCore.make(scheduler, 1, Overflow.WAIT, of, _ -> {});
    }

    /// A channel that is given what is sent.
    public static final class Subscriber extends Link {
        private final ChanCore chan;
        private long after; // written once, under the lock
        private long has;

        Subscriber(ChanCore chan) {
            this.chan = chan;
        }

        @Override
        void hear(Walk walk) {
            throw new AssertionError("a subscriber stands in no node's list");
        }

        /// Gives it `item` without waiting: null, a [Closure], or [ChanCore#FULL].
        private @Nullable Object offer(Object item) {
            return chan.overflow() == Overflow.WAIT ? chan.trySend(item) : chan.send(null, item);
        }
    }

    /// Lets `chan` have all that is sent from now on. When the broadcast is closed, so is `chan`, in the same way.
    public Subscriber subscribe(ChanCore chan) {
        if (chan.overflow() == Overflow.NEVER) {
            throw new IllegalArgumentException("a subscriber's channel must be one that can take values, was " + chan);
        }
        Owner.check(scheduler, "subscribe to", this);
        if (chan.scheduler() != scheduler && chan.scheduler() != Scheduler.real()) {
            throw new IllegalStateException("subscribe to " + this + " with " + chan + " of " + chan.scheduler()
                    + ": who sends from elsewhere could not send on it; let the channel be made by the maker that is given");
        }
        var subscriber = new Subscriber(chan);
        lock.lock();
        Closure end = closure;
        if (end == null) {
            subscriber.after = begun;
            first = Link.append(first, subscriber);
            count++;
        }
        lock.unlock();
        if (end != null) {
            chan.close(end);
        }
        return subscriber;
    }

    /// Lets `subscriber` have no more. Its channel is not touched.
    public void leave(Subscriber subscriber) {
        lock.lock();
        remove(subscriber);
        lock.unlock();
    }

    private void remove(Subscriber subscriber) {
        if (first != null && subscriber.isLinked()) {
            if (cursor == subscriber) {
                cursor = following(subscriber);
            }
            first = Link.remove(first, subscriber);
            count--;
        }
    }

    private @Nullable Link following(Link link) {
        Link next = link.next;
        return next == first ? null : next;
    }

    /// Gives `item` to all subscribers, and waits for those that hold senders back. Null when all have it; else the answer is a
    /// [Closure], an [Ending] of `node`, or [Waiter#INTERRUPTED]: then nobody has it when it was not yet this sender's turn, else
    /// all those have it that could take it without waiting, and of the others the first ones.
    public @Nullable Object send(@Nullable Node node, Object item) {
        Owner.check(scheduler, "send on", this);
        if (sender == Thread.currentThread()) {
            throw new IllegalStateException("send within a send to the same " + this
                    + ": what a hook for undelivered values sends would wait for itself");
        }
        Object outcome = turn.send(node, TOKEN);
        if (outcome != null) {
            return outcome;
        }
        sender = Thread.currentThread();
        try {
            return sendToAll(node, item);
        } finally {
            sender = null;
            lock.lock();
            cursor = null;
            lock.unlock();
            turn.tryReceive();
        }
    }

    private @Nullable Object sendToAll(@Nullable Node node, Object item) {
        lock.lock();
        Object cut = closure;
        long number = ++begun;
        cursor = cut == null ? first : null;
        lock.unlock();
        int late = 0;
        while (cut == null) {
            Object next = next(number);
            if (!(next instanceof Subscriber subscriber)) {
                cut = next;
                break;
            }
            Object outcome = subscriber.offer(item);
            if (outcome == null) {
                subscriber.has = number;
            } else if (outcome == ChanCore.FULL) {
                late++;
            } else {
                cut = ended(subscriber, outcome);
            }
        }
        return cut != null || late == 0 ? cut : sendToLate(node, item, number);
    }

    private @Nullable Object sendToLate(@Nullable Node node, Object item, long number) {
        lock.lock();
        Object cut = closure;
        cursor = cut == null ? first : null;
        lock.unlock();
        while (cut == null) {
            Object next = next(number);
            if (!(next instanceof Subscriber subscriber)) {
                return next;
            }
            if (subscriber.has == number) {
                continue;
            }
            Object outcome = subscriber.chan.send(node, item);
            if (outcome == null) {
                subscriber.has = number;
            } else {
                cut = outcome instanceof Closure ? ended(subscriber, outcome) : outcome;
            }
        }
        return cut;
    }

    /// The next one that is to have the value of the send `number`; null when there is none; the [Closure] when the broadcast was closed
    /// before all had it.
    private @Nullable Object next(long number) {
        lock.lock();
        Object answer = null;
        Link at = cursor;
        if (at != null && ((Subscriber) at).after < number) {
            answer = closure;
            if (answer == null) {
                answer = at;
                cursor = following(at);
            }
        }
        lock.unlock();
        return answer;
    }

    /// The channel of `subscriber` was found to have ended. The [Closure] when it is the broadcast's end, else null: it has left.
    private @Nullable Closure ended(Subscriber subscriber, Object how) {
        lock.lock();
        Closure end = how instanceof Closure its && its.abandoned() ? null : closure;
        if (end == null) {
            remove(subscriber);
        }
        lock.unlock();
        return end;
    }

    /// Closes the channels of all subscribers, and fails all senders. Null when that was done; else it had been closed before, and the
    /// answer is how.
    public @Nullable Closure close(Closure how) {
        Owner.check(scheduler, "close of", this);
        lock.lock();
        Closure before = closure;
        if (before == null) {
            closure = how;
        }
        lock.unlock();
        if (before != null) {
            return before;
        }
        turn.close(how);
        for (;;) {
            lock.lock();
            Link next = first;
            if (next != null) {
                first = Link.remove(next, next);
                count--;
            }
            lock.unlock();
            if (next == null) {
                return null;
            }
            ((Subscriber) next).chan.close(how);
        }
    }

    /// How it was closed, null while it is open.
    public @Nullable Closure closure() {
        lock.lock();
        Closure end = closure;
        lock.unlock();
        return end;
    }

    /// Whom it belongs to.
    public Scheduler scheduler() {
        return scheduler;
    }

    public String name() {
        return name;
    }

    /// How many subscribers there are.
    public int count() {
        lock.lock();
        int n = count;
        lock.unlock();
        return n;
    }

    /// How many sends had their turn.
    public long sent() {
        lock.lock();
        long n = begun;
        lock.unlock();
        return n;
    }

    /// How many wait for their turn to send.
    public int waiting() {
        return turn.look().senders();
    }

    /// The channels of all subscribers, in the order in which they came.
    public ChanCore[] channels() {
        for (int room = count();; room = count()) {
            var all = new ChanCore[room];
            lock.lock();
            boolean fits = count == room;
            if (fits) {
                Link link = first;
                for (int i = 0; i < room && link != null; i++) {
                    all[i] = ((Subscriber) link).chan;
                    link = link.next;
                }
            }
            lock.unlock();
            if (fits) {
                return all;
            }
        }
    }

    /// `broadcast "prices" (3 subscribers)`.
    @Override
    public String toString() {
        String called = name.isEmpty() ? "broadcast" : "broadcast \"" + name + "\"";
        int n = count();
        return called + (closure() != null ? " (closed)" : n == 1 ? " (1 subscriber)" : " (" + n + " subscribers)");
    }
}
