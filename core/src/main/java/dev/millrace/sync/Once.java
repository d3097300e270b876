package dev.millrace.sync;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Room;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Sites;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Does something once, whoever comes first, and lets all others wait until it is done.
///
/// ```java
/// private final Once opened = new Once();
///
/// void write(String line) throws IOException {
///     opened.run(this::open); // may throw what open throws
///     out.append(line);
/// }
/// ```
///
/// The first call of [#run] runs its body; no other call on this object ever runs one, whatever body it brings. Who comes while it runs waits;
/// who comes later passes by one volatile read. To remember a value, or the failure, use [OnceValue].
///
/// **Failures.** A body that throws, or leaves by `Go.exit()`, has been run: the failure goes to its caller and to nobody else.
///
/// **Blocking and cancellation.** `run(ctx, body)` looks at the context first, and who waits for another's run gives up when it ends. The
/// run itself is not disturbed by that. A foreign interrupt ends a wait, too.
///
/// **Within the body** `run` on the same object is an [IllegalStateException]: it would wait for itself. That is seen
/// on the thread that runs the body. A body that waits for another goroutine, which waits for this object, hangs, as in Go: nobody can tell.
///
/// **Memory.** What the body does is visible after each `run` that returns normally, and after [#isDone()] and [#done()] say so.
///
/// **Compared with Go.** `sync.Once`, where the recursive call is a deadlock, and a nil function counts as run. Here a null body is refused
/// and nothing has happened. Not there in Go: contexts, `isDone`, `done`.
public final class Once {
    private static final VarHandle STATE;
    private static final VarHandle OVER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Once.class, "state", Object.class);
            OVER = lookup.findVarHandle(Once.class, "over", CancellableContext.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private enum Over {
        DONE,

        /// The same, for one of a bubble: its calls always look who it is.
        DONE_IN_BUBBLE
    }

    private final Scheduler scheduler = Scheduler.current();
    private volatile @Nullable Object state; // null, then the OneRun, then DONE
    private volatile @Nullable CancellableContext over; // ends when it is done; made by the first who asks
    private final @Nullable StackTraceElement made = Sites.ofMaking();

    /// Nothing has been done yet.
    public Once() {}

    /// Runs `body`, when no other call has; else waits until that other's body has ended.
    ///
    /// @throws X what the body throws, when it is this one that runs
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the body
    public <X extends Throwable> void run(Section<X> body) throws X {
        Objects.requireNonNull(body, "body");
        if (state != Over.DONE) {
            runOrWait(null, body);
        }
    }

    /// Like [#run(Section)]; who waits gives up when `ctx` ends. The body that runs is not disturbed, also when it is this one.
    ///
    /// @throws X what the body throws, when it is this one that runs
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when all is done: then the body
    ///     has not run by this call; or ends while this waits
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the body
    public <X extends Throwable> void run(Context ctx, Section<X> body) throws X {
        ctx.check();
        Objects.requireNonNull(body, "body");
        if (state != Over.DONE) {
            runOrWait(ctx, body);
        }
    }

    private <X extends Throwable> void runOrWait(@Nullable Context ctx, Section<X> body) throws X {
        Owner.check(scheduler, "call of", this);
        Object now = state;
        if (now == null) {
            Room.needForRun(); // for the end of the run, which comes for certain
            var mine = new OneRun(this, scheduler);
            now = STATE.compareAndExchange(this, null, mine);
            if (now == null) {
                try {
                    body.run();
                } finally {
                    ended(mine);
                }
                return;
            }
        }
        if (now instanceof OneRun run) {
            run.await(ctx, "sync.Once.Do", made);
        }
    }

    /// The state is set before `over` is read, and who asks sets `over` before he reads the state: one of them sees the other.
    private void ended(OneRun mine) {
        state = scheduler == Scheduler.real() ? Over.DONE : Over.DONE_IN_BUBBLE;
        mine.end();
        CancellableContext event = over;
        if (event != null) {
            end(event);
        }
    }

    private static void end(CancellableContext event) {
        Objects.requireNonNull(ContextBase.nodeOf(event)).occur();
    }

    /// Whether a body has run and ended, in whatever way.
    public boolean isDone() {
        return isOver(state);
    }

    private static boolean isOver(@Nullable Object now) {
        return now == Over.DONE || now == Over.DONE_IN_BUBBLE;
    }

    /// The event that a body has run and ended, in whatever way: to wait for it without running one, and for selects.
    /// Who waits for it within the body waits for ever: only [#run] is refused there.
    public Done done() {
        CancellableContext event = over;
        if (event == null) {
            CancellableContext made = Ambient.callWithin(scheduler, () -> Context.background().withCancel());
            event = OVER.compareAndSet(this, null, made) ? made : Objects.requireNonNull(over);
        }
        if (isDone()) {
            end(event);
        }
        return event.done();
    }

    /// How it is now.
    public OnceSnapshot snapshot() {
        Object now = state;
        return now instanceof OneRun run
                ? run.snapshot(false)
                : new OnceSnapshot(isOver(now), "", 0, Duration.ZERO);
    }

    /// `sync.Once.Do (done)`.
    @Override
    public String toString() {
        Object now = state;
        return "sync.Once.Do ("
                + (now == null ? "not run yet" : now instanceof OneRun run ? "running, " + run.waiting() + " waiting"
                        : "done")
                + ")";
    }
}
