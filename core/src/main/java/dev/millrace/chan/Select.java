package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Completion;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.LockBase;
import dev.millrace.internal.Offer;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SelectCore;
import dev.millrace.internal.SemaphoreBase;
import dev.millrace.sync.Locker;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Waits for the first of several things, does exactly that one, and answers what its handler answers.
///
/// ```java
/// String answer = Select.<String>first()
///         .receive(replica1, text -> text)
///         .receive(replica2, text -> text)
///         .done(ctx, cause -> "gave up: " + cause.getMessage())
///         .timeout(ofMillis(50), () -> "too slow")
///         .run();
/// ```
///
/// The same in one expression, with cases that are values: [#first(Case...)], [#ordered(Case...)]. Without lambdas, for loops and for cases known
/// only at run time: [Selector].
///
/// **Choice.** When several cases are ready, one of them is taken at random, all alike: a channel that stands in two cases counts
/// twice. With [#ordered()] it is the first in the order of the cases.
///
/// **One instant.** Exactly one case happens, and a value moves only by that one; the others leave no trace. [#orElse] is
/// taken only if at one instant no case was ready. Handlers run after the select is over, on the calling thread; what they throw
/// comes out of `run`.
///
/// A case that can never happen is one on [Chan#never()]. A select may be kept and run again, by one goroutine at a time; each
/// run of a send case sends the same value.
///
/// **Locks.** A lock can be a case too ([#lock]): waited for with other things, and taken only by the case that happens.
///
/// **Compared with Go.** The `select` statement. Channels and values are evaluated once, when the case is added. The
/// timeout is a case there too, `<-time.After(d)`; here it leaves no timer behind.
///
/// @param <R> what the handlers answer
public final class Select<R extends @Nullable Object> {
    private final SelectCore core;
    private final List<Supplier<? extends R>> handlers = new ArrayList<>(4); // by the index of the case
    private long nanos = Scheduler.FOREVER;
    private @Nullable Supplier<? extends R> late; // the timeout's handler
    private @Nullable Supplier<? extends R> otherwise; // the default's

    private Select(boolean ordered) {
        this.core = new SelectCore(ordered);
    }

    /// A select that takes any of the ready cases.
    public static <R extends @Nullable Object> Select<R> first() {
        return new Select<>(false);
    }

    /// A select that takes the first of the ready cases, in the order in which they were added. Among channels, locks and semaphores that is exact: a
    /// case is not passed over that was ready before. An event that comes while the select tries what stands behind it, or begins to wait, may lose to that.
    public static <R extends @Nullable Object> Select<R> ordered() {
        return new Select<>(true);
    }

    /// Runs a select with `cases`.
    ///
    /// ```java
    /// import static dev.millrace.chan.Case.*;
    ///
    /// String state = Select.first(
    ///         receive(in, text -> "got " + text),
    ///         send(out, "ping", () -> "sent"),
    ///         orElse(() -> "nothing to do"));
    /// ```
    @SafeVarargs
    public static <R extends @Nullable Object> R first(Case<R>... cases) {
        Select<R> select = first();
        for (Case<R> c : cases) {
            c.addTo(select);
        }
        return select.run();
    }

    /// Runs a select with `cases`, which takes the first that is ready, as [#ordered()] does.
    @SafeVarargs
    public static <R extends @Nullable Object> R ordered(Case<R>... cases) {
        Select<R> select = ordered();
        for (Case<R> c : cases) {
            c.addTo(select);
        }
        return select.run();
    }

    // Cases.

    /// A receive. When it happens because the channel is closed and empty, `run` throws a [ChanClosedException].
    public <T> Select<R> receive(ReceiveChan<T> chan, Function<? super T, ? extends R> onValue) {
        Objects.requireNonNull(onValue, "onValue");
        Offer offer = core.receive(Chan.core(chan));
        handlers.add(() -> {
            Object item = received(offer);
            if (item == null) {
                throw ChanClosedException.of(
                        "receive on", chan.name(), Objects.requireNonNull(Chan.core(chan).closure()));
            }
            return onValue.apply(Select.<T>value(item));
        });
        return this;
    }

    /// A receive whose handler is told either the value or that the channel is closed and empty.
    public <T> Select<R> next(ReceiveChan<T> chan, Function<? super Received<T>, ? extends R> handler) {
        Objects.requireNonNull(handler, "handler");
        Offer offer = core.receive(Chan.core(chan));
        handlers.add(() -> {
            Object item = received(offer);
            return handler.apply(
                    item != null
                            ? Chan.answer(Select.<T>value(item))
                            : Received.Closed.of(Objects.requireNonNull(Chan.core(chan).closure()).cause()));
        });
        return this;
    }

