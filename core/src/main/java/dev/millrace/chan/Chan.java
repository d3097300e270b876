package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.ChanFaces;
import dev.millrace.internal.Closure;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Offer;
import dev.millrace.internal.Overflow;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SelectCore;
import dev.millrace.internal.Spin;
import dev.millrace.internal.Uncaught;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A channel: goroutines hand values through it, and wait for each other there.
///
/// ```java
/// var jobs = Chan.<Job>buffered(10);
/// go(() -> {
///     for (var job : jobs) {
///         work(job);
///     }
/// });
/// jobs.send(job);
/// jobs.close();
/// ```
///
/// How many values it can hold is always said: there is no default.
///
/// | made by | when the buffer is full and nobody receives |
/// |---|---|
/// | [#unbuffered()] | there is no buffer: the sender waits until somebody receives |
/// | [#buffered(int)] | the sender waits |
/// | [#unlimited()] | it grows |
/// | [#latest()] | the one value that it holds is replaced |
/// | [#droppingOldest(int)] | the oldest value goes to the hook for undelivered ones, see [#onUndelivered] |
/// | [#droppingNewest(int)] | the new value goes there |
///
/// **Values that nobody receives.** A send that fails leaves the value with the sender. What a channel has accepted and will
/// not deliver, because its receivers abandoned it, or it was closed with a failure, or it drops what is too much, goes
/// to its hook; unless another is set, that closes the value when it is [AutoCloseable]. What stands in the buffer of a channel
/// that everybody has forgotten is garbage, as in Go.
///
/// Safe for use by all goroutines and threads at once. The operations are described at [SendChan] and [ReceiveChan].
///
/// **Compared with Go.** `make(chan T, n)`; [#never()] is the nil channel. Only the first two kinds exist there, and
/// [#abandon], closing with a failure, and the hook are ours.
public final class Chan<T> implements SendChan<T>, ReceiveChan<T> {
    static {
        ChanFaces.receiver(core -> new ReceiveOnly<>(new Chan<>(core)));
        ChanFaces.leaver((core, atAbandon) -> new Leaving<>(new Chan<>(core), atAbandon));
    }

    private static final Chan<?> NEVER =
            new Chan<>(ChanCore.make(Scheduler.real(), 0, Overflow.NEVER, "", Chan::closeIt));

    private final ChanCore core;

    private Chan(ChanCore core) {
        this.core = core;
    }

    /// Does what the default hook does with a value that came from outside and can no longer be delivered.
    static void letGo(Object value) {
        try {
            closeIt(value);
        } catch (Throwable t) {
            Uncaught.giveLater(t);
        }
    }

