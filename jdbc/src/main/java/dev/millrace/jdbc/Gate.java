package dev.millrace.jdbc;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the calls within a transaction, and lets exactly one thread end it when none is running.
///
/// ```
///   OPEN(n calls) -- enter --> OPEN(n + 1) -- leave --> OPEN(n)
///   OPEN(n)       -- end ----> ENDING(n)                          no call enters any more
///   ENDING(n + 1) -- leave --> ENDING(n)
/// ```
///
/// ENDING(0) is reached once, from OPEN(0) by an [#end] or from ENDING(1) by a [#leave]. The thread that brings it there is
/// answered true: it rolls back, and gives the connection back.
final class Gate {
    private static final int ENDING = 1;
    private static final int ONE_CALL = 2;

    private final AtomicInteger state = new AtomicInteger();

    /// False when the transaction is ending or over.
    boolean enter() {
        for (int s = state.get(); (s & ENDING) == 0; s = state.get()) {
            if (state.compareAndSet(s, s + ONE_CALL)) {
                return true;
            }
        }
        return false;
    }

    boolean leave() {
        return state.addAndGet(-ONE_CALL) == ENDING;
    }

    boolean end() {
        return state.getAndUpdate(s -> s | ENDING) == 0;
    }

    boolean isEnding() {
        return (state.get() & ENDING) != 0;
    }
}
