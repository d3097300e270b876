package dev.millrace.chan;

import dev.millrace.context.Context;
import java.util.List;
import java.util.Objects;

/// The side of a channel at which values go in: Go's `chan<- T`.
///
/// **Order.** Values are received in the order in which they were sent. Senders that wait are served in the order in which
/// they came; in a buffer of eight or more, with several of them waiting, or while one that was woken is on its way, a sender that
/// comes later may go first, by a bounded number of times.
///
/// **Memory.** What happens before a send is visible to who receives the value. For a channel of capacity `n`: what happens before
/// the `i`-th receive is visible after the `(i + n)`-th send. What happens before `close` is visible to who learns of it.
///
/// **Null.** No argument may be null.
///
/// Two of these are equal when they are sides of the same channel (but for producers).
public sealed interface SendChan<T> permits Chan, SendOnly, Producer {
    /// Sends `value`, and waits until the channel takes it: until somebody receives it when it has no buffer, else until the
    /// buffer has room. Observes no context. When the value was taken, this returns normally, also if an interrupt came at the
    /// same moment. When nobody needs to wait it costs one short section under the channel's lock.
    ///
    /// @throws ChanClosedException when the channel is closed, also while this waits; the value was not sent
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted while it waits; the value was not
    ///     sent, the interrupt status is set again
    void send(T value);

    /// Like [#send(Object)], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when there would be room; or ends
    ///     while this waits. The value was not sent
    /// @throws ChanClosedException when the channel is closed; the value was not sent
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted; the value was not sent
    void send(Context ctx, T value);

    /// Sends `value` if the channel can take it at once. False when not: then the value was not sent, and at one instant within
    /// this call there was neither room nor a receiver. Never waits.
    ///
    /// @throws ChanClosedException when the channel is closed; the value was not sent
    boolean trySend(T value);

    /// Says that no more values will come. Those in the buffer are still received; those of senders that wait are not, they fail
    /// with a [ChanClosedException]. Receivers that wait learn of it. Never waits.
    ///
    /// @throws ChanClosedException when it was closed before, as in Go. A channel that its receivers abandoned may be closed once
    void close();

    /// Like [#close()]; false, and no exception, when it was closed before.
    boolean tryClose();

    /// Closes the channel with a failure. What is in the buffer is no longer received: it goes to the hook for undelivered
    /// values (see [Chan#onUndelivered]), and receivers learn of `cause` at once.
    ///
    /// @throws ChanClosedException when it was closed before; `cause` is added to it as suppressed
    void close(Throwable cause);

    /// Like [#close(Throwable)]; false, and no exception, when it was closed before.
    boolean tryClose(Throwable cause);

    /// Sends all of `values`, in order, each as [#send(Context, Object)] does; throws what that throws. Those before the one at which it failed were
    /// sent then, and no later one was asked for.
    default void sendAll(Context ctx, Iterable<? extends T> values) {
        for (T value : Objects.requireNonNull(values, "values")) {
            send(ctx, value);
        }
    }

    /// `n` senders of this channel of which each is closed by itself; the last one's close closes the channel. For several
    /// goroutines that send to one channel, where in Go a `WaitGroup` and one more goroutine would close it.
    ///
    /// @throws IllegalArgumentException when `n` is not positive
    List<Producer<T>> producers(int n);

    /// Whether it is closed, or abandoned by its receivers. May become true right after.
    boolean isClosed();

    /// How many values are in the buffer: exact at one instant within the call.
    int len();

    /// How many values the buffer holds; 0 when there is none, [Integer#MAX_VALUE] when it is unlimited.
    int cap();

    /// The name; empty when it has none.
    String name();

    /// The channel at one instant. Takes as long as its queues are, and holds others up for that time.
    ChanSnapshot snapshot();
}
