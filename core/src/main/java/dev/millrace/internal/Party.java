package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Somebody who stands in a queue for a partner: a thread with one wait of its own ([Waiter]), or one case of a select
/// ([Offer]). What passes between the two lies in `item`: written before the claim by whoever claims a receiver, before the
/// queueing by a sender.
abstract class Party extends Link {
    @Nullable Object item;

    /// Somebody else was faster.
    static final int LOST = 0;

    /// The wait is decided, and its thread has not parked: there is nobody to wake.
    static final int WON = 1;

    /// The wait is decided, and [Waiter#wake()] must be called.
    static final int WON_TO_WAKE = 2;

    /// Decides the wait that this stands for; see [Waiter#claim]. `outcome` is [Waiter#READY], [Waiter#RETRY] or [Waiter#CLOSED]. Answers one of
    /// the three above.
    abstract int settle(Object outcome);

    /// Whose [Waiter#wake()] the winner of [#settle] calls.
    abstract Waiter waiter();

    /// Whether it may be woken to try again by itself; else what it waits for is given to it directly.
    abstract boolean mayRetry();
}
