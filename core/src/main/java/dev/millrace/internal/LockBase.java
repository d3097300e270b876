package dev.millrace.internal;

/// What every public lock is for the packages that wait for it: an engine, and the side of it that is meant. Public locks extend
/// it, so that no public method shows an engine.
public abstract class LockBase {
    /// The engine; an `RWMutex` and its `readLocker` share one.
    protected final LockCore core;

    protected LockBase(LockCore core) {
        this.core = core;
    }

    /// The engine of `locker`, which is a `dev.millrace.sync.Locker` (those are sealed and all extend this class).
    public static LockCore coreOf(Object locker) {
        return ((LockBase) locker).core;
    }

    /// Whether `locker` locks for reading.
    public static boolean isReader(Object locker) {
        return ((LockBase) locker).reads();
    }

    /// Whether this locks for reading.
    protected boolean reads() {
        return false;
    }
}
