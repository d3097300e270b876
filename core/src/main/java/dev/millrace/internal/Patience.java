package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// How long a thread that has to wait at one place stays before it parks, learnt from how it went before.
///
/// For places where partners meet one by one, such as a channel without buffer: there a park and an unpark cost far more than
/// what is done in between. Never more than a few microseconds, and only while it keeps nobody from running.
final class Patience {
    private int pauses = Tuning.MOST_PAUSES; // a hint: races on it do no harm
    private int yields = Tuning.YIELD_CREDIT;

    /// Waits a little. Afterwards `waiter` may have its outcome.
    void linger(Waiter waiter) {
        if (pauses > 0 && areCarriersFree()) {
            for (int i = pauses; i > 0; i--) {
                if (waiter.outcome() != null) {
                    pauses = Math.min(Tuning.MOST_PAUSES, pauses + 1 + (pauses >> 1));
                    return;
                }
                Thread.onSpinWait();
            }
            pauses = Math.max(Tuning.FEWEST_PAUSES, pauses >> 1);
        }
        if (yields > 0 && Thread.currentThread().isVirtual()) {
            Thread.yield();
            yields = waiter.outcome() == null ? yields - 1 : Math.min(Tuning.YIELD_CREDIT, yields + 1);
        } else if (yields <= 0) {
            yields++;
        }
    }

    private static boolean areCarriersFree() {
        Carriers carriers = Carriers.known();
        return carriers != null && carriers.areFree();
    }
}
