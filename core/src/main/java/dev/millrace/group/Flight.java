package dev.millrace.group;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.PlainNode;
import dev.millrace.internal.Reason;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Spin;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One execution of a [SingleFlight], and those who wait for it.
///
/// Protocol. `word` holds how many wait, and whether anybody has ever joined. A flight is *open* while somebody
/// waits, and *closed* from the first 0 on, for ever. One compare-and-set each moves it:
///
/// | step | by | word |
/// |---|---|---|
/// | made | its first caller | 1 |
/// | join | a caller who found it in the map | n > 0 → n + 1, joined; fails when closed |
/// | leave | a waiter whose context ended, or who was interrupted | n > 0 → n − 1; who brings it to 0 *deserts* it |
/// | land | its goroutine; the first caller when none could be started | n → 0, "joined" stays |
///
///  - *Join against land.* Either the joiner is counted, and gets the outcome, or the flight was closed, and he
///    starts a new one. "Shared" is what the word says when it is closed: it is the same for all.
///  - *Join against the last one leaving.* Either the joiner is counted, and the other was not the last; or the
///    flight was closed, and he starts a new one: nobody joins what is being cancelled.
///  - *The map.* A closed flight is taken out by whoever closed it, and by any caller who finds it: always "this one,
///    if it is there", so nobody takes out the next one. It is out before its waiters are released: who has got the
///    outcome and calls again starts anew.
///  - *Land.* Close, take out, close the context, end `over`. Whatever fails in between, `over` ends.
///  - *No thread.* The flight is in the map before it starts; when it cannot be started it lands with that failure,
///    for those who joined.
///
/// Who waits stands in the list of the node `over`, with an arrival or with a seat. That he leaves because his
/// context ended is decided by that wait's claim, or by the [AfterFunc] of a seat. Users' code (`equals` and
/// `hashCode` of keys, messages of causes) runs on the callers' goroutines, on the flight's, or on one started for
/// it, and never in a walk.
final class Flight<K, V extends @Nullable Object> extends Goroutine {
    private static final int JOINED = 1 << 30;
    private static final int WAITING = JOINED - 1;
    private static final Context.Key<Ticket> TICKET = Context.Key.named("flight");
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Flight.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private enum None {
        EXITED
    }

    private final SingleFlight<K, V> owner;
    private final K key;
    private final CancellableContext own;
    private final Ticket ticket;
    private final ContextCall<? extends V> body;
    private final Node over;
    private final long since; // when it was made
    private volatile int word = 1;
    private @Nullable Object returned = None.EXITED; // these two are written before over ends, and read after
    private @Nullable Throwable failure;

    /// Stands for a flight in its context, and so in those of the flights that are started in it. Refers to no
    /// flight: a context may outlive it by far.
    private static final class Ticket {
        private volatile @Nullable Ticket outer; // null once landed: who comes from here waits for nobody any more

        Ticket(@Nullable Ticket outer) {
            this.outer = outer;
        }
    }

    private Flight(
            Scheduler scheduler,
            SingleFlight<K, V> owner,
            CancellableContext own,
            Ticket ticket,
            K key,
            ContextCall<? extends V> body) {
        super(scheduler, own.view(), ContextBase.nodeOf(own), owner.name());
        this.owner = owner;
        this.own = own;
        this.ticket = ticket;
        this.key = key;
        this.body = body;
        this.over = new PlainNode(null, scheduler, "");
        this.since = scheduler.nanoTime();
    }

    static <K, V extends @Nullable Object> Flight<K, V> make(
            SingleFlight<K, V> owner, Context ctx, K key, ContextCall<? extends V> body) {
        Ticket outer = ctx.value(TICKET);
        var ticket = new Ticket(outer == null ? ticketOfCaller() : outer);
        Context base = ctx.detach().withValue(TICKET, ticket);
        CancellableContext own = (owner.name().isEmpty() ? base : base.withName(owner.name())).withCancel();
        return new Flight<>(Scheduler.current(), owner, own, ticket, key, body);
    }

    private static @Nullable Ticket ticketOfCaller() {
        return Goroutine.running() instanceof Flight<?, ?> flight ? flight.ticket : null;
    }

    /// Another one was faster.
    void scrap() {
        own.close();
    }

    void takeOff() {
        try {
            spawn();
        } catch (Throwable t) {
            land(t);
            throw t;
        }
    }

    /// @throws IllegalStateException when the caller is part of this flight, which is in the air
    void refuseInside(Context ctx) {
        if (waiting() > 0 && (isInside(ctx.value(TICKET)) || isInside(ticketOfCaller()))) {
            throw new IllegalStateException(
                    "singleflight: a call from inside the flight of its key would wait for itself: " + new Blocked()
                            + owner.madeAt());
        }
    }

    private boolean isInside(@Nullable Ticket from) {
        Ticket t = from;
        while (t != null && t != ticket) {
            t = t.outer;
        }
        return t != null;
    }

    /// A flight is joined from where it was started. One of no bubble also from inside, but not with a channel, since it could not be
    /// filled from there.
    void refuseFromOutside(boolean seat) {
        Owner.check(scheduler(), "join of the flight in", owner);
        if (seat && scheduler() != Scheduler.current()) {
            throw new IllegalStateException("start inside a bubble joins a flight from outside, in " + owner
                    + ": use run(), which waits without the bubble's clock, or a SingleFlight of the bubble");
        }
    }

    /// Counts the caller in. False when the flight is closed.
    boolean join() {
        for (;;) {
            int w = word;
            if ((w & WAITING) == 0) {
                return false;
            }
            if (WORD.compareAndSet(this, w, (w | JOINED) + 1)) {
                return true;
            }
        }
    }

