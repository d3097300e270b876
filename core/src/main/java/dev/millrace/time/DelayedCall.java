package dev.millrace.time;

import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Countdown;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Timer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call that is made when its time has come, made by [After#afterFunc].
///
/// ```java
/// try (var late = After.afterFunc(ofSeconds(5), () -> log("still at it"))) {
///     work();
/// } // here it was prevented, or has ended
/// ```
///
/// Each time it is set, exactly one thing happens: the call is started once, on a goroutine of its own; or a [#stop()], or the next
/// [#reset], answers true. A run that lasts may overlap the next one. It is kept alive by being set: nobody needs to hold it.
///
/// Safe for use by all goroutines and threads at once. What happens before it is set is visible to the call.
///
/// **Compared with Go.** The `Timer` that `time.AfterFunc` answers. [#await()] and [#close()] are ours.
public final class DelayedCall implements AutoCloseable {
    private final Scheduler scheduler = Scheduler.current();
    private final @Nullable Object context = Ambient.currentContext();
    private final @Nullable Node node = context == null ? null : ContextBase.nodeOf(context);
    private final Runnable body;
    private final Countdown open = new Countdown("time.DelayedCall.await"); // runs that are set, or go on
    private final ReentrantLock setting = new ReentrantLock();
    private Run last; // guarded by setting

    private DelayedCall(Runnable body) {
        this.body = Objects.requireNonNull(body, "afterFunc of nil func value");
        this.last = new Run();
    }

    static DelayedCall start(long nanos, Runnable body) {
        var call = new DelayedCall(body);
        call.last.set(nanos);
        return call;
    }

    /// Prevents the call. True when that succeeded; false when it has started or was stopped before. Never waits for the call: see
    /// [#close()].
    public boolean stop() {
        Owner.check(scheduler, "stop of", this);
        setting.lock();
        try {
            return last.withdraw();
        } finally {
            setting.unlock();
        }
    }

    /// Sets it again, to run in `span` from now; at once when that is zero or less. True when that replaces a call that was still to
    /// come; false when that had started or was stopped. Never waits.
    ///
    /// @throws NullPointerException when `span` is null; nothing has changed then
    public boolean reset(Duration span) {
        long nanos = Deadlines.nanos(span);
        Owner.check(scheduler, "reset of", this);
        var next = new Run(); // asks spawn hooks, so outside the lock
        setting.lock();
        try {
            boolean was = last.withdraw();
            last = next;
            next.set(nanos);
            return was;
        } finally {
            setting.unlock();
        }
    }

    /// Waits until no call is to come or goes on. Called from within the call, it returns at once.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await() {
        Owner.check(scheduler, "wait for", this);
        if (!isCaller() && open.await(null) == Countdown.INTERRUPTED) {
            throw new InterruptedWaitException("time.DelayedCall.await");
        }
    }

    /// [#stop()], and then waits until those that have started have ended, whatever interrupts come. Called from within the
    /// call, it does not wait.
    @Override
    public void close() {
        stop();
        if (!isCaller()) {
            open.awaitUninterruptibly();
        }
    }

    private boolean isCaller() {
        return Goroutine.running() instanceof Call call && call.owner() == this;
    }

    @Override
    public String toString() {
        return "DelayedCall (" + (open.count() == 0 ? "nothing to come" : open.count() + " to come or going on") + ")";
    }

    /// One setting. All that the start will need but its thread is made when it is set.
    private final class Run extends Timer {
        private final Call call = new Call();

        void set(long nanos) {
            open.add(1);
            try {
                scheduler.schedule(this, Scheduler.after(scheduler.nanoTime(), nanos));
            } catch (Throwable t) {
                open.add(-1);
                throw t;
            }
        }

        boolean withdraw() {
            boolean withdrawn = scheduler.cancel(this);
            if (withdrawn) {
                open.add(-1);
            }
            return withdrawn;
        }

        @Override
        public Goroutine starts() {
            return call;
        }

        @Override
        protected void fire() {
            try {
                call.spawn();
            } catch (OutOfMemoryError e) {
                throw e; // it is tried again
            } catch (Throwable t) {
                open.add(-1);
                throw t;
            }
        }
    }

    private final class Call extends Goroutine {
        Call() {
            super(scheduler, context, node, "");
        }

        DelayedCall owner() {
            return DelayedCall.this;
        }

        @Override
        protected void body() {
            body.run();
        }

        @Override
        protected void helps(Consumer<Object> to) {
            to.accept(open);
        }

        @Override
        protected void ended(@Nullable Throwable failure) {
            try {
                super.ended(failure);
            } finally {
                open.add(-1);
            }
        }
    }
}
