package dev.millrace.testing;

import dev.millrace.internal.Ambient;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Seat;
import dev.millrace.internal.Timer;
import dev.millrace.internal.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The count of a bubble's goroutines that can run, and what is done when none can.
///
/// `active` holds the number of *tokens*. Each goroutine of the bubble has one from before it starts until it has ended, but for the time in
/// which it is durably blocked.
///
///  1. Who parks publishes that, and then gives its token back ([#blocked()]).
///  2. Who wakes makes the token **before** the waiter can see its outcome ([#unblocking()]): it is there before the waiter runs. When
///     somebody else was faster it goes back ([#withdrawn()]).
///  3. Who gives the last one back comes to 0: nobody runs. It takes one again, by a compare-and-set from 0, and then *drives*; nobody
///     else can, since nobody else comes to 0 while this token is out. A step of the driver is the first of these that there is something to do for.
///     It ends the waits of those who were interrupted; fires all timers that are due; lets [#await] return;
///     moves the clock to the next timer and fires all that are due then (in manual mode: not beyond where [#advance] wants it, and then lets
///     that return); says that nobody can go on. Then it gives its token back, and is at 3 again if that was the last.
///
/// A thread that is none of the bubble's has no token, and may wake somebody all the same. It may come to 0 under a lock ([#withdrawn()]; a goroutine that runs cannot,
/// having its own). So it does not drive but calls the bubble's watch, which does.
///
/// A timer that is due when it is set waits for no quiescence. The watch fires it, with a token of its own that it takes only while somebody has
/// one and nobody drives (DRIVEN is clear); in serial mode whoever next passes the turn on does.
///
/// Interrupts: a thread that was interrupted in a wait makes its own token, which may be after the interrupter has come to rest. So the driver
/// asks those who wait whether they were. Such a thread clears its flag only when the token is there (in serial mode, when it has said so: [Place#interrupted()]).
/// And it may go on and come to rest again while others are asked; so `active` also counts the tokens that were ever made, and when one was made meanwhile the driver
/// begins again.
///
/// Nothing that a user wrote runs on the driver: timers claim waiters, end nodes, or start goroutines.
final class BubbleScheduler extends Scheduler {
    /// So many goroutines are asked, before the clock moves, whether somebody has interrupted them. In larger bubbles they are asked only
    /// before [#await] returns, and before the bubble fails.
    private static final int MOST_ASKED = 256;

    private static final long TOKEN = 1;
    private static final long TOKENS = (1L << 24) - 1; // the part of `active` that is their number
    private static final long MADE = 1L << 24; // above it: how many were ever made
    private static final long DRIVEN = 1L << 62;

    private static final VarHandle ACTIVE;
    private static final VarHandle AWAITING;
    private static final VarHandle ADVANCE;

