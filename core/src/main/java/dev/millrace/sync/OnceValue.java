package dev.millrace.sync;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.GoExit;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Room;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Sites;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value that is computed once, by whoever asks first, and remembered.
///
/// ```java
/// static final OnceValue<Config> CONFIG = OnceValue.of(Config::load);
///
/// var config = CONFIG.get();
/// ```
///
/// Who asks while it is computed waits. Later a `get` is one volatile read and allocates nothing. The value may be null, where `T` allows that.
///
/// **Failures.** With [#of] the failure is remembered as well: everybody is thrown the very same object, whose stack is that of the
/// computation. With [#retrying] it goes to the one who computed and to those who waited for that; the next `get` computes again. A function
/// that leaves by `Go.exit()` has failed: its goroutine ends, others are thrown an [IllegalStateException].
///
/// **Blocking and cancellation.** `get(ctx)` looks at the context first, and who waits for another's computation gives up when it ends;
/// the computation is not disturbed. The function gets no context: it is computed for all, not for who came first. A foreign interrupt ends a
/// wait, too.
///
/// **Within the function** `get` on the same object is an [IllegalStateException], where Go deadlocks; see [Once].
///
/// **Memory.** What the function did is visible to all who get the value. The function, and what it captured, is let go when it is not
/// needed any more: after the first run, or the first that has not failed.
///
/// **Compared with Go.** `sync.OnceValue`. A function that throws null throws a [NullPointerException]: there is no null failure. A null function
/// is refused when it is given; there each call panics. Not there in Go: contexts, [#retrying], [#isDone], [#done].
///
/// @param <T> the value
public final class OnceValue<T extends @Nullable Object> implements Supplier<T> {
    private static final VarHandle STATE;
    private static final VarHandle OVER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(OnceValue.class, "state", Object.class);
            OVER = lookup.findVarHandle(OnceValue.class, "over", CancellableContext.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private enum Over {
        VALUE,

        /// The same, for one of a bubble: its calls always look who it is.
        VALUE_IN_BUBBLE
    }

    private final String name;
    private final boolean retrying;
    private final Scheduler scheduler = Scheduler.current();
    private final AtomicReference<@Nullable Supplier<? extends T>> function; // null when it is not needed any more
    private volatile @Nullable Object state; // null; the OneRun, also when that has failed for good; VALUE
    private @Nullable T value; // written before VALUE
    private volatile @Nullable CancellableContext over; // ends when it is done; made by the first who asks
    private final @Nullable StackTraceElement made = Sites.ofMaking();

    OnceValue(String name, Supplier<? extends T> function, boolean retrying) {
        this.name = name;
        this.function = new AtomicReference<>(function);
        this.retrying = retrying;
    }

    /// A value that `function` computes. A failure is remembered like a value.
    ///
    /// @throws NullPointerException when it is null: at once, and not at each call as in Go
    public static <T extends @Nullable Object> OnceValue<T> of(Supplier<? extends T> function) {
        return new OnceValue<>("sync.OnceValue", Objects.requireNonNull(function, "function"), false);
    }

    /// A value that `function` computes. After a failure the next who asks tries again.
    ///
    /// @throws NullPointerException when it is null
    public static <T extends @Nullable Object> OnceValue<T> retrying(Supplier<? extends T> function) {
        return new OnceValue<>("sync.OnceValue", Objects.requireNonNull(function, "function"), true);
    }

    /// The value. Computes it, when nobody has; else waits until that other's function has ended.
    ///
    /// What the function throws is thrown as it is, also to those who did not call it.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    @Override
    public T get() {
        return state == Over.VALUE ? value() : computeOrWait(null);
    }

    /// Like [#get()]; who waits gives up when `ctx` ends. The function that runs is not disturbed, also when this has called it.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the value is there; or ends
    ///     while this waits
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    public T get(Context ctx) {
        ctx.check();
        return state == Over.VALUE ? value() : computeOrWait(ctx);
    }

    @SuppressWarnings("NullAway") // null where T allows that
    private T value() {
        return value;
    }

    private T computeOrWait(@Nullable Context ctx) {
        Owner.check(scheduler, "call of", this);
        Object now = state;
        if (now == null) {
            Room.needForRun(); // for the end of the run, which comes for certain
            var mine = new OneRun(this, scheduler);
            now = STATE.compareAndExchange(this, null, mine);
            if (now == null) {
                return compute(mine);
            }
        }
        if (now instanceof OneRun run) {
            run.await(ctx, name, made);
            Throwable failure = run.failure;
            if (failure instanceof GoExit) {
                throw new IllegalStateException(name + ": the function left by Go.exit() and has no result");
            }
            if (failure != null) {
                throw OnceValue.<RuntimeException>sneaky(failure);
            }
        }
        return value();
    }

    private T compute(OneRun mine) {
        try {
            T computed = Objects.requireNonNull(function.get()).get();
            value = computed;
            function.set(null);
            state = scheduler == Scheduler.real() ? Over.VALUE : Over.VALUE_IN_BUBBLE;
            return computed;
        } catch (Throwable t) {
            mine.failure = t;
            if (retrying) {
                state = null;
            } else {
                function.set(null);
            }
            throw t;
        } finally {
            mine.end();
            CancellableContext event = over;
            if (event != null && isDone()) {
                end(event);
            }
        }
    }

    private static void end(CancellableContext event) {
        Objects.requireNonNull(ContextBase.nodeOf(event)).occur();
    }

    private static boolean isOver(@Nullable Object now) {
        return now == Over.VALUE || now == Over.VALUE_IN_BUBBLE;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // thrown as it is, also what is declared nowhere
    private static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    /// Whether no function will run any more: the value is there, or the failure is for good.
    public boolean isDone() {
        Object now = state;
        return isOver(now) || (now instanceof OneRun run && !retrying && run.hasEnded());
    }

    /// The event that no function will run any more: to wait for the value without computing it, and for selects. When it has come,
    /// [#get()] does not wait.
    ///
    /// ```java
    /// return Select.<String>first()
    ///         .event(page.done(), () -> page.get())
    ///         .timeout(ofMillis(50), () -> "not loaded yet")
    ///         .run();
    /// ```
    ///
    /// With [#retrying] a failure is not the end: it comes with the value. Who waits for it within the function waits for ever: only [#get()] is
    /// refused there.
    public Done done() {
        // Who asks sets `over` before he reads the state, and the state is set before `over` is read: one of them sees the other.
        CancellableContext event = over;
        if (event == null) {
            CancellableContext fresh = Ambient.callWithin(scheduler, () -> Context.background().withCancel());
            event = OVER.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(over);
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
                ? run.snapshot(!retrying && run.hasEnded())
                : new OnceSnapshot(isOver(now), "", 0, Duration.ZERO);
    }

    /// `sync.OnceValue (done)`. Never shows the value.
    @Override
    public String toString() {
        Object now = state;
        String text = "not run yet";
        if (isOver(now)) {
            text = "done";
        } else if (now instanceof OneRun run) {
            text = run.hasEnded() ? "failed" : "running, " + run.waiting() + " waiting";
        }
        return name + " (" + text + ")";
    }
}
