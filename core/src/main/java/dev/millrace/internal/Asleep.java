package dev.millrace.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One look at the whole JVM that found everybody asleep: nobody whom it could see would ever go on by itself.
///
/// The rules. A look answers null, which is "somebody may go on", unless all of this holds:
///
///  1. No timer of the library is pending or fires now. So a sleep, a deadline that somebody waits under, an alarm that somebody waits for
///     postpone the verdict until they are over, as in Go.
///  2. Every goroutine is parked in a wait of the library ([Waiter]), undecided, and belongs to the real scheduler (a bubble of the test
///     kit reports for itself).
///  3. Every platform thread, daemon or not, is parked in such a wait too; or it is one of ours that only serve; or it is the JVM's own by name,
///     thread group and state: see [#isJvmsOwn]. Any other thread that lives keeps the look from saying anything, whether it runs or
///     waits: what it will do is not known. So nobody is blamed in a JVM with a debugger's, a profiler's or a pool's threads.
///  4. No virtual thread that is not ours can go on. They cannot be listed, but what makes them go on can be seen: none is mounted or
///     queued (the carriers are at rest; with the module `dev.millrace.jvm` also by the JDK's own counts), none sleeps (the JDK's scheduler of
///     delays waits without a limit), and no poller for sockets exists, which is there from the first socket that a virtual
///     thread has waited for. One that is parked without a limit waits for somebody else, and nobody else is left.
///  5. No signal for which a context stands by (`Signals.notifyContext`) would release anybody: nothing that waits, and nothing that would be
///     started, hangs on such a context.
///  6. Somebody waits at all.
///
/// One look takes time, and what it saw first may have changed when it saw the rest. Therefore two looks, and a report only if the first
/// [#isFollowedBy] the second: the same waits, all undecided, and no thread was made from the beginning of the first to the end of the second
/// (threads are numbered one after the other, and each look draws a number before and after). A waiter serves for one wait. So all of them
/// were parked together at every instant between the looks, and nobody was there to wake them.
///
/// What cannot be seen: native code that will attach a thread of its own; a handler that was installed with `sun.misc.Signal` directly; a
/// cleaner or finalizer that would release somebody after a collection (Go does not wait for those either); a virtual thread
/// that is pinned in a timed wait, without the module `dev.millrace.jvm`; virtual threads on a scheduler that is not the JDK's.
final class Asleep {
    private final List<Sight> waiting;
    private final long first;
    private final long last;

    /// @param first a number drawn before the look
    /// @param last one drawn after it
    Asleep(List<Sight> waiting, long first, long last) {
        this.waiting = waiting;
        this.first = first;
        this.last = last;
    }

    /// The cheap questions first: most looks end with one of them. Null when somebody may go on.
    static @Nullable Asleep look() {
        long first = drawNumber();
        var real = (RealScheduler) Scheduler.real();
        if (real.isAwaited()) {
            return null;
        }
        var waiting = new ArrayList<Sight>();
        for (Thread thread : Sight.platformThreads()) {
            Waiter waiter = Waiter.of(thread);
            if (waiter != null) {
                waiting.add(new Sight(thread, null, waiter));
            } else if (!isOurs(thread, real) && !isJvmsOwn(thread)) {
                return null;
            }
        }
        for (Goroutine g : Registry.all()) {
            Sight sight = Sight.of(g);
            if (sight.waiter() == null || g.scheduler != real) {
                return null;
            }
            waiting.add(sight);
        }
        if (waiting.isEmpty() || Outside.mayRelease() || carriersAreBusy() || real.isAwaited()) {
            return null;
        }
        return new Asleep(waiting, first, drawNumber());
    }

    /// Those who wait, in no order.
    List<Sight> waiting() {
        return waiting;
    }

    /// Whether nothing has happened from the beginning of this look to the end of `next`.
    boolean isFollowedBy(Asleep next) {
        boolean noThreadMade = last == first + 1 && next.first == last + 1 && next.last == next.first + 1;
        if (!noThreadMade || waiting.size() != next.waiting.size()) {
            return false;
        }
        Set<Waiter> same = Collections.newSetFromMap(new IdentityHashMap<>());
        waiting.forEach(sight -> same.add(sight.waiter()));
        return next.waiting.stream().allMatch(sight -> same.contains(sight.waiter()));
    }

    /// Puts looks together, one after the other.
    static final class Judge {
        private @Nullable Asleep last;

        /// Whether `now`, the next look, shows together with the one before that everybody is asleep for good.
        boolean isDeadlock(@Nullable Asleep now) {
            Asleep before = last;
            last = now;
            return before != null && now != null && before.isFollowedBy(now);
        }
    }

    /// The number of a thread that is never started: threads of all kinds draw theirs from one counter.
    private static long drawNumber() {
        return new Thread(() -> {}).threadId();
    }

    private static boolean isOurs(Thread thread, RealScheduler real) {
        return thread instanceof Watcher.Watching || real.isRunBy(thread) || Fairness.isRunBy(thread);
    }

    private static boolean carriersAreBusy() {
        Carriers carriers = Carriers.known();
        return carriers != null && carriers.someRun();
    }

    /// Whether `thread` is one of the JVM's own threads, and at rest. By its name and its group, which is one of the JVM's: nobody's threads
    /// get there by accident. What is not listed here counts as foreign.
    static boolean isJvmsOwn(Thread thread) {
        ThreadGroup in = thread.getThreadGroup();
        String name = thread.getName();
        Thread.State state = thread.getState();
        boolean resting = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        return switch (in == null ? "" : in.getName()) {
            case "system" -> switch (name) {
                case "Reference Handler", "Signal Dispatcher", "Notification Thread", "Service Thread",
                        "Monitor Deflation Thread",
                        "Attach Listener" -> true;
                case "Finalizer" -> resting;
                default -> name.startsWith("C1 CompilerThread") || name.startsWith("C2 CompilerThread");
            };
            case "InnocuousThreadGroup" -> name.equals("VirtualThread-unblocker")
                    || (resting && (name.equals("Common-Cleaner") || name.startsWith("Cleaner-")));
            case "CarrierThreads" -> name.endsWith("-delayScheduler") ? state == Thread.State.WAITING : resting;
            case "main" -> name.equals("DestroyJavaVM") && thread.getStackTrace().length == 0; // main has returned
            default -> false;
        };
    }
}
