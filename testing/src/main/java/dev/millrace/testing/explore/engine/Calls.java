package dev.millrace.testing.explore.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What rewritten code calls in place of methods of the JDK: see [Redirects]. Each does what that method does when the caller is not under control.
public final class Calls {
    private static final long MILLI = 1_000_000;

    private Calls() {}

    private static @Nullable Strand self() {
        Run run = Hooks.run();
        return run == null ? null : run.self();
    }

    private static Run run() {
        return Objects.requireNonNull(Hooks.run());
    }

    // LockSupport.

    /// See [LockSupport#park()].
    public static void park() {
        park(null, Strand.NEVER);
    }

    /// See [LockSupport#park(Object)].
    public static void park(@Nullable Object blocker) {
        park(blocker, Strand.NEVER);
    }

    /// See [LockSupport#parkNanos(long)].
    public static void parkNanos(long nanos) {
        parkNanos(null, nanos);
    }

    /// See [LockSupport#parkNanos(Object, long)].
    public static void parkNanos(@Nullable Object blocker, long nanos) {
        if (nanos > 0) {
            Strand s = self();
            park(blocker, s == null ? System.nanoTime() + nanos : deadline(nanos));
        }
    }

    /// See [LockSupport#parkUntil(long)].
    public static void parkUntil(long deadline) {
        parkUntil(null, deadline);
    }

    /// See [LockSupport#parkUntil(Object, long)].
    public static void parkUntil(@Nullable Object blocker, long deadline) {
        parkNanos(blocker, Math.max(1, (deadline - Times.currentTimeMillis()) * MILLI));
    }

    private static long deadline(long nanos) {
        long now = run().clock();
        return nanos > Long.MAX_VALUE - now - 1 ? Strand.NEVER : now + nanos;
    }

    private static void park(@Nullable Object blocker, long deadline) {
        Strand s = self();
        if (s == null) {
            if (deadline == Strand.NEVER) {
                LockSupport.park(blocker);
            } else {
                LockSupport.parkNanos(blocker, deadline - System.nanoTime());
            }
            return;
        }
        Run run = run();
        int field = run.catalog.field("permit of a thread");
        run.before(s, s, field);
        if (!s.permit && !s.interrupted && run.injection().strikes(Settings.Sweep.WAKE_UP)) {
            return;
        }
        run.strikeInterrupt(s);
        LockSupport.setCurrentBlocker(blocker);
        try {
            run.await(s, () -> s.permit, deadline, true, s,
                    "a permit" + (blocker == null ? "" : ": " + blocker(blocker)));
        } finally {
            LockSupport.setCurrentBlocker(null);
        }
        s.permit = false;
        run.after(s, s, field, Access.READ | Access.WRITE | Access.OPAQUE);
    }

    private static String blocker(Object blocker) {
        return blocker.getClass().getSimpleName();
    }

    /// See [LockSupport#unpark].
    public static void unpark(@Nullable Thread thread) {
        Strand s = self();
        Strand other = s == null || thread == null ? null : other(s, thread);
        if (s == null || other == null) {
            LockSupport.unpark(thread);
            return;
        }
        Run run = run();
        int field = run.catalog.field("permit of a thread");
        run.before(s, other, field);
        other.permit = true;
        run.after(s, other, field, Access.READ | Access.WRITE | Access.OPAQUE);
    }

    // Threads.

    /// See [Thread#yield()] and [Thread#onSpinWait()].
    public static void giveWay() {
        Strand s = self();
        if (s == null) {
            Thread.yield();
        } else if (s.quiet == 0) {
            run().giveWay(s);
        }
    }

    /// See [Thread#sleep(long)].
    public static void sleep(long millis) throws InterruptedException {
        sleep(Duration.ofMillis(millis));
    }

    /// See [Thread#sleep(long, int)].
    public static void sleep(long millis, int nanos) throws InterruptedException {
        sleep(Duration.ofMillis(millis).plusNanos(nanos));
    }

    /// See [TimeUnit#sleep].
    public static void sleep(TimeUnit unit, long time) throws InterruptedException {
        sleep(Duration.of(time, unit.toChronoUnit()));
    }

    /// See [Thread#sleep(Duration)].
    public static void sleep(Duration time) throws InterruptedException {
        Strand s = self();
        if (s == null || time.isNegative()) {
            Thread.sleep(time);
            return;
        }
        Run run = run();
        run.strikeInterrupt(s);
        if (time.isZero()) {
            run.giveWay(s);
        } else {
            run.await(s, () -> false, deadline(nanos(time)), true, s, "a sleep of " + time);
        }
        throwIfInterrupted(s);
    }

