package dev.millrace.group;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.ContextTask;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Countdown;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs tasks for one purpose and waits for all of them: the first failure cancels the others and is what the join throws.
///
/// ```java
/// try (var group = TaskGroup.open(ctx)) {
///     var user = group.fork(c -> shop.user(c, id));
///     var orders = group.fork(c -> shop.ordersOf(c, id));
///     group.join();
///     return new Page(user.get(), orders.get());
/// } // nothing that was started in here still runs
/// ```
///
/// **Blocking.** [#join()] waits until all tasks have ended; starting a task waits while the [#limit] is reached. Neither
/// observes a context (`join(ctx)` does); a foreign interrupt ends the wait.
///
/// **Closing** cancels the group's context and waits for all tasks, whatever interrupts come. A failure that no join has
/// thrown is thrown by `close()`, as it is, also when it is a checked exception: none is lost.
///
/// **Memory.** What a task does is visible after the join that waited for it.
///
/// **Compared with Go.** `errgroup` with a context, with the context as a parameter of each task, results, and a mode that
/// collects all failures. A task that throws anything is failed; in Go a panic ends the process. Several joins, and tasks after
/// a join, are as in Go: the context is dead by then.
public final class TaskGroup implements AutoCloseable {
    /// What a failure does.
    public enum Mode {
        /// The first failure cancels the context, with itself as the cause.
        FIRST_FAILURE,

        /// Nothing: all tasks run to their end.
        COLLECT_ALL
    }

    private final CancellableContext context;
    private final Context view;
    private final Mode mode;
    final Scheduler scheduler; // whom it belongs to
    private final Countdown live;
    private final Failures failures = new Failures();
    private volatile @Nullable Slots slots; // null: no limit was ever set
    private volatile boolean closed;

    private TaskGroup(Context parent, Mode mode) {
        this.context = parent.withCancel();
        this.view = context.view();
        this.mode = mode;
        this.scheduler = Objects.requireNonNull(ContextBase.nodeOf(context)).scheduler();
        this.live = new Countdown(this, scheduler);
    }

    /// A group whose tasks run under a child of `parent`. The child takes a name given by [Context#withName].
    public static TaskGroup open(Context parent) {
        return open(parent, Mode.FIRST_FAILURE);
    }

    /// A group in the given mode.
    public static TaskGroup open(Context parent, Mode mode) {
        Objects.requireNonNull(parent, "cannot create context from nil parent");
        return new TaskGroup(parent, Objects.requireNonNull(mode, "mode"));
    }

    /// The tasks' context. It ends with the first failure, after a join, at the close, and with its parent.
    public Context context() {
        return view;
    }

    // Starting tasks.

    /// Starts a task; waits first while the limit is reached.
    ///
    /// @throws IllegalStateException when the group is closed
    public void go(ContextTask body) {
        go("", body);
    }

    /// Starts a task called `name`; waits first while the limit is reached.
    ///
    /// @throws IllegalStateException when the group is closed
    public void go(String name, ContextTask body) {
        start(new Member.Plain(this, view, name(name), Objects.requireNonNull(body, "go of nil func value")), true);
    }

    /// Starts a task unless the limit is reached. Never waits.
    public boolean tryGo(ContextTask body) {
        return start(new Member.Plain(this, view, "", Objects.requireNonNull(body, "go of nil func value")), false);
    }

    /// Starts a task with a result; waits first while the limit is reached.
    ///
    /// @throws IllegalStateException when the group is closed
    public <T extends @Nullable Object> Forked<T> fork(ContextCall<? extends T> body) {
        return fork("", body);
    }

    /// Starts a task with a result, called `name`; waits first while the limit is reached.
    ///
    /// @throws IllegalStateException when the group is closed
    public <T extends @Nullable Object> Forked<T> fork(String name, ContextCall<? extends T> body) {
        var task = new Member.Valued<T>(this, view, name(name), Objects.requireNonNull(body, "go of nil func value"));
        start(task, true);
        return task;
    }

    /// Starts a task with a result unless the limit is reached; empty when it is. Never waits.
    public <T extends @Nullable Object> Optional<Forked<T>> tryFork(ContextCall<? extends T> body) {
        var task = new Member.Valued<T>(this, view, "", Objects.requireNonNull(body, "go of nil func value"));
        return start(task, false) ? Optional.of(task) : Optional.empty();
    }

    private static String name(String name) {
        return Objects.requireNonNull(name, "name");
    }

    boolean start(Member task, boolean wait) {
        Owner.check(scheduler, "go in", this);
        Slots limited;
        for (;;) {
            limited = slots;
            if (limited != null && !(wait ? limited.acquire() : limited.tryAcquire())) {
                if (wait) {
                    throw new InterruptedWaitException("errgroup.Go at its limit");
                }
                return false;
            }
            live.add(1);
            if (limited == slots) {
                break;
            }
            live.add(-1); // the first limit was set in between; it saw no active task
        }
        task.place = limited;
        boolean started = false;
        try {
            if (closed && !isMember()) {
                throw new IllegalStateException("task group is closed: no task can be started");
            }
            task.spawn();
            started = true;
        } finally {
            if (!started) {
                live.add(-1);
                if (limited != null) {
                    limited.release();
                }
            }
        }
        return true;
    }

