package dev.millrace.internal;

import java.util.concurrent.locks.LockSupport;

/// What a thread does between two attempts at a spin lock.
///
/// First it spins, since a critical section of ours is some ten instructions long; then it yields; in the end it
/// parks with a time limit. The last step is needed: two virtual threads that only yield on one carrier can starve a
/// third for ever.
public final class Spin {
    private Spin() {}

    /// Pauses before attempt number `attempt`, counted from 0.
    public static void pause(int attempt) {
        if (attempt < Tuning.SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else if (attempt < Tuning.SPINS_BEFORE_YIELD + Tuning.YIELDS_BEFORE_PARK) {
            Thread.yield();
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