    private static void throwIfInterrupted(Strand s) throws InterruptedException {
        if (s.interrupted) {
            s.interrupted = false;
            throw new InterruptedException();
        }
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /// The strand of `thread`, null when it has none; whether it has been started may depend on the order.
    private static @Nullable Strand other(Strand s, Thread thread) {
        Run run = run();
        Strand other = run.find(thread);
        if (other == null && thread.getState() == Thread.State.NEW) {
            int field = run.catalog.field("start of a thread");
            run.before(s, thread, field);
            run.after(s, thread, field, Access.READ | Access.OPAQUE);
            other = run.find(thread);
        }
        return other;
    }

    /// See [Thread#interrupted()].
    public static boolean interrupted() {
        Strand s = self();
        if (s == null) {
            return Thread.interrupted();
        }
        Run run = run();
        int field = run.catalog.field("interrupt status of a thread");
        run.before(s, s, field);
        boolean was = s.interrupted;
        s.interrupted = false;
        run.after(s, s, field, was ? Access.UPDATE : Access.READ | Access.VOLATILE);
        return was;
    }

    /// See [Thread#isInterrupted()].
    public static boolean isInterrupted(Thread thread) {
        Strand s = self();
        Strand other = s == null ? null : other(s, thread);
        if (s == null || other == null) {
            return thread.isInterrupted();
        }
        Run run = run();
        int field = run.catalog.field("interrupt status of a thread");
        run.before(s, other, field);
        run.after(s, other, field, Access.READ | Access.VOLATILE);
        return other.interrupted;
    }

    /// See [Thread#interrupt()].
    public static void interrupt(Thread thread) {
        Strand s = self();
        Strand other = s == null ? null : other(s, thread);
        if (s == null || other == null) {
            thread.interrupt();
            return;
        }
        Run run = run();
        int field = run.catalog.field("interrupt status of a thread");
        run.before(s, other, field);
        other.interrupted |= other.state != Strand.State.DONE;
        run.after(s, other, field, Access.UPDATE);
    }

    /// See [Thread#holdsLock].
    public static boolean holdsLock(Object object) {
        Strand s = self();
        return s == null ? Thread.holdsLock(object) : run().monitors.isHeld(s, object);
    }

    /// See [Thread#threadId()]: for a thread of the program, by the order of asking.
    public static long threadId(Thread thread) {
        return self() == null ? thread.threadId() : run().id(thread);
    }

    /// See [Thread#isAlive()].
    public static boolean isAlive(Thread thread) {
        Strand s = self();
        Strand other = s == null ? null : other(s, thread);
        if (s == null || other == null) {
            return thread.isAlive();
        }
        look(s, other);
        return other.state != Strand.State.DONE;
    }

    private static void look(Strand s, Strand other) {
        Run run = run();
        int field = run.catalog.field("life of a thread");
        run.before(s, other, field);
        run.after(s, other, field, Access.READ | Access.OPAQUE);
        run.seen(s, other.state.number);
        if (other.state == Strand.State.DONE) {
            s.join(other.clock);
        }
    }

    /// See [Thread#getState()].
    public static Thread.State getState(Thread thread) {
        Strand s = self();
        Strand other = s == null ? null : other(s, thread);
        if (s == null || other == null) {
            return thread.getState();
        }
        look(s, other);
        return switch (other.state) {
            case READY -> Thread.State.RUNNABLE;
            case DONE -> Thread.State.TERMINATED;
            case WAITING ->
                    other.waits.startsWith("the monitor")
                            ? Thread.State.BLOCKED
                            : other.deadline == Strand.NEVER ? Thread.State.WAITING : Thread.State.TIMED_WAITING;
        };
    }

    /// See [Thread#join()].
    public static void join(Thread thread) throws InterruptedException {
        join(thread, 0);
    }

    /// See [Thread#join(long, int)].
    public static void join(Thread thread, long millis, int nanos) throws InterruptedException {
        join(thread, millis + (nanos > 0 ? 1 : 0));
    }

    /// See [Thread#join(long)].
    public static void join(Thread thread, long millis) throws InterruptedException {
        Strand s = self();
        if (s == null || millis < 0) {
            thread.join(millis);
            return;
        }
        joined(s, thread, millis == 0 ? Strand.NEVER : deadline(millis * MILLI));
    }

    /// See [Thread#join(Duration)].
    public static boolean join(Thread thread, Duration time) throws InterruptedException {
        Strand s = self();
        if (s == null || other(s, thread) == null) {
            return thread.join(time);
        }
        return joined(s, thread, deadline(Math.max(0, nanos(time))));
    }

    private static boolean joined(Strand s, Thread thread, long deadline) throws InterruptedException {
        Run run = run();
        Strand other = other(s, thread);
        if (other == null) {
            return true; // not started: as for one that has ended
        }
        run.strikeInterrupt(s);
        throwIfInterrupted(s);
        Run.Woken woken = run.await(
                s, () -> other.state == Strand.State.DONE, deadline, true, other, "the end of " + other);
        if (woken == Run.Woken.INTERRUPTED) {
            throwIfInterrupted(s);
        }
        if (woken == Run.Woken.READY) {
            s.join(other.clock);
        }
        return woken == Run.Woken.READY;
    }

    /// See [Thread#start()].
    public static void start(Thread thread) {
        Strand s = self();
        if (s != null && run().find(thread) == null) {
            Run run = run();
            int field = run.catalog.field("start of a thread");
            run.before(s, thread, field);
            Strand started = run.started(s, thread);
            started.daemon = Platform.isDaemonStandIn(run, thread);
            run.after(s, thread, field, Access.UPDATE);
            try {
                thread.start();
            } catch (Throwable t) {
                started.state = Strand.State.DONE;
                throw t;
            }
        } else {
            thread.start();
        }
    }

    /// See [Thread#startVirtualThread].
    public static Thread startVirtualThread(Runnable task) {
        return builderStart(Thread.ofVirtual(), task);
    }

    /// See [Thread.Builder#start].
    public static Thread builderStart(Thread.Builder builder, Runnable task) {
        Thread thread = builderUnstarted(builder, task);
        start(thread);
        return thread;
    }

    /// See [Thread.Builder#unstarted].
    public static Thread builderUnstarted(Thread.Builder builder, Runnable task) {
        Runnable wrapped = Objects.requireNonNull(wrap(task));
        return Platform.standIn(builder.unstarted(wrapped), wrapped);
    }

    /// See [Thread.Builder#factory()].
    public static ThreadFactory builderFactory(Thread.Builder builder) {
        ThreadFactory factory = builder.factory();
        return task -> {
            Runnable wrapped = wrap(task);
            return Platform.standIn(factory.newThread(wrapped), wrapped);
        };
    }

    /// What a thread runs, so that it waits for the baton first.
    public static @Nullable Runnable wrap(@Nullable Runnable task) {
        return task == null ? null : () -> {
            Thread thread = Thread.currentThread();
            try {
                begin(thread);
                task.run();
            } catch (Throwable t) {
                end(thread, t);
                return;
            }
            end(thread, null);
        };
    }

    /// The body of `thread` begins.
    public static void begin(Thread thread) {
        Run run = Hooks.run();
        Strand s = run == null ? null : run.find(thread);
        if (s != null && s.depth++ == 0) {
            s.begun = true;
            s.pause();
            if (s.abort) {
                throw new Unwound();
            }
            if (Thread.interrupted()) { // before it started
                s.interrupted = true;
            }
        }
    }

    /// It has ended.
    public static void end(Thread thread, @Nullable Throwable thrown) {
        Run run = Hooks.run();
        Strand s = run == null ? null : run.find(thread);
        if (run == null || s == null) {
            if (thrown != null) {
                throw Calls.<RuntimeException>asItIs(thrown);
            }
            return;
        }
        if (--s.depth > 0) {
            if (thrown != null) {
                throw Calls.<RuntimeException>asItIs(thrown);
            }
            return;
        }
        Throwable left = thrown;
        Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
        if (left != null && !s.abort && handler != null && handler != thread.getThreadGroup()) {
            try {
                handler.uncaughtException(thread, left);
                left = null;
            } catch (Throwable t) {
                left = t;
            }
        }
        run.ended(s, left);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // unchecked at run time: that is the point
    private static <X extends Throwable> X asItIs(Throwable failure) throws X {
        throw (X) failure;
    }

    // Monitors.

    /// Enters the monitor of `object`.
    public static void monitorEnter(Object object) {
        Strand s = self();
        if (s != null) {
            run().monitors.enter(s, Objects.requireNonNull(object));
        }
    }

    /// Leaves it. Throws nothing: the code that is called for leaves it again when this throws.
    public static void monitorExit(Object object) {
        Strand s = self();
        if (s != null && !s.abort) {
            run().monitors.exit(s, object);
        }
    }

    /// See [Object#wait()].
    public static void await(Object object) throws InterruptedException {
        await(object, 0);
    }

    /// See [Object#wait(long, int)].
    public static void await(Object object, long millis, int nanos) throws InterruptedException {
        await(object, millis + (nanos > 0 ? 1 : 0));
    }

    /// See [Object#wait(long)].
    public static void await(Object object, long millis) throws InterruptedException {
        Strand s = self();
        if (s != null) {
            if (millis < 0) {
                throw new IllegalArgumentException("timeout value is negative");
            }
            run().monitors.await(s, object, millis == 0 ? Strand.NEVER : deadline(millis * MILLI));
        }
    }

    /// See [Object#notify()].
    public static void signal(Object object) {
        Strand s = self();
        if (s != null) {
            run().monitors.signal(s, object);
        }
    }

    /// See [Object#notifyAll()].
    public static void signalAll(Object object) {
        Strand s = self();
        if (s != null) {
            run().monitors.signalAll(s, object);
        }
    }

    /// A number below `n`, which the explorer chooses.
    ///
    /// @throws IllegalStateException when the caller is no thread of a program that is explored
    public static int choose(int n) {
        if (n < 1 || n > 62) {
            throw new IllegalArgumentException("the number of choices must be from 1 to 62, was " + n);
        }
        if (self() == null) {
            throw new IllegalStateException(
                    "Explore.choose must be called by a program that is explored, was called on "
                            + Thread.currentThread());
        }
        return run().number(n);
    }
}
