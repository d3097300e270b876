package dev.millrace.internal;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A virtual thread of ours: what it runs, under which context, who made it; and its place in the [Registry].
///
/// [#spawn()] starts it. It is counted and registered before it starts, so a start that fails leaves nothing behind, and
/// taken off after its body and its [#ended] have run.
public abstract class Goroutine extends Ambient
        implements Runnable, ScopedValue.CallableOp<@Nullable Void, RuntimeException> {
    private final String name;
    private final @Nullable Node node;
    private final long creator;
    private final @Nullable Origin origin; // null when nobody wants to know
    private final SpawnHooks.@Nullable Carried carried;
    private @Nullable Object thread; // a Thread; with weak registration a Tracked, which does not keep it
    private @Nullable Seat seat; // null: not counted

    @Nullable Goroutine older; // the registry's list, guarded by its stripe's lock

    @Nullable Goroutine newer; // same

    /// @param context what is bound while it runs: a `dev.millrace.context.Context`, null for background
    /// @param node the context's node, null when that never ends
    /// @param name for messages and dumps; empty for none
    protected Goroutine(Scheduler scheduler, @Nullable Object context, @Nullable Node node, String name) {
        super(scheduler, context);
        this.node = node;
        this.name = name;
        this.creator = Thread.currentThread().threadId();
        this.origin = Origin.here(scheduler);
        SpawnHooks hooks = SpawnHooks.current();
        this.carried = hooks == null ? null : hooks.capture();
    }

    /// For the library's own needs: background context, no name, and no hooks are asked.
    protected Goroutine(Scheduler scheduler) {
        super(scheduler, null);
        this.node = null;
        this.name = "";
        this.creator = Thread.currentThread().threadId();
        this.origin = null;
        this.carried = null;
    }

    /// The goroutine that calls, null on a thread that is none of ours.
    public static @Nullable Goroutine running() {
        Ambient ambient = Ambient.current();
        if (ambient != null && ambient.goroutine != null) {
            return ambient.goroutine;
        }
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? Registry.find(thread) : null;
    }

    /// What the goroutine does.
    protected abstract void body() throws Throwable;

    /// Called when the body has ended, on the goroutine's own thread: `failure` is null when it returned or called
    /// `Go.exit()`. By default a failure goes to the policy for uncaught ones; but one that says that a context has ended, when its own
    /// has, is none: it has stopped as it was told to.
    protected void ended(@Nullable Throwable failure) {
        boolean asTold = failure instanceof EndNotice && node != null && node.ending() != null;
        if (failure != null && !asTold) {
            scheduler.failed(this, failure);
        }
    }

    /// Starts it. When no thread can be started the error is thrown here and nothing has changed.
    public final void spawn() {
        if (node != null) {
            node.markTasked();
        }
        scheduler.start(this);
    }

    /// For the scheduler: starts this on `thread`, which was made for it. Counted before it starts, as Go does.
    final void startOn(Thread thread) {
        this.thread = Registry.WEAK ? new Tracked(thread, this) : thread;
        if (!name.isEmpty()) {
            thread.setName(name);
        }
        Registry.add(this);
        try {
            thread.start();
        } catch (Throwable t) {
            Registry.remove(this);
            throw t;
        }
    }

    @Override
    public final void run() {
        try {
            if (context == null && origin == null && scheduler == Scheduler.real()) {
                call(); // what is bound would say no more than what holds without: see running()
            } else {
                scheduler.begun(this);
                ScopedValue.where(BOUND, this).call(this);
            }
        } catch (OutOfMemoryError e) { // call() throws none: it was not called, since nothing could be bound
            finish(e);
        } finally {
            Registry.remove(this);
            scheduler.ended(this);
        }
    }

    /// The goroutine's life, with everything bound. Not for users.
    @Override
    public final @Nullable Void call() {
        Tap tap = Tap.current();
        if (tap != null) {
            try {
                tap.goroutineStarted(this);
            } catch (Throwable t) {
                Uncaught.giveLater(t); // no memory for the event: the body runs all the same
            }
        }
        Throwable failure = null;
        try {
            if (carried == null) {
                body();
            } else {
                carried.run(this::body);
            }
        } catch (GoExit exit) {
            // ended in the middle, as asked
        } catch (Throwable t) {
            failure = t;
        }
        finish(failure);
        return null;
    }

    /// Each step is taken whatever becomes of the one before it: others wait for the end. Throws nothing.
    private void finish(@Nullable Throwable failure) {
        try {
            if (node != null) {
                node.taskEnded(this);
            }
        } catch (Throwable t) {
            failed(t);
        }
        try {
            ended(failure);
        } catch (Throwable t) {
            failed(t);
        }
        Tap tap = Tap.current();
        if (tap != null) {
            try {
                tap.goroutineEnded(this, failure);
            } catch (Throwable t) {
                Uncaught.giveLater(t);
            }
        }
    }

    private void failed(Throwable failure) {
        try {
            scheduler.failed(this, failure);
        } catch (Throwable t) {
            Uncaught.give(this, failure);
        }
    }

    /// The number that Go would print: the thread's.
    public final long id() {
        return Registry.WEAK ? tracked().id() : thread().threadId();
    }

    public final String name() {
        return name;
    }

    public final Thread thread() {
        Object its = Objects.requireNonNull(thread);
        return Registry.WEAK ? tracked().thread() : (Thread) its;
    }

    /// Its place in the registry, when that is weak.
    final Tracked tracked() {
        return (Tracked) Objects.requireNonNull(thread);
    }

    /// The node of its context, null when that never ends.
    public final @Nullable Node node() {
        return node;
    }

    /// The context that it was started with, null for background.
    public final @Nullable Object context() {
        return context;
    }

    /// The thread that started it.
    public final long creator() {
        return creator;
    }

    /// What its scheduler keeps about it, null for nothing.
    public final @Nullable Seat seat() {
        return seat;
    }

    /// For its scheduler.
    public final void seat(Seat mine) {
        seat = mine;
    }

    /// Where it was started; known in debug mode, under a scheduler that wishes it, and within a [Scope].
    public final @Nullable StackTraceElement site() {
        return origin == null ? null : origin.site();
    }

    /// Where it comes from, null when nobody wanted to know.
    public final @Nullable Origin origin() {
        return origin;
    }

    final @Nullable Scope scope() {
        return origin == null ? null : origin.scope();
    }

    /// What it waits for by the library, in words; empty when it does not.
    public final String waitsFor() {
        Waiter waiter = Waiter.of(thread());
        return waiter == null ? "" : waiter.toString();
    }

    /// For reports: tells `to` each object whose waiters this goroutine's end helps to release, such as the [Countdown] of its group.
    protected void helps(Consumer<Object> to) {}

    /// A name for people: its own, else the number.
    public final String label() {
        return name.isEmpty() ? "goroutine " + id() : name;
    }

    @Override
    public final String toString() {
        return "goroutine " + id() + (name.isEmpty() ? "" : " \"" + name + "\"");
    }
}
