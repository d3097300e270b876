package dev.millrace.testing;

import dev.millrace.internal.Ambient;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SpinLock;
import dev.millrace.internal.Timer;
import dev.millrace.internal.TimerHeap;
import dev.millrace.internal.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The clock of a bubble, and the count of its goroutines that can run.
///
/// `active` is the number of *tokens*. Each goroutine of the bubble has one from before it starts until it has ended, but for the time in
/// which it is durably blocked.
///
///  1. Who parks publishes that, and then gives its token back ([#blocked()]).
///  2. Who wakes makes the token **before** the waiter can see its outcome ([#unblocking()]): it moves to the waiter before that runs. When
///     somebody else was faster it goes back ([#withdrawn()]).
///  3. Who gives the last one back finds 0: nobody runs. It takes one again, by a compare-and-set from 0 to 1, and then *drives*; nobody
///     else can, since nobody else can come to 0 before this token is given back. A step of the driver does the first of these
///     that there is something to do for: ends the waits of those who were interrupted; fires all timers that are due; lets [#await] return;
///     moves the clock to the next timer and fires all that are due then; says that nobody can go on. Then it gives its
///     token back, and is at 3 again if that was the last.
///
/// A token can be given back in vain while a lock is held ([#withdrawn()]), which only a thread that is none of the bubble's can do: a goroutine
/// that runs has its own. Such a thread does not drive but calls the bubble's watch.
///
/// Lock: `lock` guards the heap of timers and the list of seats. Nothing else is taken under it.
final class BubbleScheduler extends Scheduler {
    /// The time at which each bubble begins.
    static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private static final long START_NANOS = 1_000_000_000L;

    /// So many goroutines are asked, before the clock moves, whether somebody has interrupted them. In larger bubbles they are asked only
    /// before [#await] returns, and before the bubble fails.
    private static final int MOST_ASKED = 1_024;

    private static final VarHandle ACTIVE;
    private static final VarHandle AWAITING;

