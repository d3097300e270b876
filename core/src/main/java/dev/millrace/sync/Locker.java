package dev.millrace.sync;

import dev.millrace.context.Context;

/// Something that is locked and unlocked.
public interface Locker {
    /// Locks it, and waits for that, whatever interrupts come.
    void lock();

    /// Locks it, and waits for that until `ctx` ends.
    void lock(Context ctx);

    /// Locks it if that is possible at once.
    boolean tryLock();

    /// Unlocks it.
    ///
    /// @throws SyncError when it is not locked
    void unlock();
}