    private static void closeIt(Object value) {
        if (value instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing an undelivered value failed: " + e, e);
            }
        }
    }

    // Making.

    /// A channel without buffer: sender and receiver meet.
    public static <T> Chan<T> unbuffered() {
        return new Maker<T>().unbuffered();
    }

    /// A channel that holds up to `capacity` values. The room is taken at once.
    ///
    /// @throws IllegalArgumentException when `capacity` is negative; with 0 the channel is unbuffered
    public static <T> Chan<T> buffered(int capacity) {
        return new Maker<T>().buffered(capacity);
    }

    /// A channel whose buffer grows: a send never waits. Nothing holds back a sender that is too fast.
    public static <T> Chan<T> unlimited() {
        return new Maker<T>().unlimited();
    }

    /// A channel that holds the last value only: a send never waits and replaces what was not received yet.
    public static <T> Chan<T> latest() {
        return new Maker<T>().latest();
    }

    /// A channel that holds the last `capacity` values: a send never waits, and drops the oldest when there is no room.
    ///
    /// @throws IllegalArgumentException when `capacity` is not positive
    public static <T> Chan<T> droppingOldest(int capacity) {
        return new Maker<T>().droppingOldest(capacity);
    }

    /// A channel that holds the first `capacity` values: a send never waits, and drops its value when there is no room.
    /// ([#trySend] answers false then, and leaves it with the caller.)
    ///
    /// @throws IllegalArgumentException when `capacity` is not positive
    public static <T> Chan<T> droppingNewest(int capacity) {
        return new Maker<T>().droppingNewest(capacity);
    }

    /// The channel on which nothing ever happens: Go's nil channel. Who sends or receives waits for ever, or until its
    /// context ends; in a select its case never happens; it cannot be closed,
    /// and abandoning it changes nothing: it belongs to everybody.
    @SuppressWarnings("unchecked") // never holds a T
    public static <T> Chan<T> never() {
        return (Chan<T>) NEVER;
    }

    /// A channel without buffer that gives `values`, in order, and is then closed. A goroutine under `ctx` asks for them one by one, as they
    /// are received. It also ends when `ctx` does, or the channel is abandoned: then it may have taken one value that nobody gets. When it
    /// ends by a failure of the iterator, or of `ctx`, the channel is closed with that.
    ///
    /// @throws NullPointerException when an argument is null; a null among the values is a failure
    public static <T> ReceiveChan<T> from(Context ctx, Iterable<? extends T> values) {
        Objects.requireNonNull(values, "values");
        return feed(ctx, values::iterator, () -> {});
    }

    /// Like [#from(Context, Iterable)]. The stream is closed in the end, however that comes; when the goroutine cannot be started it
    /// is still the caller's.
    public static <T> ReceiveChan<T> from(Context ctx, Stream<? extends T> values) {
        Objects.requireNonNull(values, "values");
        return feed(ctx, values::iterator, values::close);
    }

    private static <T> ReceiveChan<T> feed(
            Context ctx, Supplier<? extends Iterator<? extends T>> values, Runnable atEnd) {
        Context view = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        Chan<T> out = unbuffered();
        ReceiveChan<T> shown = out.receiveOnly(); // before the start: nobody could end what nobody has
        new Feeder<T>(view, values, atEnd, out).spawn();
        return shown;
    }

    /// A channel without buffer that gives what `publisher` sends, in order. A goroutine under `ctx` subscribes, and asks for values as they
    /// are received: at most `buffer` of them have been asked for, or have come, and were not received yet.
    ///
    /// It is closed when the publisher has completed and all its values were received; with the failure when it fails, which overtakes the values
    /// that were not received. The subscription is cancelled when the channel is abandoned, and when `ctx` ends: then the channel is closed with
    /// that. Values that have come and will not be received are closed when they are [AutoCloseable].
    ///
    /// The publisher's threads are never held up. One that sends more than it was asked for is cancelled, and the channel closed with
    /// a failure that says so.
    ///
    /// @throws IllegalArgumentException when `buffer` is not positive
    public static <T> ReceiveChan<T> from(Context ctx, Flow.Publisher<? extends T> publisher, int buffer) {
        Objects.requireNonNull(publisher, "publisher");
        Context view = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        if (buffer < 1) {
            throw new IllegalArgumentException("buffer must be >= 1, was " + buffer);
        }
        return new FlowReceiver<T>(view, publisher, buffer).start();
    }

    /// Begins to make a channel with a name, for messages and dumps: `Chan.<Job>named("jobs").buffered(10)`.
    public static <T> Maker<T> named(String name) {
        return new Maker<T>().named(name);
    }

    /// Begins to make a channel that gives what it has accepted and will not deliver to `hook`.
    public static <T> Maker<T> onUndelivered(Consumer<? super T> hook) {
        return new Maker<T>().onUndelivered(hook);
    }

    /// What a channel is made with.
    public static final class Maker<T> {
        private String name = "";
        private Consumer<Object> undelivered = Chan::closeIt;
        private @Nullable Scheduler owner; // null: of who makes it

        Maker() {}

        /// For a channel that shares its values with others.
        static <T> Maker<T> sharing(String name, Scheduler owner) {
            Maker<T> maker = new Maker<T>().named(name).onUndelivered(_ -> {});
            maker.owner = owner;
            return maker;
        }

        /// The channel's name, for messages and dumps.
        public Maker<T> named(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /// What is done with a value that was accepted and will not be delivered. Called once for each, on the thread whose
        /// operation lets it go, outside all locks; what it throws goes to the policy for uncaught failures.
        @SuppressWarnings("unchecked") // is given only what was sent: Ts
        public Maker<T> onUndelivered(Consumer<? super T> hook) {
            this.undelivered = (Consumer<Object>) (Consumer<?>) Objects.requireNonNull(hook, "hook");
            return this;
        }

        /// See [Chan#unbuffered()].
        public Chan<T> unbuffered() {
            return make(0, Overflow.WAIT);
        }

        /// See [Chan#buffered(int)].
        public Chan<T> buffered(int capacity) {
            return make(atLeast(0, capacity), Overflow.WAIT);
        }

        /// See [Chan#unlimited()].
        public Chan<T> unlimited() {
            return make(0, Overflow.GROW);
        }

        /// See [Chan#latest()].
        public Chan<T> latest() {
            return make(1, Overflow.DROP_OLDEST);
        }

        /// See [Chan#droppingOldest(int)].
        public Chan<T> droppingOldest(int capacity) {
            return make(atLeast(1, capacity), Overflow.DROP_OLDEST);
        }

        /// See [Chan#droppingNewest(int)].
        public Chan<T> droppingNewest(int capacity) {
            return make(atLeast(1, capacity), Overflow.DROP_NEWEST);
        }

        private Chan<T> make(int places, Overflow overflow) {
            Scheduler whose = owner == null ? Scheduler.current() : owner;
            return new Chan<>(ChanCore.make(whose, places, overflow, name, undelivered));
        }

        private static int atLeast(int least, int capacity) {
            if (capacity < least) {
                throw new IllegalArgumentException("capacity must be >= " + least + ", was " + capacity);
            }
            return capacity;
        }
    }

    // Sides.

    /// The same channel, for those who shall only send (and close).
    public SendChan<T> sendOnly() {
        return new SendOnly<>(this);
    }

    /// The same channel, for those who shall only receive (and abandon).
    public ReceiveChan<T> receiveOnly() {
        return new ReceiveOnly<>(this);
    }

    @Override
    public List<Producer<T>> producers(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("the number of producers must be >= 1, was " + n);
        }
        var last = new Producer.Last<>(this, n);
        var all = new ArrayList<Producer<T>>(n);
        for (int i = 0; i < n; i++) {
            all.add(new Producer<>(this, last));
        }
        return List.copyOf(all);
    }

    /// For what changes something apart from the channel.
    void refuseFromOutside(String operation) {
        Owner.check(core.scheduler(), operation, core);
    }

    // Sending.

    @Override
    public void send(T value) {
        Object outcome = core.send(null, present(value));
        if (outcome != null) {
            throw notSent(outcome, null);
        }
    }

    @Override
    public void send(Context ctx, T value) {
        ctx.check();
        Object outcome = core.send(ContextBase.nodeOf(ctx), present(value));
        if (outcome != null) {
            throw notSent(outcome, ctx);
        }
    }

    @Override
    public boolean trySend(T value) {
        Object outcome = core.trySend(present(value));
        if (outcome == null) {
            return true;
        }
        if (outcome == ChanCore.FULL) {
            return false;
        }
        throw notSent(outcome, null);
    }

    static <T> T present(T value) {
        return Objects.requireNonNull(value, "send of null: a channel carries values; for \"none\" send an Optional");
    }

    private RuntimeException notSent(Object outcome, @Nullable Context ctx) {
        return failed("send", outcome, ctx);
    }

    private RuntimeException failed(String operation, Object outcome, @Nullable Context ctx) {
        if (outcome instanceof Closure how) {
            return ChanClosedException.of(operation + " on", core.name(), how);
        }
        if (outcome != Waiter.INTERRUPTED && ctx != null) {
            ctx.check();
        }
        return new InterruptedWaitException("chan " + operation);
    }

    @Override
    public void close() {
        closed(Closure.closed(null));
    }

    @Override
    public void close(Throwable cause) {
        try {
            closed(Closure.closed(Objects.requireNonNull(cause, "cause")));
        } catch (ChanClosedException e) {
            e.addSuppressed(cause);
            throw e;
        }
    }

    private void closed(Closure how) {
        Closure before = core.close(notNever(how));
        if (before != null) {
            throw ChanClosedException.of("close of", core.name(), before);
        }
    }

    @Override
    public boolean tryClose() {
        return core.close(notNever(Closure.closed(null))) == null;
    }

    @Override
    public boolean tryClose(Throwable cause) {
        return core.close(notNever(Closure.closed(Objects.requireNonNull(cause, "cause")))) == null;
    }

    private Closure notNever(Closure how) {
        if (core.overflow() == Overflow.NEVER) {
            throw new IllegalStateException("close of nil channel: Chan.never() belongs to everybody");
        }
        return how;
    }

    // Receiving.

    @Override
    public T receive() {
        return received(core.receive(null), null);
    }

    @Override
    public T receive(Context ctx) {
        ctx.check();
        return received(core.receive(ContextBase.nodeOf(ctx)), ctx);
    }

    private T received(Object got, @Nullable Context ctx) {
        if (ChanCore.isValue(got)) {
            return value(got);
        }
        throw failed("receive", got, ctx);
    }

    @Override
    public Received<T> next() {
        return next(core.receive(null), null);
    }

    @Override
    public Received<T> next(Context ctx) {
        ctx.check();
        return next(core.receive(ContextBase.nodeOf(ctx)), ctx);
    }

    @Override
    public @Nullable Received<T> tryReceive() {
        Object got = core.tryReceive();
        return got == null ? null : next(got, null);
    }

    private Received<T> next(Object got, @Nullable Context ctx) {
        if (ChanCore.isValue(got)) {
            return answer(value(got));
        }
        if (got instanceof Closure how) {
            return Received.Closed.of(how.cause());
        }
        throw failed("receive", got, ctx);
    }

    /// The value as an answer. It is out of the channel: without memory it waits until there is some.
    static <T> Received<T> answer(T value) {
        for (;;) {
            try {
                return new Received.Value<>(value);
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    @SuppressWarnings("unchecked") // only Ts are sent
    private T value(Object item) {
        return (T) item;
    }

    @Override
    public void abandon(String reason) {
        Objects.requireNonNull(reason, "reason");
        if (core.overflow() != Overflow.NEVER) {
            core.abandon(Closure.abandoned(reason));
        }
    }

    @Override
    public Iterator<T> iterator() {
        return new Values(null);
    }

    @Override
    public Iterable<T> each(Context ctx) {
        Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
        return () -> new Values(ctx);
    }

    private final class Values implements Iterator<T> {
        private final @Nullable Context ctx;
        private @Nullable T ahead;
        private boolean over;

        Values(@Nullable Context ctx) {
            this.ctx = ctx;
        }

        @Override
        public boolean hasNext() {
            if (ahead == null && !over) {
                if (ctx != null) {
                    ctx.check();
                }
                Object got = core.receive(ctx == null ? null : ContextBase.nodeOf(ctx));
                if (ChanCore.isValue(got)) {
                    ahead = value(got);
                } else if (got instanceof Closure how && how.cause() == null) {
                    over = true;
                } else {
                    throw failed("receive", got, ctx);
                }
            }
            return ahead != null;
        }

        @Override
        public T next() {
            T value = ahead;
            if (value == null) {
                if (!hasNext()) {
                    throw new NoSuchElementException(ChanClosedException.of(
                            "receive on", core.name(), Objects.requireNonNull(core.closure()))
                            .getMessage());
                }
                value = Objects.requireNonNull(ahead);
            }
            ahead = null;
            return value;
        }
    }

    // Looking.

    @Override
    public boolean isClosed() {
        return core.closure() != null;
    }

    @Override
    public int len() {
        return core.length();
    }

    @Override
    public int cap() {
        return core.capacity();
    }

    @Override
    public String name() {
        return core.name();
    }

    @Override
    public ChanSnapshot snapshot() {
        return snapshot(core);
    }

    static ChanSnapshot snapshot(ChanCore core) {
        ChanCore.View view = core.look();
        return new ChanSnapshot(
                core.name(),
                view.length(),
                core.capacity(),
                view.closure() != null,
                view.senders(),
                view.receivers(),
                Duration.ofNanos(view.longestWait()),
                view.dropped());
    }

    static ChanCore core(SendChan<?> side) {
        return switch (side) {
            case Chan<?> chan -> chan.core;
            case SendOnly<?> view -> view.chan.core;
            case Producer<?> producer -> producer.chan.core;
        };
    }

    /// A send case.
    static Offer offer(SelectCore select, SendChan<?> side, @Nullable Object value) {
        Offer offer = select.send(core(side), value);
        if (side instanceof Producer<?> producer) {
            offer.over(producer::isDone);
        }
        return offer;
    }

    /// Why a send case that has happened did not send.
    static RuntimeException sendFailed(SendChan<?> side) {
        Closure how = core(side).closure();
        return how == null && side instanceof Producer<?> producer
                ? producer.isOver()
                : ChanClosedException.of("send on", side.name(), Objects.requireNonNull(how));
    }

    static ChanCore core(ReceiveChan<?> side) {
        return switch (side) {
            case Chan<?> chan -> chan.core;
            case ReceiveOnly<?> view -> view.chan.core;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return switch (other) {
            case Producer<?> _ -> false; // is equal to itself only
            case SendChan<?> side -> core(side) == core;
            case ReceiveChan<?> side -> core(side) == core;
            case null, default -> false;
        };
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(core);
    }

    /// For people: `channel "jobs" (3 of 8)`.
    @Override
    public String toString() {
        return core.toString();
    }
}
