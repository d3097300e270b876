package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.internal.LockBase;

/// The side of an [RWMutex] that reads.
final class ReadLocker extends LockBase implements Locker {
    private final RWMutex whole;

    ReadLocker(RWMutex whole) {
        super(coreOf(whole));
        this.whole = whole;
    }

    @Override
    protected boolean reads() {
        return true;
    }

    @Override
    public void lock() {
        whole.rLock();
    }

    @Override
    public void lock(Context ctx) {
        whole.rLock(ctx);
    }

    @Override
    public boolean tryLock() {
        return whole.tryRLock();
    }

    @Override
    public void unlock() {
        whole.rUnlock();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReadLocker reader && reader.whole == whole;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(whole);
    }

    /// `reader of rwmutex "jobs" (…)`.
    @Override
    public String toString() {
        return "reader of " + whole;
    }
}
