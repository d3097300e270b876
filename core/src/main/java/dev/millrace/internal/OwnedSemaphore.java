package dev.millrace.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A semaphore of a bubble: every operation looks first who calls. Why it is a class of its own: see [OwnedChan].
final class OwnedSemaphore extends SemaphoreCore {
    private OwnedSemaphore(Scheduler owner, String name, long size) {
        super(owner, name, size);
    }

    static SemaphoreCore owned(Scheduler owner, String name, long size) {
        return new OwnedSemaphore(owner, name, size);
    }

    @Override
    public boolean tryAcquire(long n) {
        Owner.check(scheduler, "acquire of", this);
        return super.tryAcquire(n);
    }

    @Override
    public @Nullable Object acquire(@Nullable Node node, long n) {
        Owner.check(scheduler, "acquire of", this);
        return super.acquire(node, n);
    }

    @Override
    public void release(long n) {
        Owner.check(scheduler, "release of", this);
        super.release(n);
    }

    @Override
    public void releaseOnce(long n, AtomicBoolean over) {
        Owner.check(scheduler, "release of", this);
        super.releaseOnce(n, over);
    }

    @Override
    public void resize(long n) {
        Owner.check(scheduler, "resize of", this);
        super.resize(n);
    }
}
