package dev.millrace.internal;

/// How long a thread that has to wait at one place stays before it parks, learnt from how it went before.
///
/// For places where partners meet one by one, such as a channel without buffer, and for locks: there a park and an unpark cost far more than
/// what is done in between. Never more than some microseconds. What was in vain halves the next try, what was not doubles it; a place
/// where it never helps is tried once in a while.
final class Patience {
    // Hints: races on them do no harm. A new place begins without pauses: it may be used only once.
    private int pauses;
    private int waits;
    private int yields = 1;

    /// What somebody may have to park for.
    interface Awaited {
        boolean hasCome();
    }

    /// Waits a little for a partner, who may be anywhere. True when it has come. Pauses only while that keeps nobody from running: who waits
    /// for a carrier may be the partner.
    boolean linger(Awaited awaited) {
        int n = begin(Tuning.PROBE_PAUSES);
        if (n > 0 && !areCarriersFree()) {
            pauses = n / 2; // the question is not free either
        } else if (n > 0 && pause(awaited, n, Tuning.MOST_PAUSES, 1)) {
            return true;
        }
        return giveWay(awaited);
    }

    /// Waits a little for a lock. True when it looks free. Who has it runs, most probably, and only for a moment: so this pauses also while
    /// others wait for a carrier. And it looks seldom: each look takes the word's line of memory from those who use the lock.
    boolean lingerForLock(Awaited awaited) {
        int n = begin(Tuning.MOST_LOCK_PAUSES);
        return (n > 0 && pause(awaited, n, Tuning.MOST_LOCK_PAUSES, Tuning.LOCK_PAUSES_PER_LOOK)) || giveWay(awaited);
    }

    /// The same for one who was woken for the lock and finds it taken again. Who has it may be giving way, and this carrier would take it
    /// over as soon as it has nothing to do: then the two change carriers at each turn, which takes three times as long. Only while nobody
    /// waits for a carrier.
    void lingerAgain(Awaited awaited) {
        if (areCarriersFree()) {
            for (int i = 0; i < Tuning.MOST_PAUSES_AGAIN && !awaited.hasCome(); i++) {
                Thread.onSpinWait();
            }
        }
    }

    /// How many pauses to make. Who never has to park has to ask for a look here.
    private int begin(int probe) {
        int w = ++waits;
        if (w % Tuning.WAITS_PER_LOOK == 0) {
            Fairness.look(System.nanoTime());
        }
        int n = pauses;
        return n == 0 && w % Tuning.WAITS_PER_PROBE == 0 ? probe : n;
    }

    private boolean pause(Awaited awaited, int n, int most, int perLook) {
        for (int i = 0; !awaited.hasCome(); i += perLook) {
            if (i >= n) {
                pauses = n / 2;
                return false;
            }
            Spin.pauses(perLook);
        }
        int next = Math.min(most, n * 2);
        if (pauses != next) { // the partner on the other carrier reads it too
            pauses = next;
        }
        return true;
    }

    private boolean giveWay(Awaited awaited) {
        int credit = yields;
        if (credit <= 0) {
            yields = ++credit;
        }
        if (credit <= 0 || !Thread.currentThread().isVirtual() || Fairness.isGateShut()) {
            return false;
        }
        // Paid in advance: who comes to wait meanwhile, perhaps a hundred thousand of them, shall not do the same.
        yields = credit > 1 ? credit - 1 : -Tuning.WAITS_PER_YIELD;
        Thread.yield();
        if (!awaited.hasCome()) {
            return false;
        }
        yields = Math.min(Tuning.YIELD_CREDIT, credit + 1);
        return true;
    }

    private static boolean areCarriersFree() {
        Carriers carriers = Carriers.known();
        return carriers != null && carriers.areFree();
    }
}
