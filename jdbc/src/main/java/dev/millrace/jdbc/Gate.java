package dev.millrace.jdbc;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the calls within a transaction, and lets exactly one thread end it when none is running.
///
/// ```
///   OPEN(n calls) -- enter --> OPEN(n + 1) -- leave --> OPEN(n)
///   OPEN(n)       -- end ----> ENDING(n)                          no call enters any more
///   ENDING(0)     -- the thread that brought it there ----> ENDED
/// ```
///
/// Both [#leave] and [#end] answer true to the one thread that moved to ENDED: it rolls back, and gives the connection back.
final class Gate {
    private static final int ENDING = 1;
    private static final int ENDED = 2;
    private static final int ONE_CALL = 4;

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
        return state.addAndGet(-ONE_CALL) == ENDING && becomeEnded();
    }

    boolean end() {
        state.getAndUpdate(s -> s | ENDING);
        return becomeEnded();
    }

    boolean isEnding() {
        return (state.get() & ENDING) != 0;
    }

    private boolean becomeEnded() {
        return state.compareAndSet(ENDING, ENDING | ENDED);
    }
}
