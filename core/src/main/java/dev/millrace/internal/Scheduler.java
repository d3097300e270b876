package dev.millrace.internal;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The one facility through which all blocking, waking, spawning and timing of the library goes.
///
/// There is one for production, [#real()], and others for tests with virtual time, each for one bubble. An object takes its
/// scheduler when it is made ([#current()]) and keeps it: that is whom it belongs to ([Owner]). What an implementation must keep:
///
///  - By [#seat] and [#start] it may count the goroutines that can run: see [Seat].
///  - [#schedule] and [#cancel] are called from any thread, also while a context's lock is held; they take no lock of the
///    library but their own. A timer fires outside that lock.
///  - [#nanoTime()] never goes back and is compared by subtraction only.
///  - [#toString()] names it in messages: `bubble "orders"`.
public abstract class Scheduler {
    private static final ThreadFactory VIRTUAL =
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    private static boolean others; // plain: who is in a bubble was started after it was set; who is not may see either

    /// For implementations.
    protected Scheduler() {}

    /// The scheduler of production: the JDK's virtual threads and clock.
    public static Scheduler real() {
        return Real.INSTANCE;
    }

    /// The scheduler of the goroutine that calls; the real one outside all others.
    public static Scheduler current() {
        if (!others) {
            return Real.INSTANCE;
        }
        Ambient ambient = Ambient.current();
        return ambient == null ? Real.INSTANCE : ambient.scheduler;
    }

    /// Must be called before the first goroutine of another scheduler starts: until then nobody asks for the current one.
    protected static void announceOthers() {
        others = true;
        Countdown.watch();
    }

    /// Whether there never was another than the real one.
    public static boolean isAlone() {
        return !others;
    }

    public abstract long nanoTime();

    /// The wall-clock time at the scheduler's instant `nanoTime`.
    public abstract Instant wallClock(long nanoTime);

    /// Lets `timer`, which is not scheduled, fire at `when`; at once when that is past.
    public abstract void schedule(Timer timer, long when);

    /// Withdraws `timer`. False when it has fired, is firing, or never was scheduled.
    public abstract boolean cancel(Timer timer);

    /// Fires `timer`, which is due and no longer scheduled. For implementations; outside all locks.
    protected static void fire(Timer timer) {
        timer.fire();
    }

    /// The seat of the calling thread, which is about to park in `waiter`. Null when it is none that is counted: then nobody hears of
    /// its wait.
    protected @Nullable Seat seat(Waiter waiter) {
        return null;
    }

    /// Starts `goroutine` on a new virtual thread.
    protected void start(Goroutine goroutine) {
        goroutine.startOn(VIRTUAL.newThread(goroutine));
    }

    /// Called by a goroutine of this scheduler, on its own thread, before anything else.
    protected void begun(Goroutine goroutine) {}

    /// Where a failure goes that nobody has caught. On the goroutine's own thread.
    protected void failed(Goroutine goroutine, Throwable failure) {
        Uncaught.give(goroutine, failure);
    }

    /// Whether a goroutine is to know where it was started: that takes about a microsecond.
    protected boolean keepsSites() {
        return Debug.on();
    }

    /// A number by which the library chooses where Go chooses by chance.
    public long random() {
        return ThreadLocalRandom.current().nextLong();
    }

    /// Whether nothing may decide that differs from run to run, such as the number of a thread.
    public boolean isRepeatable() {
        return false;
    }

    /// Called by a goroutine of this scheduler when its body has ended.
    protected void ended(Goroutine goroutine) {}

    /// The timers that are set, when this scheduler can tell: for reports.
    public List<Timer> timersSet() {
        return List.of();
    }

    /// Lets others run.
    public void giveWay() {
        Thread.yield();
    }

    /// `base + duration`, at most some 146 years away: so instants stay comparable by subtraction.
    public static long after(long base, long nanos) {
        return base + Math.clamp(nanos, -FOREVER, FOREVER);
    }

    /// Apart, since a class must not make an instance of its subclass while it is initialised.
    private static final class Real {
        static final Scheduler INSTANCE = new RealScheduler();

        static {
            Uncaught.current(); // a class that is first initialised without memory can never be used
            Watcher.startIfAsked();
        }
    }

    /// A span that is as good as for ever: half of what a long can tell apart.
    public static final long FOREVER = Long.MAX_VALUE / 2;
}
