package dev.millrace.internal;

/// How long a thread that has to wait at one place stays before it parks, learnt from how it went before.
///
/// For places where partners meet one by one, such as a channel without buffer: there a park and an unpark cost far more than
/// what is done in between. Never more than some microseconds, and only while that keeps nobody from running. What was
/// in vain halves the next try, what was not doubles it; a place where it never helps is tried once in a while.
final class Patience {
    private int pauses = Tuning.MOST_PAUSES; // these three are hints: races on them do no harm
    private int waits;
    private int yields = Tuning.YIELD_CREDIT;

    /// What somebody may have to park for.
    interface Awaited {
        boolean hasCome();
    }

    /// Waits a little for `awaited`. True when it has come.
    boolean linger(Awaited awaited) {
        int n = pauses;
        if (n == 0 && ++waits % Tuning.WAITS_PER_PROBE == 0) {
            n = Tuning.PROBE_PAUSES;
        }
        if (n > 0 && !areCarriersFree()) {
            pauses = n / 2; // the question is not free either
        } else if (n > 0) {
            for (int i = 0; i < n; i++) {
                if (awaited.hasCome()) {
                    more(n);
                    return true;
                }
                Thread.onSpinWait();
            }
            pauses = n / 2;
        }
        if (yields <= 0) {
            yields++;
            return false;
        }
        if (!Thread.currentThread().isVirtual()) {
            return false;
        }
        Thread.yield();
        boolean come = awaited.hasCome();
        yields = come ? Math.min(Tuning.YIELD_CREDIT, yields + 1) : yields - 1;
        return come;
    }

    /// Writes only what changes: the partner on the other carrier reads it too.
    private void more(int n) {
        int next = Math.min(Tuning.MOST_PAUSES, n * 2);
        if (pauses != next) {
            pauses = next;
        }
    }

    private static boolean areCarriersFree() {
        Carriers carriers = Carriers.known();
        return carriers != null && carriers.areFree();
    }
}
