package dev.millrace.internal;

import java.util.concurrent.locks.LockSupport;

/// What a thread does between two attempts at a spin lock.
///
/// First it spins, since a critical section of ours is some ten instructions long, and looks at the lock more and more seldom: each look takes the line
/// of memory from who has it, and leaving it alone lets that one do several things in a row. Then it yields; in the end it parks with a time
/// limit. The last step is needed: two virtual threads that only yield on one carrier can starve a third for ever.
public final class Spin {
    private Spin() {}

    /// Lets others run, who may give memory free, before something is tried again that must not fail. Without a time limit for virtual threads: with an
    /// exhausted heap the JDK loses those that park with one.
    public static void awaitMemory() {
        if (Thread.currentThread().isVirtual()) {
            yieldIfPossible();
        } else {
            LockSupport.parkNanos(Tuning.MEMORY_PARK_NANOS);
        }
    }

    /// A virtual thread needs memory to yield.
    private static void yieldIfPossible() {
        try {
            Thread.yield();
        } catch (OutOfMemoryError e) {
            Thread.onSpinWait();
        }
    }

    /// Keeps the processor and does nothing, for some ten nanoseconds times `n`.
    static void pauses(int n) {
        for (int i = 0; i < n; i++) {
            Thread.onSpinWait();
        }
    }

    /// Leaves a word alone that others change too, after a compare-and-set in vain, so that those who have its line of memory can go on.
    /// Answers the `n` of the next time.
    static int backOff(int n) {
        pauses(n);
        return Math.min(Tuning.MOST_BACK_OFF, n * 2);
    }

    /// Pauses before attempt number `attempt`, counted from 0.
    public static void pause(int attempt) {
        if (attempt < Tuning.SPINS_BEFORE_YIELD) {
            pauses(attempt < Tuning.SPINS_TO_MOST ? 1 << attempt : Tuning.MOST_SPIN_PAUSES);
        } else if (attempt < Tuning.SPINS_BEFORE_YIELD + Tuning.YIELDS_BEFORE_PARK) {
            yieldIfPossible();
        } else {
            // With the interrupt flag set a park returns at once, and nobody else would get this carrier. An interrupt also leaves
            // a permit behind, which the first park uses up.
            boolean interrupted = Thread.interrupted();
            if (interrupted) {
                LockSupport.parkNanos(1);
            }
            LockSupport.parkNanos(Tuning.SPIN_PARK_NANOS);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
