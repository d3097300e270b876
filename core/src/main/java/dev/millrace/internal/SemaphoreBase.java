package dev.millrace.internal;

/// What the public semaphore is for the package that selects over it: its engine. So no public method shows that.
public abstract class SemaphoreBase {
    protected final SemaphoreCore core;

    protected SemaphoreBase(SemaphoreCore core) {
        this.core = core;
    }

    /// The engine of `semaphore`, which is a `dev.millrace.sync.WeightedSemaphore`.
    public static SemaphoreCore coreOf(SemaphoreBase semaphore) {
        return semaphore.core;
    }
}
