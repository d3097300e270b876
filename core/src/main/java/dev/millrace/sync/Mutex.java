package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.internal.Slots;

/// A lock that one may hold.
public final class Mutex implements Locker {
    private final Slots slots = new Slots("sync.Mutex.Lock");

    /// A mutex that nobody holds.
    public Mutex() {
        slots.limit(1);
    }

    @Override
    public void lock() {
        boolean interrupted = false;
        while (!slots.acquire()) {
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void lock(Context ctx) {
        ctx.check();
        lock();
    }

    @Override
    public boolean tryLock() {
        return slots.tryAcquire();
    }

    @Override
    public void unlock() {
        if (slots.taken() == 0) {
            throw new SyncError("sync: unlock of unlocked mutex");
        }
        slots.release();
    }

    @Override
    public String toString() {
        return "sync.Mutex (" + (slots.taken() == 0 ? "unlocked" : "locked") + ")";
    }
}