    /// Counts the caller out; the last one ends the flight, unless it has landed.
    private void leave() {
        for (;;) {
            int w = word;
            if ((w & WAITING) == 0) {
                return;
            }
            if (WORD.compareAndSet(this, w, w - 1)) {
                if ((w & WAITING) == 1) {
                    desert();
                }
                return;
            }
        }
    }

    private void desert() {
        try {
            owner.free(key, this);
        } finally {
            endDeserted();
        }
    }

    /// Nobody is left who would ask for it again: without memory it tries again until there is some.
    private void endDeserted() {
        for (;;) {
            try {
                own.cancel(new CancelledException("singleflight: nobody waits for it any more"));
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    @Override
    protected void body() throws Exception {
        returned = body.call(own.view());
    }

    @Override
    protected void ended(@Nullable Throwable thrown) {
        if (!land(thrown)) {
            super.ended(thrown); // nobody else is there to hear of it
        }
    }

    /// False when it was deserted.
    private boolean land(@Nullable Throwable thrown) {
        failure = thrown;
        int w = (int) WORD.getAndBitwiseAnd(this, JOINED);
        try {
            owner.free(key, this);
        } finally {
            try {
                Objects.requireNonNull(ContextBase.nodeOf(own)).cancelCertainly(null);
            } finally {
                ticket.outer = null;
                over.occur();
            }
        }
        return (w & WAITING) > 0;
    }

    int waiting() {
        return word & WAITING;
    }

    long nanosInTheAir() {
        return Math.max(0, scheduler().nanoTime() - since);
    }

    private boolean isShared() {
        return (word & JOINED) != 0;
    }

    /// Waits for the outcome; the caller was counted in.
    Flown<V> await(Context ctx) throws Exception {
        Object outcome = null;
        Arrival arrival = null;
        try {
            arrival = new Arrival(new Waiter(Owner.counting(scheduler(), ContextBase.nodeOf(ctx))));
            outcome = over.add(arrival)
                    ? Wait.under(ContextBase.nodeOf(ctx), arrival.waiter, new Blocked())
                    : Waiter.READY;
        } finally {
            if (outcome != Waiter.READY) {
                if (arrival != null) {
                    over.remove(arrival);
                }
                leave();
            }
        }
        if (outcome == Waiter.READY) {
            return new Flown<>(value(), isShared());
        }
        if (outcome instanceof Ending) {
            ctx.check();
        }
        throw new InterruptedWaitException("singleflight.Do");
    }

    /// Tells one who waits that the flight has landed.
    private static final class Arrival extends Listener {
        final Waiter waiter;

        Arrival(Waiter waiter) {
            this.waiter = waiter;
        }

        @Override
        protected void tell(Ending ending) {
            if (waiter.claim(Waiter.READY)) {
                waiter.wake();
            }
        }
    }

    /// A channel for the outcome; the caller was counted in.
    ReceiveChan<Landed<V>> seat(Context ctx) {
        boolean seated = false;
        try {
            var seat = new Seat(ctx);
            seat.take();
            seated = true;
            return seat.chan.receiveOnly();
        } finally {
            if (!seated) {
                leave();
            }
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the body answered it, null where V allows that
    private V value() throws Exception {
        if (failure != null) {
            throw Failures.asItIs(failure);
        }
        if (returned == None.EXITED) {
            throw new IllegalStateException("singleflight: the body left by Go.exit() and has no result");
        }
        return (V) returned;
    }

    private Landed<V> landed() {
        Outcome<V> outcome;
        try {
            outcome = new Outcome.Success<>(value());
        } catch (Throwable t) {
            outcome = new Outcome.Failure<>(t);
        }
        return new Landed<>(outcome, isShared());
    }

    /// A caller who does not wait: the outcome, or that he has left, goes into his channel. Which of the two is
    /// decided by the after-func of his context: it starts, or it is stopped.
    private final class Seat extends Listener {
        final Chan<Landed<V>> chan = Chan.<Landed<V>>named(owner.name()).buffered(1);
        private final Context ctx;
        private final AfterFunc left;

        Seat(Context ctx) {
            this.ctx = ctx;
            this.left = ctx.afterFunc(this::giveUp);
        }

        void take() {
            if (!over.add(this)) {
                deliver();
            } else if (left.isStarted()) {
                over.remove(this); // it may have looked for it before it was there
            }
        }

        @Override
        protected void tell(Ending ending) {
            deliver();
        }

        private void deliver() {
            if (left.stop()) {
                put(null);
            }
        }

        private void giveUp() {
            over.remove(this);
            try {
                put(why());
            } finally {
                leave();
            }
        }

        private Throwable why() {
            try {
                ctx.check();
            } catch (ContextException | OutOfMemoryError e) {
                return e;
            }
            throw new IllegalStateException("the after-func of a context that has not ended: " + ctx);
        }

        /// The outcome, or why there is none. Nobody else will: without memory it tries again until there is some.
        private void put(@Nullable Throwable why) {
            for (;;) {
                try {
                    chan.trySend(why == null ? landed() : new Landed<>(new Outcome.Failure<>(why), isShared()));
                    return;
                } catch (ChanClosedException e) {
                    return; // abandoned: nobody wants it
                } catch (OutOfMemoryError e) {
                    Spin.awaitMemory();
                }
            }
        }
    }

    /// What thread dumps show for those who wait.
    private final class Blocked implements Reason {
        @Override
        public Object awaited() {
            return Flight.this;
        }

        @Override
        public String toString() {
            String name = owner.name();
            return "singleflight.Do" + (name.isEmpty() ? "" : " \"" + name + "\"") + " (" + waiting() + " waiting)";
        }
    }
}
