package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Closure;
import dev.millrace.internal.Completion;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.LockBase;
import dev.millrace.internal.LockCore;
import dev.millrace.internal.Offer;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SelectCore;
import dev.millrace.internal.SemaphoreBase;
import dev.millrace.sync.Locker;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A select without lambdas, made once and run again and again: for loops, and for cases that are known only at run time.
///
/// ```java
/// var select = Selector.random();
/// var job = select.receive(jobs);
/// var stop = select.done(ctx);
/// for (;;) {
///     var happened = select.await();
///     if (happened == job) {
///         work(job.value());
///     } else if (happened == stop) {
///         return;
///     }
/// }
/// ```
///
/// Each run does exactly one case. Which one, is told by the case's own object, and by its [Case#index()] for a `switch`. When
/// something is ready a run allocates nothing. Up to 65,536 cases; the same channel may stand in several.
///
/// For one goroutine at a time: each that selects makes its own.
///
/// **Compared with Go.** `select` in a loop, and `reflect.Select`. A case is switched off by [Case#enabled], where Go sets
/// its channel to nil.
public final class Selector {
    private final SelectCore core;
    private Case[] cases = new Case[4];

    private Selector(boolean ordered) {
        this.core = new SelectCore(ordered);
    }

    /// A select that takes any of the ready cases, all alike, as Go does.
    public static Selector random() {
        return new Selector(false);
    }

    /// A select that takes the first of the ready cases, in the order in which they were added. An event that comes while it begins to wait may
    /// lose to a channel behind it: see [Select#ordered()].
    public static Selector ordered() {
        return new Selector(true);
    }

    // Cases.

    /// Adds a receive: it can happen when a value is there, or when the channel is closed and empty.
    public <T> Receive<T> receive(ReceiveChan<T> chan) {
        return add(new Receive<>(core.receive(Chan.core(chan)), chan));
    }

    /// Adds a send; what is sent is set by [Send#value(Object)] before a run.
    public <T> Send<T> send(SendChan<T> chan) {
        return add(new Send<>(Chan.offer(core, chan, null), chan));
    }

    /// Adds a send of `value`.
    public <T> Send<T> send(SendChan<T> chan, T value) {
        return add(new Send<>(Chan.offer(core, chan, Chan.present(value)), chan));
    }

    /// Adds the end of `ctx`. It can happen again and again.
    public Event done(Context ctx) {
        return add(new Event(core.event(ContextBase.nodeOf(ctx)), "done of " + ctx.name()));
    }

    /// Adds an event: the end of a context ([Context#done()]), of a task. It can happen again and again.
    public Event event(Done event) {
        return add(new Event(core.event(ContextBase.nodeOf(Objects.requireNonNull(event, "event"))), event.toString()));
    }

    /// Adds the completion of `stage`, in whatever way: a future, `process.onExit()`. It can happen again and again. What is
    /// arranged with the stage stays arranged: add it to a selector that is used again, not to a new one each time.
    public Event completed(CompletionStage<?> stage) {
        return add(new Event(core.event(Completion.of(stage)), "completion"));
    }

    /// Adds the lock of `locker`, as [Locker#lock()] does. When the last run did this case the caller has the lock, and unlocks; else
    /// nothing was locked.
    public Event lock(Locker locker) {
        Objects.requireNonNull(locker, "locker");
        LockCore lock = LockBase.coreOf(locker);
        boolean reads = LockBase.isReader(locker);
        return add(new Event(core.acquire(lock, reads), (reads ? "read lock of " : "lock of ") + lock.label()));
    }

    /// Adds taking `n` tokens of `semaphore`. Who runs the selector gives them back.
    ///
    /// @throws IllegalArgumentException when `n` is negative
    public Acquire acquire(WeightedSemaphore semaphore, long n) {
        return add(new Acquire(core.acquire(SemaphoreBase.coreOf(semaphore), n), semaphore));
    }

    private <C extends Case> C add(C added) {
        int i = added.index();
        if (i == cases.length) {
            cases = Arrays.copyOf(cases, i * 2);
        }
        cases[i] = added;
        return added;
    }

    // Running.

    /// Does one case, and waits until one is ready. Without any case that can happen it waits for ever, as Go does.
    ///
    /// When a case is ready that costs a look at some of them, one lock, and no memory, however many there are. A wait takes the locks of all channels, and
    /// a place in the queue of each, which it leaves again: its time grows with the cases.
    ///
    /// @throws ChanClosedException when the case is a send and its channel is closed; it competes with others that are ready
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; no case was done, the interrupt status is
    ///     set again
    public Case await() {
        return done(core.run(null, Scheduler.FOREVER), null);
    }

