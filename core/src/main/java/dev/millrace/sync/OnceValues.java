package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Two values that are computed together, once, by whoever asks first, and remembered.
///
/// ```java
/// var keys = OnceValues.of(() -> OnceValues.both(publicKey(), privateKey()));
/// var open = keys.get().first();
/// ```
///
/// All else is as for an [OnceValue].
///
/// **Compared with Go.** `sync.OnceValues`. Its common use there is a value and an error: that is an [OnceValue] here, whose function throws.
/// A null function is refused when it is given; there each call panics.
///
/// @param <A> the first value
/// @param <B> the second
public final class OnceValues<A extends @Nullable Object, B extends @Nullable Object>
        implements Supplier<OnceValues.Both<A, B>> {
    /// Two values.
    ///
    /// @param first the first one
    /// @param second the other
    public record Both<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {}

    private final OnceValue<Both<A, B>> once;

    private OnceValues(Supplier<Both<A, B>> function) {
        this.once = new OnceValue<>(
                "sync.OnceValues", () -> Objects.requireNonNull(function.get(), "the function answered null for both"),
                false);
    }

    /// Values that `function` computes. A failure is remembered like a value.
    ///
    /// @throws NullPointerException when it is null: at once, and not at each call as in Go
    public static <A extends @Nullable Object, B extends @Nullable Object> OnceValues<A, B> of(
            Supplier<Both<A, B>> function) {
        return new OnceValues<>(Objects.requireNonNull(function, "function"));
    }

    /// What a function answers.
    public static <A extends @Nullable Object, B extends @Nullable Object> Both<A, B> both(A first, B second) {
        return new Both<>(first, second);
    }

    /// The values. Computes them, when nobody has; else waits until that other's function has ended. What it throws is
    /// thrown to everybody.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    @Override
    public Both<A, B> get() {
        return once.get();
    }

    /// Like [#get()]; who waits gives up when `ctx` ends. The function that runs is not disturbed.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the values are there; or
    ///     ends while this waits
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; its interrupt status is set again
    /// @throws IllegalStateException when it is called from within the function; or that left by `Go.exit()`
    public Both<A, B> get(Context ctx) {
        return once.get(ctx);
    }

    /// Whether no function will run any more.
    public boolean isDone() {
        return once.isDone();
    }

    /// The event that no function will run any more: to wait for the values without computing them, and for selects. Who waits for
    /// it within the function waits for ever.
    public Done done() {
        return once.done();
    }

    /// How it is now.
    public OnceSnapshot snapshot() {
        return once.snapshot();
    }

    /// `sync.OnceValues (done)`.
    @Override
    public String toString() {
        return once.toString();
    }
}
