package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A function that runs once, whoever calls it first; all others wait until it has ended.
///
/// ```java
/// Runnable close = OnceFunc.of(connection::close);
/// ```
///
/// Unlike with [Once] its failure is remembered: everybody is thrown the very same object. All else is as for an
/// [OnceValue] without value.
///
/// **Compared with Go.** `sync.OnceFunc`. A null function is refused when it is given; there each call panics.
public final class OnceFunc implements Runnable {
    private final OnceValue<@Nullable Object> once;

    private OnceFunc(Runnable function) {
        this.once = new OnceValue<>("sync.OnceFunc", () -> {
            function.run();
            return null;
        }, false);
    }

    /// A function that calls `function` once.
    ///
    /// @throws NullPointerException when it is null: at once, and not at each call as in Go
    public static OnceFunc of(Runnable function) {
        return new OnceFunc(Objects.requireNonNull(function, "function"));
    }

    /// Runs the function, when nobody has; else waits until it has ended. What it throws is thrown to everybody.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    @Override
    public void run() {
        once.get();
    }

    /// Like [#run()]; who waits gives up when `ctx` ends. The function that runs is not disturbed.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when it has run; or ends while this waits
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    public void run(Context ctx) {
        once.get(ctx);
    }

    /// Whether the function has ended, in whatever way.
    public boolean isDone() {
        return once.isDone();
    }

    /// The event that the function has ended, in whatever way: to wait for it without running it, and for selects. Who waits for it
    /// within the function waits for ever.
    public Done done() {
        return once.done();
    }

    /// How it is now.
    public OnceSnapshot snapshot() {
        return once.snapshot();
    }

    /// `sync.OnceFunc (done)`.
    @Override
    public String toString() {
        return once.toString();
    }
}
