package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Countdown;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Sites;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One run of what shall run once: who runs it, how it ended, and those who wait for that.
///
/// Made by the thread that runs. That puts it where others find it, by one compare-and-set; runs the body; writes what came of it, here
/// and in the owner; and calls [#end()]. Who has waited reads then.
final class OneRun {
    @Nullable Throwable failure; // written before the end
    private final Object owner;
    private final Countdown over;
    private @Nullable Thread runner = Thread.currentThread(); // exact for a thread that asks about itself

    OneRun(Object owner, Scheduler scheduler) {
        this.owner = owner;
        this.over = new Countdown(owner, scheduler) {
            @Override
            protected @Nullable Thread counter() {
                return runner;
            }
        };
        over.add(1);
    }

    /// Releases all who wait.
    void end() {
        runner = null;
        over.add(-1);
    }

    boolean hasEnded() {
        return over.count() == 0;
    }

    /// The name of the thread that runs; empty when the run has ended.
    String runner() {
        Thread now = runner;
        return now == null ? "" : now.getName().isEmpty() ? "goroutine " + now.threadId() : now.getName();
    }

    int waiting() {
        return over.waiting();
    }

    /// How it is now, of an owner that is `done` or not.
    OnceSnapshot snapshot(boolean done) {
        Countdown.View now = over.look();
        return new OnceSnapshot(done, runner(), now.waiting(), Duration.ofNanos(now.longestWait()));
    }

    /// Waits until the run has ended, or `ctx` ends, which throws; null observes none.
    ///
    /// @param operation for the message
    /// @param made where its owner was made, when that is known
    void await(@Nullable Context ctx, String operation, @Nullable StackTraceElement made) {
        if (runner == Thread.currentThread()) {
            throw new IllegalStateException(
                    operation + ": called from within its own body, which would wait for itself for ever: " + owner
                            + Sites.madeAt(made, false));
        }
        Object outcome = over.await(ctx == null ? null : ContextBase.nodeOf(ctx));
        if (outcome == Countdown.INTERRUPTED) {
            throw new InterruptedWaitException(operation);
        }
        if (outcome instanceof Ending) {
            Objects.requireNonNull(ctx).check();
        }
    }
}