    private static @Nullable Object received(Offer offer) {
        Object item = offer.item();
        offer.item(null);
        return item;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // only Ts are sent
    private static <T> T value(Object item) {
        return (T) item;
    }

    /// A send of `value`. When it happens because the channel is closed, `run` throws a [ChanClosedException].
    public <T> Select<R> send(SendChan<T> chan, T value, Supplier<? extends R> onSent) {
        Objects.requireNonNull(onSent, "onSent");
        Offer offer = Chan.offer(core, chan, Chan.present(value));
        handlers.add(() -> {
            if (offer.isClosed()) {
                throw Chan.sendFailed(chan);
            }
            return onSent.get();
        });
        return this;
    }

    /// The end of `ctx`; the handler is given its cause.
    public Select<R> done(Context ctx, Function<? super Throwable, ? extends R> onDone) {
        Objects.requireNonNull(onDone, "onDone");
        core.event(ContextBase.nodeOf(ctx));
        handlers.add(() -> onDone.apply(Objects.requireNonNull(ctx.cause())));
        return this;
    }

    /// An event: the end of a context ([Context#done()]), of a task.
    public Select<R> event(Done event, Supplier<? extends R> onEvent) {
        Objects.requireNonNull(onEvent, "onEvent");
        core.event(ContextBase.nodeOf(Objects.requireNonNull(event, "event")));
        handlers.add(onEvent);
        return this;
    }

    /// The completion of `stage`, in whatever way: a future, `process.onExit()`.
    public Select<R> completed(CompletionStage<?> stage, Supplier<? extends R> onCompleted) {
        Objects.requireNonNull(onCompleted, "onCompleted");
        core.event(Completion.of(stage));
        handlers.add(onCompleted);
        return this;
    }

    /// The lock of `locker`, as [Locker#lock()] does. When it happens the caller has the lock, and the handler, or who comes after
    /// it, unlocks: also when the handler fails. When another case happens nothing was locked.
    ///
    /// ```java
    /// Select.first(
    ///         lock(mu, () -> {
    ///             try {
    ///                 return update();
    ///             } finally {
    ///                 mu.unlock();
    ///             }
    ///         }),
    ///         receive(stop, _ -> "stopped"));
    /// ```
    public Select<R> lock(Locker locker, Supplier<? extends R> onLocked) {
        Objects.requireNonNull(onLocked, "onLocked");
        Objects.requireNonNull(locker, "locker");
        core.acquire(LockBase.coreOf(locker), LockBase.isReader(locker));
        handlers.add(onLocked);
        return this;
    }

    /// Takes `n` tokens of `semaphore`. When another case happens it has taken none. What its handler throws comes out of `run` with the tokens
    /// taken: give them back in a `finally`.
    ///
    /// While it waits it has its place in the semaphore's queue, like any acquire; with more than the semaphore's size it waits for a resize.
    ///
    /// @throws IllegalArgumentException when `n` is negative
    public Select<R> acquire(WeightedSemaphore semaphore, long n, Supplier<? extends R> onAcquired) {
        Objects.requireNonNull(onAcquired, "onAcquired");
        core.acquire(SemaphoreBase.coreOf(semaphore), n);
        handlers.add(onAcquired);
        return this;
    }

    /// What happens when no case was ready within `timeout`, counted from the call of `run`; with zero or less, at once.
    ///
    /// @throws IllegalStateException when there is a timeout or a default already
    public Select<R> timeout(Duration timeout, Supplier<? extends R> onTimeout) {
        noOther();
        Objects.requireNonNull(timeout, "timeout");
        late = Objects.requireNonNull(onTimeout, "onTimeout");
        nanos = Math.max(0, Deadlines.nanos(timeout));
        return this;
    }

    /// What happens when no case is ready: Go's `default`.
    ///
    /// @throws IllegalStateException when there is a timeout or a default already
    public Select<R> orElse(Supplier<? extends R> handler) {
        noOther();
        otherwise = Objects.requireNonNull(handler, "handler");
        return this;
    }

    private void noOther() {
        if (late != null || otherwise != null) {
            throw new IllegalStateException("a select has one timeout() or one orElse(), not two");
        }
    }

    // Running.

    /// Does one case. Waits until one is ready, at most for the timeout; with [#orElse] not at all. Without any case that can
    /// happen it waits for ever, as Go does.
    ///
    /// When a case is ready that costs a look at some of them and one lock, however many there are. A wait takes the locks of all channels, and a place in the
    /// queue of each, which it leaves again: its time grows with the cases.
    ///
    /// @throws ChanClosedException as the cases say
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; no case was done, the interrupt status is
    ///     set again
    public R run() {
        return handle(otherwise == null ? core.run(null, nanos) : core.poll());
    }

    /// Like [#run()], until `ctx` ends. (To handle that end as a case of the select, use [#done].)
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when a case is ready; or ends while
    ///     this waits. No case was done
    public R run(Context ctx) {
        ctx.check();
        int index = otherwise == null ? core.run(ContextBase.nodeOf(ctx), nanos) : core.poll();
        if (index == SelectCore.ENDED) {
            ctx.check();
        }
        return handle(index);
    }

    private R handle(int index) {
        Supplier<? extends R> handler =
                switch (index) {
                    case SelectCore.DEFAULT -> otherwise;
                    case SelectCore.TIMED_OUT -> late;
                    case SelectCore.INTERRUPTED, SelectCore.ENDED -> null;
                    default -> handlers.get(index);
                };
        if (handler == null) {
            throw new InterruptedWaitException("select");
        }
        return handler.get();
    }

    /// For people: how many cases there are.
    @Override
    public String toString() {
        return core.toString();
    }
}