    static {
        announceOthers();
        try {
            var lookup = MethodHandles.lookup();
            ACTIVE = lookup.findVarHandle(BubbleScheduler.class, "active", long.class);
            AWAITING = lookup.findVarHandle(BubbleScheduler.class, "awaiting", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Run run;
    private final SpinLock lock = new SpinLock();
    private final TimerHeap timers = new TimerHeap(); // guarded by lock
    private @Nullable Seat newest; // guarded by lock
    private volatile int members; // written under lock
    private volatile long now = START_NANOS; // written by the driver
    private volatile long active;
    private volatile @Nullable Waiter awaiting; // who waits for everybody else to come to rest
    private volatile boolean frozen; // the clock stands for good
    private volatile boolean ending; // who would wait ends

    BubbleScheduler(Run run) {
        this.run = run;
    }

    // Time.

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant wallClock(long nanoTime) {
        return START.plusNanos(nanoTime - START_NANOS);
    }

    @Override
    public void schedule(Timer timer, long when) {
        long order = random();
        lock.lock();
        while (!timers.hasRoom()) {
            lock.unlock();
            var larger = timers.larger();
            lock.lock();
            timers.grow(larger);
        }
        timers.add(timer, when, order);
        lock.unlock();
    }

    @Override
    public boolean cancel(Timer timer) {
        lock.lock();
        boolean removed = timers.remove(timer);
        lock.unlock();
        return removed;
    }

    /// From now on the clock stands.
    void freeze() {
        frozen = true;
    }

    // The count.

    @Override
    protected boolean counts(Waiter waiter) {
        Ambient ambient = Ambient.current();
        Goroutine g = ambient == null || ambient.scheduler() != this ? null : ambient.goroutine();
        if (g == null || g.scheduler() != this) {
            return false;
        }
        Seat.of(g).waiter = waiter;
        if (ending) {
            waiter.claim(Waiter.ENDED);
        }
        return true;
    }

    @Override
    protected void blocked() {
        giveBack();
    }

    @Override
    protected void unblocking() {
        ACTIVE.getAndAdd(this, 1L);
    }

    @Override
    protected void withdrawn() {
        if ((long) ACTIVE.getAndAdd(this, -1L) == 1) {
            run.wake();
        }
    }

    @Override
    protected void start(Goroutine goroutine) {
        var seat = new Seat(goroutine);
        goroutine.seat(seat);
        unblocking();
        add(seat);
        try {
            super.start(goroutine);
        } catch (Throwable t) {
            remove(seat);
            withdrawn(); // who starts may hold a lock; what it has left undone is seen when it comes to rest
            throw t;
        }
    }

    @Override
    protected void ended(Goroutine goroutine) {
        remove(Seat.of(goroutine));
        giveBack();
    }

    private void add(Seat seat) {
        lock.lock();
        Seat first = newest;
        seat.after = first;
        if (first != null) {
            first.before = seat;
        }
        newest = seat;
        members = members + 1;
        lock.unlock();
    }

    private void remove(Seat seat) {
        lock.lock();
        Seat before = seat.before;
        Seat after = seat.after;
        if (before == null) {
            newest = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
        members = members - 1;
        lock.unlock();
    }

    // Driving.

    private void giveBack() {
        if ((long) ACTIVE.getAndAdd(this, -1L) == 1) {
            drive();
        }
    }

    /// Does what is to be done while nobody can run, until somebody can. Does nothing when somebody can. Outside all locks.
    void drive() {
        boolean goesOn = true;
        while (goesOn && ACTIVE.compareAndSet(this, 0L, 1L)) {
            try {
                goesOn = step();
            } catch (Throwable t) { // no memory for the next step
                run.fail(t);
                goesOn = false;
            }
            if ((long) ACTIVE.getAndAdd(this, -1L) != 1) {
                return;
            }
        }
    }

    /// One thing. False when there is nothing to do any more.
    private boolean step() {
        Waiter awaiter = awaiting;
        boolean asked = members <= MOST_ASKED;
        if ((asked && endInterrupted()) || fireDue()) {
            return true;
        }
        if (members == 0 || ending) {
            run.wake();
            return false;
        }
        if (awaiter == null && !frozen && moveOn()) {
            return true;
        }
        if (!asked && endInterrupted()) {
            return true;
        }
        if (awaiter != null) {
            awaiting = null;
            wake(awaiter, Waiter.READY);
            return true;
        }
        run.stuck();
        return false;
    }

    private static boolean wake(Waiter waiter, Object outcome) {
        boolean won = waiter.claim(outcome);
        if (won) {
            waiter.wake();
        }
        return won;
    }

    /// Fires what is due by now. False when nothing was.
    private boolean fireDue() {
        boolean any = false;
        for (Timer due = due(); due != null; due = due()) {
            any = true;
            try {
                fire(due);
            } catch (Throwable t) {
                run.fail(t);
            }
        }
        return any;
    }

    private @Nullable Timer due() {
        lock.lock();
        Timer due = timers.pollDue(now);
        lock.unlock();
        return due;
    }

    /// Moves the clock to the next timer and fires what is due then. False when there is none.
    private boolean moveOn() {
        lock.lock();
        boolean any = timers.size() > 0;
        if (any) {
            now = timers.firstWhen();
        }
        lock.unlock();
        return any && fireDue();
    }

    /// Ends the waits of those who were interrupted: their threads are about to go on and have not told so yet.
    private boolean endInterrupted() {
        boolean any = false;
        for (Waiter waiter = interrupted(); waiter != null; waiter = interrupted()) {
            any = true;
            wake(waiter, Waiter.INTERRUPTED);
        }
        return any;
    }

    private @Nullable Waiter interrupted() {
        Waiter found = null;
        lock.lock();
        for (Seat seat = newest; seat != null && found == null; seat = seat.after) {
            found = seat.interrupted();
        }
        lock.unlock();
        return found;
    }

    // What the goroutines of the bubble ask for.

    /// The goroutine that calls, null when it is none of this bubble's.
    @Nullable Goroutine own() {
        Ambient ambient = Ambient.current();
        Goroutine g = ambient == null ? null : ambient.goroutine();
        return g != null && g.scheduler() == this ? g : null;
    }

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
        return ThreadLocalRandom.current().nextLong();
    }

    /// How many goroutines of the bubble live.
    int members() {
        return members;
    }

    /// The goroutines that live, the oldest first.
    List<Seat> seats() {
        var all = new ArrayList<Seat>();
        int room;
        boolean fits;
        do {
            room = members + 16;
            all.ensureCapacity(room); // it does not grow under the lock
            lock.lock();
            fits = members <= room;
            for (Seat seat = fits ? newest : null; seat != null; seat = seat.after) {
                all.add(seat);
            }
            lock.unlock();
        } while (!fits);
        return all.reversed();
    }

    /// Whoever waits from now on ends instead.
    void end() {
        ending = true;
    }

    @Override
    public String toString() {
        return "bubble at " + wallClock(now);
    }
}
