package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Somebody who stands in a queue for a partner: a thread with one wait of its own ([Waiter]), or one case of a select
/// ([Offer]). What passes between the two lies in `item`: written before the claim by whoever claims a receiver, before the
/// queueing by a sender.
abstract class Party extends Link {
    @Nullable Object item;

    /// Decides the wait that this stands for; see [Waiter#claim]. `outcome` is [Waiter#READY] or [Waiter#CLOSED].
    abstract boolean settle(Object outcome);

    /// Whose [Waiter#wake()] the winner of [#settle] calls.
    abstract Waiter waiter();

    /// Whether it may be woken to try again by itself; else what it waits for is given to it directly.
    abstract boolean mayRetry();
}
