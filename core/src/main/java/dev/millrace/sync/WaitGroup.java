package dev.millrace.sync;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.ContextTask;
import dev.millrace.go.Task;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Countdown;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Scheduler;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waits for a number of things to be over.
///
/// ```java
/// var wg = new WaitGroup();
/// for (var url : urls) {
///     wg.go(() -> fetch(url));
/// }
/// wg.await();
/// ```
///
/// The counter starts at 0. [#add] raises it, [#done] lowers it, [#await()] waits until it is 0. Any number may wait at once;
/// all are released when the counter comes to 0. It can be used again at once. In a select it stands by the event of [#allDone()].
///
/// **Memory.** What happens before a `done` (or within a task of [#go]) is visible after the await that it released.
///
/// **Compared with Go.** The same, but for misuse: an add that would bring the counter below 0 throws and changes nothing,
/// where Go panics and leaves the group corrupt. An add from 0 while others return from a wait is no race here and needs no
/// check. `go` counts down also when the task fails, after the failure has gone to the policy. It is passed by reference: Go's
/// trap of copying a WaitGroup does not exist. Not there in Go: contexts, and [#allDone()], for which one starts a goroutine there that
/// waits and closes a channel. To get results and failures back, use a `TaskGroup`.
public final class WaitGroup {
    private final Countdown countdown = new Counter(this);

    /// A group with counter 0.
    public WaitGroup() {}

    /// Adds `delta`, which may be negative. Brings the counter to 0: everybody who waits is released.
    ///
    /// @throws IllegalStateException when the counter would be negative, or above [Integer#MAX_VALUE]; it is unchanged then
    public void add(int delta) {
        countdown.add(delta);
    }

    /// Lowers the counter by one.
    ///
    /// @throws IllegalStateException when it is 0
    public void done() {
        countdown.add(-1);
    }

    /// The counter now.
    public int count() {
        return countdown.count();
    }

    /// Waits until the counter is 0.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await() {
        if (countdown.await(null) == Countdown.INTERRUPTED) {
            throw new InterruptedWaitException("sync.WaitGroup.Wait");
        }
    }

    /// Waits until the counter is 0, or `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the counter is 0; or ends first
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await(Context ctx) {
        ctx.check();
        Object outcome = countdown.await(ContextBase.nodeOf(ctx));
        if (outcome == Countdown.INTERRUPTED) {
            throw new InterruptedWaitException("sync.WaitGroup.Wait");
        }
        if (outcome instanceof Ending) {
            ctx.check();
        }
    }

    /// The event that the counter comes to 0: for selects, and to look whether it has.
    ///
    /// ```java
    /// return Select.<Boolean>first()
    ///         .event(wg.allDone(), () -> true)
    ///         .timeout(ofSeconds(5), () -> false)
    ///         .run();
    /// ```
    ///
    /// It is the event of what is counted now, as an `await` that began now would wait for that: when the counter is used
    /// again after its next 0, this event has come and stays so, and another call answers the next one. When the counter is 0 now,
    /// it has come. All who ask between two zeros get the same. Never waits; nothing runs meanwhile, no goroutine and no timer.
    public Done allDone() {
        ContextBase event = countdown.atZero(WaitGroup::newEvent);
        if (event == null) {
            Done over = newEvent(Scheduler.current());
            Objects.requireNonNull(ContextBase.nodeOf(over)).occur();
            return over;
        }
        return (Done) event;
    }

    private static Done newEvent(Scheduler owner) {
        CancellableContext made = Ambient.callWithin(owner, () -> Context.background().withCancel());
        return made.done();
    }

    /// Counts one up, runs `body` on a new goroutine, and counts one down when it has ended, however it did. May be called
    /// from within such a task.
    public void go(Task body) {
        Objects.requireNonNull(body, "go of nil func value");
        Object context = Ambient.currentContext();
        start(new Counted(context, context == null ? null : ContextBase.nodeOf(context)) {
            @Override
            protected void body() throws Exception {
                body.run();
            }
        });
    }

    /// Like [#go(Task)], with `ctx`; the body gets a view of it.
    public void go(Context ctx, ContextTask body) {
        Context view = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        Objects.requireNonNull(body, "go of nil func value");
        start(new Counted(view, ContextBase.nodeOf(view)) {
            @Override
            protected void body() throws Exception {
                body.run(view);
            }
        });
    }

    private void start(Counted task) {
        add(1);
        try {
            task.spawn();
        } catch (Throwable t) {
            done();
            throw t;
        }
    }

    /// How it is now. Takes as long as the queue is.
    public WaitGroupSnapshot snapshot() {
        Countdown.View now = countdown.look();
        return new WaitGroupSnapshot(now.count(), now.waiting(), Duration.ofNanos(now.longestWait()));
    }

    /// `sync.WaitGroup.Wait (counter 2, 1 waiting)`.
    @Override
    public String toString() {
        Countdown.View now = countdown.look();
        return "sync.WaitGroup.Wait (counter " + now.count() + ", " + now.waiting() + " waiting)";
    }

    /// Belongs to the bubble, or to none, in which it has left zero. As a constant of many tests it is used by one after another.
    private static final class Counter extends Countdown {
        Counter(WaitGroup group) {
            super(group);
        }

        @Override
        protected boolean isShared() {
            return true;
        }

        @Override
        protected Error strange(String message) {
            return new SyncError("fatal error: " + message);
        }
    }

    private abstract class Counted extends Goroutine {
        Counted(@Nullable Object context, @Nullable Node node) {
            super(Scheduler.current(), context, node, "");
        }

        @Override
        protected final void helps(Consumer<Object> to) {
            to.accept(countdown);
        }

        @Override
        protected void ended(@Nullable Throwable failure) {
            try {
                super.ended(failure);
            } finally {
                done();
            }
        }
    }
}
