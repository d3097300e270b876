package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Somebody who stands in a queue for a partner: a thread with one wait of its own ([Waiter]), or one case of a select
/// ([Offer]). What passes between the two lies in `item`: written before the claim by whoever claims a receiver, before the
/// queueing by a sender.
abstract class Party extends Link {
    /// Somebody else was faster.
    static final int LOST = 0;

    /// The wait is decided, and its thread has not parked: there is nobody to wake.
    static final int WON = 1;

    /// The wait is decided, and [Waiter#wake()] must be called.
    static final int WON_TO_WAKE = 2;

    @Nullable Object item;

    /// Decides the wait that this stands for; see [Waiter#claim]. `outcome` is [Waiter#READY], [Waiter#RETRY] or [Waiter#CLOSED]. Answers one of
    /// the three above.
    abstract int settle(Object outcome);

    /// Whose [Waiter#wake()] the winner of [#settle] calls.
    abstract Waiter waiter();

    /// Whether it may be woken to try again by itself; else what it waits for is given to it directly.
    abstract boolean mayRetry();

    /// How many stand in the queue that starts at `first`. Under its lock.
    static int count(@Nullable Link first) {
        int n = 0;
        Link l = first;
        if (l != null) {
            do {
                n++;
                l = l.next;
            } while (l != null && l != first);
        }
        return n;
    }

    /// For how long the one who has waited longest in that queue has, in nanoseconds; 0 when nobody waits. Under its lock.
    static long longestWait(@Nullable Link first) {
        long longest = 0;
        Link l = first;
        if (l != null) {
            do {
                longest = Math.max(longest, ((Party) l).waiter().waited());
                l = l.next;
            } while (l != null && l != first);
        }
        return longest;
    }
}