    /// Like [#await()], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when a case is ready; or ends while
    ///     this waits. No case was done
    public Case await(Context ctx) {
        ctx.check();
        return done(core.run(ContextBase.nodeOf(ctx), Scheduler.FOREVER), ctx);
    }

    /// Like [#await()], at most for `timeout`. Null when no case was ready within it; with zero or less, at once.
    public @Nullable Case await(Duration timeout) {
        int index = core.run(null, Math.max(0, Deadlines.nanos(Objects.requireNonNull(timeout, "timeout"))));
        return index == SelectCore.TIMED_OUT ? null : done(index, null);
    }

    /// Does one case that is ready. Null when none is: then there was one instant within this call at which none was. Never
    /// waits. A select with `default` in Go.
    public @Nullable Case poll() {
        int index = core.poll();
        return index == SelectCore.DEFAULT ? null : done(index, null);
    }

    private Case done(int index, @Nullable Context ctx) {
        if (index < 0) {
            if (index == SelectCore.ENDED && ctx != null) {
                ctx.check();
            }
            throw new InterruptedWaitException("select");
        }
        Case happened = cases[index];
        if (happened instanceof Send<?> send) {
            send.sent();
        }
        return happened;
    }

    /// How many cases there are.
    public int size() {
        return core.size();
    }

    /// The case that was added as number `index`, from 0.
    ///
    /// @throws IndexOutOfBoundsException when there is none
    public Case get(int index) {
        return cases[Objects.checkIndex(index, core.size())];
    }

    @Override
    public String toString() {
        return core.toString();
    }

    /// One case of a selector.
    public abstract static sealed class Case {
        final Offer offer;

        Case(Offer offer) {
            this.offer = offer;
        }

        /// Its number, in the order in which cases were added, from 0.
        public int index() {
            return offer.index();
        }

        /// Whether it takes part. Not while the select runs.
        public void enabled(boolean enabled) {
            offer.enabled(enabled);
        }

        /// Whether it takes part.
        public boolean isEnabled() {
            return offer.isEnabled();
        }
    }

    /// A case that receives.
    public static final class Receive<T> extends Case {
        private final ReceiveChan<T> chan;

        Receive(Offer offer, ReceiveChan<T> chan) {
            super(offer);
            this.chan = chan;
        }

        /// What the last run received by this case.
        ///
        /// @throws ChanClosedException when the channel is closed and empty
        /// @throws IllegalStateException when the last run did not do this case
        public T value() {
            if (offer.isClosed()) {
                throw ChanClosedException.of("receive on", chan.name(), closure());
            }
            @SuppressWarnings("unchecked") // only Ts are sent
            T value = (T) offer.item();
            if (value == null) {
                throw new IllegalStateException("case " + index() + " did not happen in the last run");
            }
            return value;
        }

        /// Whether the last run did this case because the channel is closed and empty.
        public boolean isClosed() {
            return offer.isClosed();
        }

        /// What the last run received by this case, a value or the end.
        ///
        /// @throws IllegalStateException when the last run did not do this case
        public Received<T> received() {
            return offer.isClosed()
                    ? Received.Closed.of(closure().cause())
                    : new Received.Value<>(value());
        }

        private Closure closure() {
            return Objects.requireNonNull(Chan.core(chan).closure());
        }
    }

    /// A case that sends.
    public static final class Send<T> extends Case {
        private final SendChan<T> chan;

        Send(Offer offer, SendChan<T> chan) {
            super(offer);
            this.chan = chan;
        }

        /// Sets what is sent when this case happens. It stays until another is set. Not while the select runs.
        public void value(T value) {
            offer.item(Chan.present(value));
        }

        void sent() {
            if (offer.isClosed()) {
                throw Chan.sendFailed(chan);
            }
        }
    }

    /// A case that happens when something has come to be.
    public static final class Event extends Case {
        private final String what;

        Event(Offer offer, String what) {
            super(offer);
            this.what = what;
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /// A case that takes tokens of a semaphore.
    public static final class Acquire extends Case {
        private final WeightedSemaphore semaphore;

        Acquire(Offer offer, WeightedSemaphore semaphore) {
            super(offer);
            this.semaphore = semaphore;
        }

        @Override
        public String toString() {
            return "acquire " + offer.item() + " of " + semaphore;
        }
    }
}