    static {
        announceOthers();
        try {
            var lookup = MethodHandles.lookup();
            ACTIVE = lookup.findVarHandle(BubbleScheduler.class, "active", long.class);
            AWAITING = lookup.findVarHandle(BubbleScheduler.class, "awaiting", Waiter.class);
            ADVANCE = lookup.findVarHandle(BubbleScheduler.class, "advance", Advance.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int number = NUMBERS.incrementAndGet(); // for texts only
    private final Run run;
    private final boolean manual;
    private final @Nullable Turns turns; // null: parallel
    private final VirtualClock clock = new VirtualClock();
    private final Places places = new Places();
    private volatile long active; // tokens, how many were ever made, and DRIVEN
    private volatile @Nullable Waiter awaiting; // who waits for everybody else to come to rest
    private volatile @Nullable Advance advance; // who moves the clock by hand
    private volatile boolean frozen; // the clock stands for good
    private volatile boolean ending; // who would wait ends
    private volatile boolean over;

    private record Advance(Waiter waiter, long target) {}

    BubbleScheduler(Run run, boolean manual, @Nullable Turns turns) {
        this.run = run;
        this.manual = manual;
        this.turns = turns;
    }

    // Time.

    @Override
    public long nanoTime() {
        return clock.now();
    }

    @Override
    public Instant wallClock(long nanoTime) {
        return VirtualClock.at(nanoTime);
    }

    @Override
    public void schedule(Timer timer, long when) {
        if (clock.add(timer, when, random()) && turns == null) {
            run.wake();
        }
    }

    @Override
    public boolean cancel(Timer timer) {
        return clock.remove(timer);
    }

    boolean isManual() {
        return manual;
    }

    VirtualClock clock() {
        return clock;
    }

    /// From now on the clock stands.
    void freeze() {
        frozen = true;
    }

    // The count.

    /// The place of the goroutine that calls, when it is one of this bubble's and not in real time; else null.
    @Nullable Place here() {
        Ambient ambient = Ambient.current();
        Goroutine g = ambient == null || ambient.scheduler() != this ? null : ambient.goroutine();
        return g == null ? null : (Place) g.seat();
    }

    @Override
    protected @Nullable Seat seat(Waiter waiter) {
        Place place = here();
        if (place != null) {
            place.sit(waiter);
            if (ending) {
                waiter.claim(Waiter.ENDED);
            }
        }
        return place;
    }

    void blocked() {
        passTurn();
        giveBack();
    }

    void unblocking() {
        ACTIVE.getAndAdd(this, MADE + TOKEN);
    }

    void withdrawn() {
        if (takeBack()) {
            run.wake();
        }
    }

    /// True for the last one, when nobody drives.
    private boolean takeBack() {
        long before = (long) ACTIVE.getAndAdd(this, -TOKEN);
        return (before & (TOKENS | DRIVEN)) == TOKEN;
    }

    void unblocked(Place place) {
        if (turns != null) {
            turns.ready(place);
        }
    }

    void resumed(Place place) {
        if (turns != null) {
            turns.take(place);
        }
    }

    @Override
    protected void start(Goroutine goroutine) {
        if (over) {
            throw new IllegalStateException("go in a bubble that has ended: " + goroutine.label());
        }
        var place = new Place(goroutine, this);
        goroutine.seat(place);
        unblocking();
        places.add(place);
        try {
            if (turns != null) {
                turns.reserve(places.count());
            }
            super.start(goroutine);
        } catch (Throwable t) {
            places.remove(place);
            withdrawn();
            throw t;
        }
        if (turns != null) {
            turns.ready(place);
            turns.passOn();
        }
    }

    @Override
    protected void begun(Goroutine goroutine) {
        if (turns != null) {
            turns.take(place(goroutine));
        }
    }

    @Override
    protected void ended(Goroutine goroutine) {
        places.remove(place(goroutine));
        passTurn();
        giveBack();
    }

    private static Place place(Goroutine goroutine) {
        Seat seat = goroutine.seat();
        if (seat instanceof Place place) {
            return place;
        }
        throw new IllegalStateException(goroutine + " has not been started by a bubble");
    }

    @Override
    public void giveWay() {
        Place place = turns == null ? null : here();
        if (turns == null || place == null) {
            Thread.yield();
            return;
        }
        turns.ready(place);
        passTurn();
        turns.take(place);
    }

    /// What was to be done at once is done first, in an order that the seed decides.
    private void passTurn() {
        if (turns != null) {
            fireDue();
            if (places.count() <= MOST_ASKED) {
                endInterrupted();
            }
            turns.pass();
        }
    }

    // Driving.

    private void giveBack() {
        if (takeBack()) {
            drive();
        }
    }

    /// Does what is to be done while nobody can run, until somebody can. Does nothing when somebody can. Outside all locks.
    void drive() {
        boolean goesOn = true;
        while (goesOn) {
            long idle = active;
            long mine = idle + DRIVEN + TOKEN;
            if ((idle & (TOKENS | DRIVEN)) != 0 || !ACTIVE.compareAndSet(this, idle, mine)) {
                return;
            }
            if (turns != null) {
                turns.driveStarts();
            }
            try {
                goesOn = step(mine);
            } catch (Throwable t) { // no memory for the next step
                run.fail(t);
                goesOn = false;
            }
            if (turns != null) {
                turns.driveEnds();
            }
            long before = (long) ACTIVE.getAndAdd(this, -DRIVEN - TOKEN);
            if ((before & TOKENS) != TOKEN) {
                return;
            }
        }
    }

    /// One thing. False when there is nothing to do any more.
    ///
    /// @param mine what `active` was when the driver began
    private boolean step(long mine) {
        Waiter awaiter = awaiting;
        boolean asked = places.count() <= MOST_ASKED;
        if ((asked && endInterrupted()) || active != mine || fireDue()) {
            return true;
        }
        if (places.count() == 0 || ending) {
            run.wake();
            return false;
        }
        boolean moves = awaiter == null && !frozen;
        if (moves && !manual && clock.toNext()) {
            fireDue();
            return true;
        }
        if (!asked && (endInterrupted() || active != mine)) {
            return true;
        }
        if (awaiter != null) {
            awaiting = null;
            wake(awaiter, Waiter.READY);
            return true;
        }
        Advance byHand = advance;
        if (moves && byHand != null) {
            if (clock.toNext(byHand.target)) {
                fireDue();
            } else {
                clock.to(byHand.target);
                advance = null;
                wake(byHand.waiter, Waiter.READY);
            }
            return true;
        }
        run.stuck();
        return false;
    }

    /// Fires what is due when it is set, while somebody runs. By the watch.
    void fireLate() {
        for (;;) {
            long seen = active;
            if ((seen & TOKENS) == 0 || (seen & DRIVEN) != 0) {
                return; // the driver does
            }
            if (ACTIVE.compareAndSet(this, seen, seen + TOKEN)) {
                fireDue();
                giveBack();
                return;
            }
        }
    }

    static boolean wake(Waiter waiter, Object outcome) {
        boolean won = waiter.claim(outcome);
        if (won) {
            waiter.wake();
        }
        return won;
    }

    /// Fires what is due by now. False when nothing was.
    private boolean fireDue() {
        boolean any = false;
        for (Timer due = clock.due(); due != null; due = clock.due()) {
            any = true;
            try {
                fire(due);
            } catch (Throwable t) {
                run.fail(t);
            }
        }
        return any;
    }

    private boolean endInterrupted() {
        boolean any = false;
        for (Waiter waiter = places.interrupted(); waiter != null; waiter = places.interrupted()) {
            any = true;
            wake(waiter, Waiter.INTERRUPTED);
        }
        return any;
    }

    // What the goroutines of the bubble ask for.

    /// Waits until everybody else has come to rest. Answers the outcome of that wait, [Waiter#READY] or [Waiter#INTERRUPTED]; null when
    /// somebody waits for that already.
    @Nullable Object await(Object blocker) {
        var waiter = new Waiter(this);
        if (!AWAITING.compareAndSet(this, null, waiter)) {
            return null;
        }
        try {
            return waiter.await(blocker);
        } finally {
            AWAITING.compareAndSet(this, waiter, null);
        }
    }

    /// Moves the clock on by `nanos`, and waits until it is there. Answers as [#await] does.
    @Nullable Object advance(long nanos, Object blocker) {
        var mine = new Advance(new Waiter(this), after(nanoTime(), nanos));
        if (!ADVANCE.compareAndSet(this, null, mine)) {
            return null;
        }
        try {
            return mine.waiter.await(blocker);
        } finally {
            ADVANCE.compareAndSet(this, mine, null);
        }
    }

    // Goroutines.

    @Override
    protected void failed(Goroutine goroutine, Throwable failure) {
        run.fail(failure);
    }

    @Override
    protected boolean keepsSites() {
        return true;
    }

    @Override
    public long random() {
        return turns == null ? super.random() : turns.random();
    }

    @Override
    public boolean isRepeatable() {
        return turns != null;
    }

    Places places() {
        return places;
    }

    /// Whoever waits from now on ends instead, and nobody waits for a turn.
    void end() {
        ending = true;
        frozen = true;
        if (turns != null) {
            turns.open();
        }
    }

    /// Nobody can be started any more.
    void close() {
        over = true;
    }

    @Override
    public String toString() {
        return "bubble " + number + " at " + wallClock(nanoTime());
    }
}
