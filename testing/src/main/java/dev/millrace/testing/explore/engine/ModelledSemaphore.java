package dev.millrace.testing.explore.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A [Semaphore] whose threads are under control. Not fair: who gets permits is a choice.
public class ModelledSemaphore extends Semaphore {
    private transient int permits;

    /// See [Semaphore#Semaphore(int)].
    public ModelledSemaphore(int permits) {
        super(permits);
        this.permits = permits;
    }

    /// See [Semaphore#Semaphore(int, boolean)].
    public ModelledSemaphore(int permits, boolean fair) {
        super(permits, fair);
        this.permits = permits;
    }

    private boolean take(Strand s, int n, long nanos, boolean interruptible) throws InterruptedException {
        if (n < 0) {
            throw new IllegalArgumentException();
        }
        Taking.before(s, this);
        if (!Taking.wait(s, this, () -> permits >= n, nanos, interruptible,
                n + " of a semaphore, which has " + permits)) {
            Taking.looked(s, this);
            return false;
        }
        permits -= n;
        Taking.after(s, this);
        return true;
    }

    @Override
    public void acquire() throws InterruptedException {
        acquire(1);
    }

    @Override
    public void acquire(int n) throws InterruptedException {
        Strand s = Taking.self();
        if (s == null) {
            super.acquire(n);
        } else {
            take(s, n, Taking.EVER, true);
        }
    }

    @Override
    public void acquireUninterruptibly() {
        acquireUninterruptibly(1);
    }

    @Override
    public void acquireUninterruptibly(int n) {
        Strand s = Taking.self();
        if (s == null) {
            super.acquireUninterruptibly(n);
            return;
        }
        try {
            take(s, n, Taking.EVER, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    @Override
    public boolean tryAcquire(int n) {
        Strand s = Taking.self();
        try {
            return s == null ? super.tryAcquire(n) : take(s, n, 0, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean tryAcquire(long time, TimeUnit unit) throws InterruptedException {
        return tryAcquire(1, time, unit);
    }

    @Override
    public boolean tryAcquire(int n, long time, TimeUnit unit) throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.tryAcquire(n, time, unit) : take(s, n, unit.toNanos(time), true);
    }

    @Override
    public void release() {
        release(1);
    }

    @Override
    public void release(int n) {
        Strand s = Taking.self();
        if (s == null) {
            super.release(n);
            return;
        }
        if (n < 0) {
            throw new IllegalArgumentException();
        }
        if (!s.abort) {
            Taking.before(s, this);
            permits = Math.addExact(permits, n);
            Taking.after(s, this);
        }
    }

    @Override
    public int availablePermits() {
        Strand s = Taking.self();
        if (s == null) {
            return super.availablePermits();
        }
        Taking.before(s, this);
        Taking.looked(s, this);
        return permits;
    }

    @Override
    public int drainPermits() {
        Strand s = Taking.self();
        if (s == null) {
            return super.drainPermits();
        }
        Taking.before(s, this);
        int all = permits;
        permits = 0;
        Taking.after(s, this);
        return all;
    }

    @Override
    public String toString() {
        return "Semaphore[Permits = " + permits + "]";
    }
}
