package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.BroadcastCore;
import dev.millrace.internal.Closure;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Waiter;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gives every value to every subscriber. Each has a channel of its own, of the kind that it wants:
///
/// ```java
/// var prices = Broadcast.<Price>named("prices");
/// var screen = prices.subscribe(m -> m.latest());        // the newest counts; is never waited for
/// var journal = prices.subscribe(m -> m.buffered(100));  // needs them all; when it is slow, the sender waits
/// go(() -> screen.forEach(this::draw));
/// go(() -> journal.forEach(this::write));
/// prices.send(ctx, price);
/// prices.close();
/// ```
///
/// A subscriber gets each value whose send had its turn after it subscribed; a send that was running then passes it by. A value that is
/// sent while there is no subscriber goes nowhere.
///
/// **Waiting.** A subscriber with a channel that holds senders back (`unbuffered`, `buffered`) holds back the sender, and so everybody:
/// the values after this one come to the other subscribers later. This value does not: who can take it at once gets it first, then the
/// sender waits for the others in the order in which they subscribed. The other kinds (`latest`, `droppingOldest`,
/// `droppingNewest`, `unlimited`) are never waited for.
///
/// **A send that is cut short**, by its context, an interrupt, or the close: while it waits for its turn, nobody has the value. After
/// that, all those have it that could take it without waiting, and of those that it waited for the first ones. The rest never get this
/// value, and get the later ones in order. There is no way to take it back, and to send it again gives it to some of
/// them twice. So there is no `trySend`: its *false* would have to mean that nobody has it. Kinds that are never waited for need none.
///
/// **Leaving.** A subscriber that wants no more calls [ReceiveChan#abandon]: it is out at once, a sender that waits for it goes on with
/// the next, and nothing of it stays behind. A subscriber that is forgotten stays subscribed: it fills its buffer, and then
/// holds senders back, grows, or drops, as its kind does. To let it leave with a request: `ctx.afterFunc(() -> it.abandon("over"))`.
///
/// **Closing.** [#close()] closes all subscribers' channels, each of which still gives what is in its buffer; a sender that
/// has not served everybody fails. Who subscribes later gets a closed channel.
///
/// **Values that a subscriber does not receive**, since its channel drops them or it left, go to the hook of its channel. The others still
/// have them: unless a hook is set (`m.onUndelivered(…)`), nothing is done with them, and no [AutoCloseable] is closed.
///
/// **Order.** All subscribers get the values in one order. Senders that wait for their turn are served in the order in which they came.
///
/// **Memory.** What happens before a send is visible to who receives the value; what happens before the close, to who learns of it.
///
/// **Compared with Go.** Go has none; there one writes a goroutine with a list of channels (golang/go 28157, 18951).
///
/// **Not promised.** That a new subscriber gets the last value. Where that is wanted, keep the value beside the broadcast, set it
/// before each send, and read it after subscribing.
///
/// Safe for use by all goroutines and threads at once.
public final class Broadcast<T> {
    private final BroadcastCore core;

    /// A broadcast without a name.
    public Broadcast() {
        this("");
    }

    private Broadcast(String name) {
        this.core = new BroadcastCore(name);
    }

    /// A broadcast with a name, for messages and dumps. Its subscribers' channels have it too, unless they are given another.
    public static <T> Broadcast<T> named(String name) {
        return new Broadcast<>(Objects.requireNonNull(name, "name"));
    }

    /// Subscribes: `kind` makes the channel, as in `prices.subscribe(m -> m.named("screen").droppingOldest(16))`. Its sending side belongs to the
    /// broadcast. When that is closed, so is the channel, with the same failure if there is one. Never waits; takes the same time
    /// however many there are.
    ///
    /// @throws IllegalArgumentException when `kind` answers [Chan#never()]
    public ReceiveChan<T> subscribe(Function<? super Chan.Maker<T>, ? extends Chan<T>> kind) {
        Chan<T> chan = Objects.requireNonNull(kind.apply(Chan.Maker.sharing(core.name(), core.scheduler())),
                "kind answered null");
        var subscriber = core.subscribe(Chan.core((ReceiveChan<T>) chan));
        try {
            return new Leaving<>(chan, () -> core.leave(subscriber));
        } catch (Throwable t) {
            core.leave(subscriber); // no memory: a subscriber that nobody has would hold the senders back
            throw t;
        }
    }

