package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.sync.Locker;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A case of a select as a value, for [Select#first(Case...)] and [Select#ordered(Case...)]. What each does is said at [Select].
///
/// @param <R> what the select answers
public final class Case<R extends @Nullable Object> {
    private final Consumer<Select<R>> addition;

    private Case(Consumer<Select<R>> addition) {
        this.addition = addition;
    }

    void addTo(Select<R> select) {
        addition.accept(select);
    }

    /// See [Select#receive].
    public static <T, R extends @Nullable Object> Case<R> receive(
            ReceiveChan<T> chan, Function<? super T, ? extends R> onValue) {
        Objects.requireNonNull(chan, "chan");
        return new Case<>(select -> select.receive(chan, onValue));
    }

    /// See [Select#next].
    public static <T, R extends @Nullable Object> Case<R> next(
            ReceiveChan<T> chan, Function<? super Received<T>, ? extends R> handler) {
        Objects.requireNonNull(chan, "chan");
        return new Case<>(select -> select.next(chan, handler));
    }

    /// See [Select#send].
    public static <T, R extends @Nullable Object> Case<R> send(
            SendChan<T> chan, T value, Supplier<? extends R> onSent) {
        Objects.requireNonNull(chan, "chan");
        return new Case<>(select -> select.send(chan, value, onSent));
    }

    /// See [Select#done].
    public static <R extends @Nullable Object> Case<R> done(
            Context ctx, Function<? super Throwable, ? extends R> onDone) {
        Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
        return new Case<>(select -> select.done(ctx, onDone));
    }

    /// See [Select#event].
    public static <R extends @Nullable Object> Case<R> event(Done event, Supplier<? extends R> onEvent) {
        Objects.requireNonNull(event, "event");
        return new Case<>(select -> select.event(event, onEvent));
    }

    /// See [Select#completed].
    public static <R extends @Nullable Object> Case<R> completed(
            CompletionStage<?> stage, Supplier<? extends R> onCompleted) {
        Objects.requireNonNull(stage, "stage");
        return new Case<>(select -> select.completed(stage, onCompleted));
    }

    /// See [Select#lock].
    public static <R extends @Nullable Object> Case<R> lock(Locker locker, Supplier<? extends R> onLocked) {
        Objects.requireNonNull(locker, "locker");
        return new Case<>(select -> select.lock(locker, onLocked));
    }

    /// See [Select#acquire].
    public static <R extends @Nullable Object> Case<R> acquire(
            WeightedSemaphore semaphore, long n, Supplier<? extends R> onAcquired) {
        Objects.requireNonNull(semaphore, "semaphore");
        return new Case<>(select -> select.acquire(semaphore, n, onAcquired));
    }

    /// See [Select#timeout].
    public static <R extends @Nullable Object> Case<R> timeout(Duration timeout, Supplier<? extends R> onTimeout) {
        Objects.requireNonNull(timeout, "timeout");
        return new Case<>(select -> select.timeout(timeout, onTimeout));
    }

    /// See [Select#orElse].
    public static <R extends @Nullable Object> Case<R> orElse(Supplier<? extends R> handler) {
        return new Case<>(select -> select.orElse(handler));
    }
}