    private boolean isMember() {
        return Goroutine.running() instanceof Member m && m.group == this;
    }

    /// For reports: what a task's end helps to release.
    void helpedBy(Member task, Consumer<Object> to) {
        to.accept(live);
        if (task.place != null) {
            to.accept(task.place);
        }
    }

    /// Called on a task's goroutine when it has ended.
    void memberEnded(Member task, @Nullable Throwable failure) {
        try {
            if (failure != null && failures.add(task, failure) && mode == Mode.FIRST_FAILURE) {
                cancel(failure);
            }
        } finally {
            if (task.place != null) {
                task.place.release();
            }
            live.add(-1);
        }
    }

    /// Lets at most `n` tasks run at once; a negative number: any.
    ///
    /// @throws IllegalStateException when tasks run and `n` is not negative
    public TaskGroup limit(int n) {
        Owner.check(scheduler, "limit of", this);
        if (n >= 0) {
            refuseActive(live.count());
            synchronized (live) {
                if (slots == null) {
                    slots = new Slots(this, scheduler);
                }
            }
            refuseActive(live.count()); // once more: who has not seen the places has counted itself before
        }
        Slots limited = slots;
        if (limited != null) {
            int active = limited.limit(n);
            if (n >= 0) {
                refuseActive(active);
            }
        }
        return this;
    }

    private static void refuseActive(int active) {
        if (active > 0) {
            throw new IllegalStateException(
                    "errgroup: modify limit while " + active + " goroutines in the group are still active");
        }
    }

    // Waiting.

    /// Waits until all tasks have ended, cancels the context, and throws the first failure, as it is, with the others
    /// suppressed. A failure that is nothing but the echo of the first one's cancel is left out.
    ///
    /// @throws Exception the first failure
    /// @throws InterruptedWaitException when the thread is interrupted first; the tasks run on
    public void join() throws Exception {
        awaitAll(null);
        finish();
    }

    /// Like [#join()], but gives up when `ctx` ends. The tasks run on then.
    ///
    /// @throws Exception the first failure
    /// @throws ContextException when `ctx` has ended before, or ends first
    /// @throws InterruptedWaitException when the thread is interrupted first; the tasks run on
    public void join(Context ctx) throws Exception {
        ctx.check();
        awaitAll(ctx);
        finish();
    }

    /// Waits for all tasks and cancels nothing.
    void awaitAll(@Nullable Context ctx) {
        Owner.check(scheduler, "join of", this);
        refuseMember("join");
        Object outcome = live.await(ctx == null ? null : ContextBase.nodeOf(ctx));
        if (outcome == Countdown.INTERRUPTED) {
            throw new InterruptedWaitException("errgroup.Wait");
        }
        if (outcome instanceof Ending && ctx != null) {
            ctx.check();
        }
    }

    private void finish() throws Exception {
        context.close();
        Throwable failure = failures.report();
        if (failure != null) {
            throw Failures.asItIs(failure);
        }
    }

    private void refuseMember(String operation) {
        if (isMember()) {
            throw new IllegalStateException(
                    operation + " within a task of the group would wait for itself: " + Goroutine.running());
        }
    }

    /// Cancels the tasks, on one of them: others wait for that, so it is done as soon as there is memory for it.
    void cancel(Throwable cause) {
        Objects.requireNonNull(ContextBase.nodeOf(context)).cancelCertainly(cause);
    }

    /// The failures so far: the first one first, then the others in the order in which they came.
    public List<Throwable> failures() {
        return failures.all();
    }

    /// Cancels what is left, waits for it, and throws the first failure if no join has.
    ///
    /// @throws IllegalStateException when it is called within a task of the group
    @Override
    public void close() {
        Owner.check(scheduler, "close of", this);
        refuseMember("close");
        closed = true;
        Slots limited = slots;
        if (limited != null) {
            limited.limit(-1); // who waits to start a task is told that it is too late
        }
        try {
            context.close();
        } finally {
            live.awaitUninterruptibly();
        }
        Throwable failure = failures.reportRest();
        if (failure != null) {
            throw Failures.<RuntimeException>sneaky(failure);
        }
    }

    @Override
    public String toString() {
        String name = view.name();
        var text = new ArrayList<String>(List.of(live.count() + " running", failures.count() + " failed"));
        if (closed) {
            text.add("closed");
        }
        return "errgroup.Wait" + (name.isEmpty() ? "" : " \"" + name + "\"") + " (" + String.join(", ", text) + ")";
    }
}