    /// A publisher of which every subscriber gets all values that are sent after it subscribed, through a channel that `kind` makes for
    /// it, until it cancels, or the broadcast is closed, or `ctx` ends. What is said at [ReceiveChan#publisher()] holds, but for the sharing.
    public Flow.Publisher<T> publisher(Context ctx, Function<? super Chan.Maker<T>, ? extends Chan<T>> kind) {
        Objects.requireNonNull(kind, "kind");
        return new FlowPublisher<>(ctx, () -> subscribe(kind), true);
    }

    /// Sends `value` to all subscribers. Waits for its turn, and then for the subscribers that hold senders back. Observes no context. When
    /// all have the value this returns normally, also if an interrupt came at the same moment. Takes time in proportion to the number
    /// of subscribers. A hook for undelivered values runs within the send and must not send to the same broadcast: that fails.
    ///
    /// @throws ChanClosedException when the broadcast is closed, also while this waits; some subscribers may have the value, see above
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; some subscribers may have the
    ///     value; the interrupt status is set again
    public void send(T value) {
        Object outcome = core.send(null, Chan.present(value));
        if (outcome != null) {
            throw failed(outcome, null);
        }
    }

    /// Like [#send(Object)], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before: then nobody has the value; or ends while this
    ///     waits: then some may have it
    /// @throws ChanClosedException when the broadcast is closed; some subscribers may have the value
    /// @throws InterruptedWaitException when the thread is interrupted; some subscribers may have the value
    public void send(Context ctx, T value) {
        ctx.check();
        Object outcome = core.send(ContextBase.nodeOf(ctx), Chan.present(value));
        if (outcome != null) {
            throw failed(outcome, ctx);
        }
    }

    private RuntimeException failed(Object outcome, @Nullable Context ctx) {
        if (outcome instanceof Closure how) {
            return ChanClosedException.of("send on", "broadcast", core.name(), how);
        }
        if (outcome != Waiter.INTERRUPTED && ctx != null) {
            ctx.check();
        }
        return new InterruptedWaitException("broadcast send");
    }

    /// Says that no more values will come: closes the channels of all subscribers. What is in their buffers is still received. Senders that wait
    /// fail with a [ChanClosedException]. When this returns all those channels are closed. Never waits.
    ///
    /// @throws ChanClosedException when it was closed before
    public void close() {
        closed(Closure.closed(null));
    }

    /// Closes with a failure: what is in the subscribers' buffers is no longer received, and they learn of `cause` at once.
    ///
    /// @throws ChanClosedException when it was closed before; `cause` is added to it as suppressed
    public void close(Throwable cause) {
        try {
            closed(Closure.closed(Objects.requireNonNull(cause, "cause")));
        } catch (ChanClosedException e) {
            e.addSuppressed(cause);
            throw e;
        }
    }

    private void closed(Closure how) {
        Closure before = core.close(how);
        if (before != null) {
            throw ChanClosedException.of("close of", "broadcast", core.name(), before);
        }
    }

    /// Like [#close()]; false, and no exception, when it was closed before.
    public boolean tryClose() {
        return core.close(Closure.closed(null)) == null;
    }

    /// Like [#close(Throwable)]; false, and no exception, when it was closed before.
    public boolean tryClose(Throwable cause) {
        return core.close(Closure.closed(Objects.requireNonNull(cause, "cause"))) == null;
    }

    /// Whether it is closed. May become true right after.
    public boolean isClosed() {
        return core.closure() != null;
    }

    /// How many are subscribed.
    public int subscribers() {
        return core.count();
    }

    /// The name; empty when it has none.
    public String name() {
        return core.name();
    }

    /// The broadcast and its subscribers' channels.
    public BroadcastSnapshot snapshot() {
        var channels = Stream.of(core.channels()).map(Chan::snapshot).toList();
        return new BroadcastSnapshot(core.name(), isClosed(), core.sent(), core.waiting(), channels);
    }

    /// For people: `broadcast "prices" (3 subscribers)`.
    @Override
    public String toString() {
        return core.toString();
    }
}
