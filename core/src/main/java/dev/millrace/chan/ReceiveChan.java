package dev.millrace.chan;

import dev.millrace.context.Context;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// The side of a channel at which values come out: Go's `<-chan T`.
///
/// ```java
/// for (var job : jobs) {   // until the channel is closed and empty
///     work(job);
/// }
/// ```
///
/// **Order.** Values are received in the order in which they were sent. Receivers that wait are served in the order in which
/// they came; in a buffer of eight or more, with several of them waiting, or while one that was woken is on its way, a receiver that
/// comes later may go first, by a bounded number of times.
///
/// **Memory.** What happens before a send is visible to who receives the value; what happens before a receive from a channel without
/// buffer is visible after the send.
///
/// **Leaving a loop early.** A loop over the channel takes a value only to hand it out: what the body has not seen is still in the
/// channel. Only an [Iterator] that was asked `hasNext()` and then left may hold one value; ask `next()` for it.
///
/// Two of these are equal when they are sides of the same channel.
public sealed interface ReceiveChan<T> extends Iterable<T> permits Chan, ReceiveOnly {
    /// Receives a value, and waits for one. Observes no context. When a value was taken, this returns it, also if an interrupt came
    /// at the same moment. When nobody needs to wait it costs one short section under the channel's lock.
    ///
    /// @throws ChanClosedException when the channel is closed and empty, also while this waits
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted while it waits; nothing was received,
    ///     the interrupt status is set again
    T receive();

    /// Like [#receive()], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when a value is there; or ends while
    ///     this waits. Nothing was received
    /// @throws ChanClosedException when the channel is closed and empty
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted; nothing was received
    T receive(Context ctx);

    /// Receives a value, or learns that the channel is closed and empty; waits until one of the two. Go's `v, ok := <-ch`. Order and cost are
    /// those of [#receive()]; the answer is one object more.
    ///
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted while it waits; nothing was received,
    ///     the interrupt status is set again
    Received<T> next();

    /// Like [#next()], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, or ends while this waits; nothing was received
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted; nothing was received
    Received<T> next(Context ctx);

    /// Receives what is there: a value, or that the channel is closed and empty. Null when neither: then at one instant within
    /// this call the channel was open, and nobody offered a value. Never waits.
    @Nullable Received<T> tryReceive();

    /// Gives the channel up: nobody will receive any more. What is in the buffer goes to the hook for undelivered values (see
    /// [Chan#onUndelivered]); whoever sends, now or later, fails with a [ChanClosedException] that says `reason`, and keeps the
    /// value. Does nothing when it was abandoned before. Go knows nothing like it: there the senders hang.
    void abandon(String reason);

    /// Receives until the channel is closed and empty, in the order and at the cost of one [#receive()] for each value. Observes no context. The
    /// loop ends with a [ChanClosedException] when the channel was closed with a failure, and when interrupted as [#receive()] does.
    @Override
    Iterator<T> iterator();

    /// The same under a context: the loop also ends, by an exception, when `ctx` does.
    Iterable<T> each(Context ctx);

    /// A stream of what is received until the channel is closed and empty. It receives a value when one is asked for: what a stream that ends
    /// early (`limit`, `findFirst`) has not handed out is still in the channel. The channel stays open when the stream is closed; a parallel
    /// stream is not split and so runs as a sequential one.
    ///
    /// Its terminal operation throws what [#receive()] throws, but ends normally at a close without a failure.
    default Stream<T> stream() {
        return StreamSupport.stream(new Receiving<>(this, null), false);
    }

    /// The same under a context: the terminal operation throws when `ctx` ends.
    default Stream<T> stream(Context ctx) {
        return StreamSupport.stream(new Receiving<>(this, Objects.requireNonNull(ctx, "ctx")), false);
    }

    /// The channel for those who speak `java.util.concurrent.Flow`. Every subscriber has a goroutine of its own, which receives a value only
    /// when one was asked for, and calls the subscriber. Several subscribers compete, as all receivers of a channel do: each value goes to
    /// one of them. To give every subscriber all values there is [Broadcast#publisher].
    ///
    /// A subscriber that cancels leaves what it has not taken in the channel, which stays open; one value may still be on its way to it.
    /// `onComplete` comes when the channel is closed and empty, `onError` with the failure with which it was closed. A subscriber
    /// that has asked for nothing learns of an end that comes later when it asks. What a subscriber throws ends its subscription, and is
    /// an uncaught failure of the goroutine.
    default Flow.Publisher<T> publisher() {
        return publisher(Context.background());
    }

    /// The same under a context: when `ctx` ends, subscribers are told by `onError`. The goroutines run under it.
    default Flow.Publisher<T> publisher(Context ctx) {
        return new FlowPublisher<>(ctx, () -> this, false);
    }

    /// How many values are in the buffer: exact at one instant within the call.
    int len();

    /// How many values the buffer holds; 0 when there is none, [Integer#MAX_VALUE] when it is unlimited.
    int cap();

    /// The name; empty when it has none.
    String name();

    /// The channel at one instant. Takes as long as its queues are, and holds others up for that time.
    ChanSnapshot snapshot();
}
