package dev.millrace.internal;

import java.util.concurrent.locks.LockSupport;

/// Wakes a thread, whatever comes of it.
///
/// With an exhausted heap the JDK (25) can refuse, for want of room in a carrier's queue. The thread is lost then: it counts as runnable, is in no
/// queue, and cannot be woken any more. That is no reason to forget those who stand behind it, nor to tell a caller that its operation has
/// failed: who wakes somebody has done what it was asked for. So the failure goes where those go that nobody catches.
final class Waking {
    private Waking() {}

    /// Never throws.
    static void unpark(Thread thread) {
        try {
            LockSupport.unpark(thread);
        } catch (Throwable t) {
            Uncaught.giveLater(t);
        }
    }
}
